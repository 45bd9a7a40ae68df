/** Facts of the cluster that several checks read: each is read when it is first asked for, and once in an examination. */
import { KubeError } from "../../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { type ApiResource, call, DiscoverySnapshot, listPaged, objectPath } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { LiveMetadata } from "./live_metadata.ts";
import { isRefused } from "./_refused.ts";
import { findLabelled, type LabelledObject } from "./labelled.ts";
import { messageOf } from "../../base/mod.ts";

/** The parts of an examination that are needed to read them. */
export interface FactsContext {
  /** The cluster. */
  readonly env: Environment;
  /** `release`: the only release that is examined. */
  readonly options: { readonly release?: string | undefined };
  /** Namespaces of DEPLOYED revisions. */
  readonly deployedObjects: readonly { readonly namespace: string }[];
  /** Notes that something could not be looked at. */
  noteUnseen(what: string, why: string): void;
}

/** State of a namespace; `unknown` if the user may not read it. */
export type NamespaceLook = KubeObject | "gone" | "unknown";

/** Facts of one cluster. */
export interface ClusterFacts {
  /** The server's discovery. */
  snapshot(): Promise<DiscoverySnapshot>;
  /** Finds which objects exist. */
  readonly metadata: LiveMetadata;
  /** Looks at a namespace. All are read by one list, if the user may list them. */
  namespace(name: string): Promise<NamespaceLook>;
  /** Returns a CustomResourceDefinition by its name; `undefined` if there is none, or the server has no such kind. */
  definition(name: string): Promise<KubeObject | undefined>;
  /** Returns objects with the labels of a release, of all releases. */
  labelled(): Promise<readonly LabelledObject[]>;
}

const NAMESPACES: ApiResource = {
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
};

const known = new WeakMap<FactsContext, ClusterFacts>();

/** Returns the facts that the checks of an examination share. */
export function clusterFacts(examination: FactsContext): ClusterFacts {
  const facts = known.get(examination) ?? factsOf(examination);
  known.set(examination, facts);
  return facts;
}

function factsOf(examination: FactsContext): ClusterFacts {
  const { env, noteUnseen } = examination;
  const { cluster } = env.kube;
  let snapshot: Promise<DiscoverySnapshot> | undefined;
  let all: Promise<Map<string, KubeObject> | undefined> | undefined;
  let labelled: Promise<readonly LabelledObject[]> | undefined;
  const single = new Map<string, Promise<NamespaceLook>>();
  const definitions = new Map<string, Promise<KubeObject | undefined>>();
  const readSnapshot = () => snapshot ??= DiscoverySnapshot.read(cluster, callOptions(env));
  return {
    snapshot: readSnapshot,
    metadata: new LiveMetadata(env, { isForMany: examination.options.release === undefined, noteUnseen }),
    async namespace(name) {
      const listed = await (all ??= listNamespaces(examination));
      if (listed !== undefined) return listed.get(name) ?? "gone";
      const look = single.get(name) ?? lookAtNamespace(examination, name);
      single.set(name, look);
      return await look;
    },
    async definition(name) {
      const resource = (await readSnapshot()).resourceOf("apiextensions.k8s.io", "CustomResourceDefinition");
      if (resource === undefined) return undefined;
      const reading = definitions.get(name) ?? readDefinition(examination, resource, name);
      definitions.set(name, reading);
      return await reading;
    },
    labelled: () => labelled ??= readLabelled(),
  };
  async function readLabelled(): Promise<readonly LabelledObject[]> {
    const namespaces = new Set(examination.deployedObjects.map(({ namespace }) => namespace));
    const { objects, unseen } = await findLabelled(env, await readSnapshot(), { namespaces: [...namespaces] });
    for (const { what, why } of unseen) noteUnseen(what, why);
    return objects;
  }
}

async function listNamespaces({ env }: FactsContext): Promise<Map<string, KubeObject> | undefined> {
  try {
    const options = { ...callOptions(env), whole: true };
    const objects = await listPaged(env.kube.cluster.transport, NAMESPACES, "", options);
    return new Map((objects ?? []).map((object) => [object.metadata?.name ?? "", object]));
  } catch (error) {
    if (isRefused(error)) return undefined;
    throw error;
  }
}

async function lookAtNamespace({ env, noteUnseen }: FactsContext, name: string): Promise<NamespaceLook> {
  try {
    const path = objectPath(NAMESPACES, "", name);
    return await call(env.kube.cluster.transport, { method: "GET", path, signal: env.signal }) as KubeObject;
  } catch (error) {
    if (error instanceof KubeError && error.status === 404) return "gone";
    if (!isRefused(error)) throw error;
    noteUnseen(`namespace ${name}`, messageOf(error));
    return "unknown";
  }
}

async function readDefinition(
  { env }: FactsContext,
  resource: ApiResource,
  name: string,
): Promise<KubeObject | undefined> {
  try {
    const path = objectPath(resource, "", name);
    return await call(env.kube.cluster.transport, { method: "GET", path, signal: env.signal }) as KubeObject;
  } catch (error) {
    if (error instanceof KubeError && error.status === 404) return undefined;
    throw error;
  }
}

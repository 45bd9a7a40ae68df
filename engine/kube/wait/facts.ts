/**
 * Facts that a strict wait reads once: classes, definitions and the server's version.
 *
 * @module
 */
import { KubeError } from "../../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { call } from "../call.ts";
import { asList, asObject, asText } from "../json.ts";
import { getObject, listObjects } from "../object_calls.ts";
import { versionPath } from "../paths.ts";
import { concurrently } from "../runs.ts";
import type { ApiResource, Transport } from "../types.ts";
import { DEFINITIONS, INGRESS_CLASSES, STORAGE_CLASSES } from "./needs.ts";
import type { WaitTarget } from "./targets.ts";
import { conditionOf, isBuiltInGroup, specOf } from "../ready/mod.ts";

/** Facts around the objects; what may not be read is `undefined` or absent. */
export interface WaitFacts {
  readonly ingressClasses: readonly KubeObject[] | undefined;
  readonly storageClasses: readonly KubeObject[] | undefined;
  readonly makesTokens: boolean;
  /** By name of the definition: has it a status of its own? */
  readonly hasStatus: ReadonlyMap<string, boolean>;
  /** By name of the definition: are its kinds in discovery? */
  readonly served: Map<string, boolean>;
}

/** Nothing is known. */
export const NO_FACTS: WaitFacts = {
  ingressClasses: undefined,
  storageClasses: undefined,
  makesTokens: false,
  hasStatus: new Map(),
  served: new Map(),
};

/** Reads the facts that the rules of some targets need. */
export async function readFacts(
  transport: Transport,
  targets: readonly WaitTarget[],
  signal?: AbortSignal,
): Promise<WaitFacts> {
  const strict = targets.filter(({ isStrict }) => isStrict).map(({ info }) => info);
  const has = (kind: string): boolean => strict.some(({ resource }) => resource.kind === kind);
  const custom = strict.filter(({ resource }) => !isBuiltInGroup(resource.group));
  const definitions = [...new Map(custom.map(({ resource }) => [`${resource.plural}.${resource.group}`, resource]))];
  const [ingressClasses, storageClasses, makesTokens, statuses] = await Promise.all([
    has("Ingress") ? allOf(transport, INGRESS_CLASSES, signal) : undefined,
    has("PersistentVolumeClaim") ? allOf(transport, STORAGE_CLASSES, signal) : undefined,
    has("ServiceAccount") ? makesTokensFor(transport, signal) : false,
    concurrently(definitions, ([name, resource]) => hasOwnStatus(transport, name, resource, signal)),
  ]);
  const known = definitions.flatMap(([name], index): [string, boolean][] => {
    const found = statuses[index];
    return found === undefined ? [] : [[name, found]];
  });
  const served = strict.filter(({ resource }) => resource.kind === "CustomResourceDefinition")
    .map(({ name }): [string, boolean] => [name, false]);
  return { ingressClasses, storageClasses, makesTokens, hasStatus: new Map(known), served: new Map(served) };
}

/** Looks for the kinds of an established definition in discovery. Resolves with true when they are there. */
export async function isServedNow(
  transport: Transport,
  definition: KubeObject,
  signal?: AbortSignal,
): Promise<boolean> {
  if (conditionOf(definition, "Established")?.status !== "True") return false;
  const { group, versions } = specOf(definition);
  const plural = asText(asObject(specOf(definition).names).plural);
  const served = asList(versions).map(asObject).filter((each) => each.served === true).map(({ name }) => asText(name));
  const lists = await concurrently(
    served,
    (version) =>
      unlessRefused(() =>
        call(transport, { method: "GET", path: versionPath(asText(group), version), mayBeDown: true, signal })
      ),
  );
  return lists.every((list) => asList(list?.resources).some((each) => asObject(each).name === plural));
}

async function allOf(
  transport: Transport,
  resource: ApiResource,
  signal?: AbortSignal,
): Promise<readonly KubeObject[] | undefined> {
  const list = await unlessRefused(() => listObjects(transport, resource, "", {}, { signal }));
  return list === undefined ? undefined : asList(list.items) as KubeObject[];
}

async function makesTokensFor(transport: Transport, signal?: AbortSignal): Promise<boolean> {
  const version = await unlessRefused(() => call(transport, { method: "GET", path: "/version", signal }));
  const minor = /^\d+/.exec(asText(version?.minor))?.[0];
  return minor !== undefined && Number(minor) <= 23;
}

async function hasOwnStatus(
  transport: Transport,
  name: string,
  { version }: ApiResource,
  signal?: AbortSignal,
): Promise<boolean | undefined> {
  const info = { resource: DEFINITIONS, name, namespace: "", object: {} };
  const definition = await unlessRefused(() => getObject(transport, info, { signal }));
  if (definition === undefined) return undefined;
  const found = asList(specOf(definition).versions).map(asObject).find((each) => each.name === version);
  return asObject(found?.subresources).status !== undefined;
}

/** Resolves with `undefined` when the server refuses: rules do without. */
async function unlessRefused<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof KubeError) || error.kind === "aborted") throw error;
    return undefined;
  }
}

/**
 * Finds objects by the labels that charts put on the objects of a release.
 *
 * Charts of Helm 2 label objects with `heritage: Tiller` and `release: NAME`, later ones with
 * `app.kubernetes.io/managed-by: Tiller` and `app.kubernetes.io/instance: NAME`. One list of metadata for each kind and
 * each pair of labels finds them all.
 *
 * @module
 */
import { inPool, messageOf } from "../../base/mod.ts";
import { KubeError } from "../../../errors.ts";
import type { ObjectMeta } from "../../model/mod.ts";
import { type ApiResource, type DiscoverySnapshot, listPaged } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import type { Unseen } from "./finding.ts";

/** An object with the labels of a release. */
export interface LabelledObject {
  /** Its resource. */
  readonly resource: ApiResource;
  /** Its metadata. */
  readonly metadata: ObjectMeta;
  /** The release that the labels name. */
  readonly release: string;
}

/** The result of a search by labels. */
export interface LabelledObjects {
  /** Objects without an owner, each once. */
  readonly objects: readonly LabelledObject[];
  /** Kinds that could not be listed. */
  readonly unseen: readonly Unseen[];
}

/** The label that marks objects of a chart, and the label that names the release. */
const LABELS = [
  ["heritage", "release"],
  ["app.kubernetes.io/managed-by", "app.kubernetes.io/instance"],
] as const;

/** The value of the first label: `.Release.Service`. */
const SERVICE = "Tiller";

/** Kinds that controllers and nodes make; their labels are copies. */
const COPIES = new Set([
  "Event",
  "Endpoints",
  "EndpointSlice",
  "ReplicaSet",
  "ControllerRevision",
  "ComponentStatus",
  "Binding",
  "Node",
  "NodeMetrics",
  "PodMetrics",
  "Lease",
  "CSINode",
  "VolumeAttachment",
  "CertificateSigningRequest",
]);
/** Groups whose kinds are questions to the server. */
const QUESTIONS = new Set(["authentication.k8s.io", "authorization.k8s.io"]);

/** Requests at the same time. */
const REQUESTS_MAX = 12;

/** Options of {@linkcode findLabelled}. */
export interface FindLabelledOptions {
  /** Only objects of this release; default: of all. */
  readonly release?: string | undefined;
  /** Namespaces to search if the user may not list a kind in the whole cluster. */
  readonly namespaces: readonly string[];
}

/** Finds the objects of all kinds that have such labels, and no owner. */
export async function findLabelled(
  env: Environment,
  snapshot: DiscoverySnapshot,
  { release, namespaces }: FindLabelledOptions,
): Promise<LabelledObjects> {
  const found = new Map<string, LabelledObject>();
  const refused: string[] = [];
  let why = "";
  const resources = snapshot.resources().filter(({ kind, group }) => !COPIES.has(kind) && !QUESTIONS.has(group));
  await inPool(resources, REQUESTS_MAX, async (resource) => {
    try {
      for (const one of await labelledOf(env, resource, { release, namespaces })) {
        found.set(one.metadata.uid ?? `${resource.plural}/${one.metadata.namespace}/${one.metadata.name}`, one);
      }
    } catch (error) {
      // Not every kind can be listed: some only answer creations.
      if (!(error instanceof KubeError) || env.signal?.aborted) throw error;
      if (error.status === 404 || error.status === 405) return;
      refused.push(resource.group === "" ? resource.plural : `${resource.plural}.${resource.group}`);
      why = messageOf(error);
    }
  });
  const unseen = refused.length === 0 ? [] : [{ what: `objects by their labels: ${refused.sort().join(", ")}`, why }];
  return { objects: [...found.values()], unseen };
}

/** Lists the labelled objects of one kind: in the whole cluster, or else in the given namespaces. */
async function labelledOf(
  env: Environment,
  resource: ApiResource,
  { release, namespaces }: FindLabelledOptions,
): Promise<LabelledObject[]> {
  const { transport } = env.kube.cluster;
  const lists = LABELS.map(async ([heritage, name]): Promise<LabelledObject[]> => {
    const named = release === undefined ? name : `${name}=${release}`;
    const options = { ...callOptions(env), labelSelector: `${heritage}=${SERVICE},${named}` };
    let objects;
    try {
      objects = await listPaged(transport, resource, "", options);
    } catch (error) {
      if (!(error instanceof KubeError) || error.status !== 403 || !resource.namespaced) throw error;
      if (namespaces.length === 0) throw error;
      const parts = await Promise.all(namespaces.map((one) => listPaged(transport, resource, one, options)));
      objects = parts.flatMap((part) => part ?? []);
    }
    return (objects ?? []).flatMap(({ metadata = {} }) => {
      const isOwned = (metadata.ownerReferences ?? []).length > 0;
      return isOwned ? [] : [{ resource, metadata, release: metadata.labels?.[name] ?? "" }];
    });
  });
  return (await Promise.all(lists)).flat();
}

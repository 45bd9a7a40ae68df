/**
 * The objects of stored manifests, and their live counterparts. Each live object is read once while a release is
 * examined, and shared by all checks.
 *
 * @module
 */
import { inPool, messageOf } from "../../base/mod.ts";
import { KubeError, SkegError } from "../../../errors.ts";
import type { KubeObject, Release } from "../../model/mod.ts";
import {
  DiscoverySnapshot,
  type ExistingObject,
  KubeManifest,
  readObject,
  type RemovedDocument,
  type ResourceInfo,
} from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { keyOf } from "../object_names.ts";
import { LiveMetadata } from "./live_metadata.ts";

/** The objects of one stored manifest. */
export interface StoredObjects {
  /** The objects, at API versions that the server has; those without a name are left out. */
  readonly infos: readonly ResourceInfo[];
  /** The same by key; see `keyOf`. */
  readonly byKey: ReadonlyMap<string, ResourceInfo>;
  /** Documents whose API version the server no longer has; `to` is absent for those without a successor. */
  readonly removed: readonly RemovedDocument[];
  /** Why the manifest, or a part of it, could not be read; empty if it could. */
  readonly problem: string;
}

/**
 * A live object.
 *
 * `missing`: there is none. `unread`: the user may not read it.
 */
export type LiveLook =
  | { readonly state: "live"; readonly object: KubeObject }
  | { readonly state: "missing" | "unread" };

/** Reads live objects. */
export interface LiveReader {
  /** Returns the objects of a manifest. */
  objectsOf(release: Pick<Release, "manifest" | "namespace" | "revision">): Promise<StoredObjects>;
  /** Reads whole live objects; by key. */
  read(infos: readonly ResourceInfo[]): Promise<ReadonlyMap<string, LiveLook>>;
  /** Finds which objects exist, by metadata alone: cheaper than {@linkcode read}. */
  existing(infos: readonly ResourceInfo[]): Promise<ReadonlyMap<string, ExistingObject>>;
}

/** Reads at the same time. */
const READS_MAX = 16;

/** Reads that the readers of several releases share. */
export interface SharedReads {
  /** The server's discovery. */
  snapshot(): Promise<DiscoverySnapshot>;
  /** Finds which objects exist. */
  readonly metadata: LiveMetadata;
}

function ownReads(env: Environment): SharedReads {
  let snapshot: Promise<DiscoverySnapshot> | undefined;
  return {
    snapshot: () => snapshot ??= DiscoverySnapshot.read(env.kube.cluster, callOptions(env)),
    metadata: new LiveMetadata(env, { isForMany: false, noteUnseen: () => {} }),
  };
}

/** Returns a reader that keeps what it has read: use one for each release. */
export function liveReader(env: Environment, shared: SharedReads = ownReads(env)): LiveReader {
  const manifests = new Map<string, Promise<StoredObjects>>();
  const looks = new Map<string, Promise<LiveLook>>();
  const look = (info: ResourceInfo): Promise<LiveLook> => {
    const key = keyOf(info);
    const known = looks.get(key) ?? readOne(env, info);
    looks.set(key, known);
    return known;
  };
  return {
    objectsOf(release) {
      const key = JSON.stringify([release.namespace, release.manifest]);
      const known = manifests.get(key) ?? shared.snapshot().then((snapshot) => storedObjects(env, snapshot, release));
      manifests.set(key, known);
      return known;
    },
    async read(infos) {
      const read = new Map<string, LiveLook>();
      await inPool(infos, READS_MAX, async (info) => void read.set(keyOf(info), await look(info)));
      return read;
    },
    existing: (infos) => shared.metadata.find(infos),
  };
}

async function storedObjects(
  env: Environment,
  snapshot: DiscoverySnapshot,
  { namespace, manifest }: Pick<Release, "manifest" | "namespace">,
): Promise<StoredObjects> {
  try {
    const mapped = await snapshot.mapStored(namespace, new KubeManifest(manifest), callOptions(env));
    const own = mapped.manifest;
    const problems = own.entries().filter((entry) => entry instanceof SkegError);
    const resolved = await snapshot.locate(namespace, own);
    const infos = resolved.filter(({ name, resource }) => name !== "" && resource.version !== "");
    return {
      infos,
      byKey: new Map(infos.map((info) => [keyOf(info), info])),
      removed: mapped.documents,
      problem: problems.map(messageOf).join("; "),
    };
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind === "aborted" || error instanceof KubeError) throw error;
    return { infos: [], byKey: new Map(), removed: [], problem: messageOf(error) };
  }
}

async function readOne(env: Environment, info: ResourceInfo): Promise<LiveLook> {
  try {
    return { state: "live", object: await readObject(env.kube.cluster.transport, info, callOptions(env)) };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (error.status === 404) return { state: "missing" };
    if (error.status === 401 || error.status === 403 || error.status === 405) return { state: "unread" };
    throw error;
  }
}

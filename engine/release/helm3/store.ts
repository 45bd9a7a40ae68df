/**
 * Helm 3's storage in a cluster: Secrets, or ConfigMaps with `HELM_DRIVER=configmap`, in the namespace of the release.
 *
 * Source: Helm 3.22.0, `pkg/storage/driver/secrets.go`, `cfgmaps.go`.
 *
 * @module
 */
import { KubeError, SkegError } from "../../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { call, isNotFound, isTransient } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import { listMetadata } from "../doctor/list_metadata.ts";
import type { Environment } from "../environment.ts";
import type { Helm3StorageName } from "./plan_types.ts";
import type { Helm3Release } from "./record_types.ts";

/** Type of Helm 3's Secrets. */
export const HELM3_TYPE = "helm.sh/release.v1";
/** The most bytes that an object of a cluster holds. */
export const OBJECT_BYTES_MAX = 1_048_576;

/** A record of Helm 3 as its storage holds it. */
export interface Helm3Stored {
  /** Such as `sh.helm.release.v1.web.v7`. */
  readonly name: string;
  /** The text of the record. */
  readonly text: string;
  /** The labels by which Helm 3 finds it: `name`, `owner`, `status`, `version`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Guards the removal; opaque. */
  readonly version: unknown;
}

/** A record that is to be created. */
export interface NewHelm3Record {
  /** Name of the object. */
  readonly name: string;
  /** The release. */
  readonly release: Helm3Release;
  /** The text of the record. */
  readonly text: string;
}

/** Reads, creates and removes records of Helm 3. */
export interface Helm3Store {
  /** As `$HELM_DRIVER` names it. */
  readonly storage: Helm3StorageName;
  /** The most bytes of a text that it holds; absent: as many as memory has. */
  readonly bytesMax?: number | undefined;
  /** Returns the names of a release's records, whose owner is Helm 3. */
  names(namespace: string, release: string): Promise<readonly string[]>;
  /** Returns a record; `undefined` when there is none. */
  get(namespace: string, name: string): Promise<Helm3Stored | undefined>;
  /** Creates a record, as Helm 3 would. Rejects with kind `exists` when the name is taken. */
  create(namespace: string, record: NewHelm3Record): Promise<void>;
  /** Removes a record that was read. Rejects with kind `conflict` when it was modified since; one that is gone is no error. */
  remove(namespace: string, record: Helm3Stored): Promise<void>;
}

/** Returns the name of a revision's record. */
export function helm3Key(release: string, revision: number): string {
  return `sh.helm.release.v1.${release}.v${revision}`;
}

/** Returns the revision in the name of a record; `undefined` for the name of another release. */
export function helm3Revision(release: string, name: string): number | undefined {
  const start = helm3Key(release, 0).slice(0, -1);
  const digits = name.startsWith(start) ? name.slice(start.length) : "";
  return /^\d+$/.test(digits) ? Number(digits) : undefined;
}

/** Returns Helm 3's storage in a cluster. */
export function clusterStore(env: Environment, storage: "secret" | "configmap"): Helm3Store {
  const isSecret = storage === "secret";
  const { cluster: { transport } } = env.kube;
  const { signal } = callOptions(env);
  const collection = (namespace: string): string => `/api/v1/namespaces/${encodeURIComponent(namespace)}/${storage}s`;
  const path = (namespace: string, name: string): string => `${collection(namespace)}/${encodeURIComponent(name)}`;
  return {
    storage,
    bytesMax: OBJECT_BYTES_MAX,
    async names(namespace, release) {
      const found: string[] = [];
      const selector = encodeURIComponent(`name=${release},owner=helm`);
      await listMetadata(env, `${collection(namespace)}?labelSelector=${selector}`, ({ name = "" }) => {
        if (helm3Revision(release, name) !== undefined) found.push(name);
      });
      return found;
    },
    async get(namespace, name) {
      try {
        const object = await call(transport, { method: "GET", path: path(namespace, name), signal });
        return storedOf(object as KubeObject, isSecret);
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    async create(namespace, record) {
      const object = objectOf(record, isSecret, env.clock().seconds);
      await call(transport, { method: "POST", path: collection(namespace), body: JSON.stringify(object), signal });
    },
    async remove(namespace, { name, version }) {
      const preconditions = version as { readonly uid: string; readonly resourceVersion: string };
      const body = JSON.stringify({ apiVersion: "v1", kind: "DeleteOptions", preconditions });
      try {
        await call(transport, { method: "DELETE", path: path(namespace, name), body, signal });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
  };
}

function objectOf({ name, release, text }: NewHelm3Record, isSecret: boolean, seconds: number): KubeObject {
  return {
    apiVersion: "v1",
    kind: isSecret ? "Secret" : "ConfigMap",
    metadata: { name, labels: { createdAt: String(seconds), ...helm3Labels(release) } },
    ...isSecret ? { type: HELM3_TYPE } : {},
    data: { release: isSecret ? btoa(text) : text },
  };
}

/** Returns the labels by which Helm 3 finds a record, without those that hold times. */
export function helm3Labels({ name = "", version = 0, info }: Helm3Release): Record<string, string> {
  return { name, owner: "helm", status: info?.status ?? "unknown", version: String(version) };
}

function storedOf({ metadata, data }: KubeObject, isSecret: boolean): Helm3Stored {
  const { release: value } = (data ?? {}) as { readonly release?: unknown };
  return {
    name: metadata?.name ?? "",
    text: typeof value !== "string" ? "" : isSecret ? decoded(value) : value,
    labels: metadata?.labels ?? {},
    version: { uid: metadata?.uid ?? "", resourceVersion: metadata?.resourceVersion ?? "" },
  };
}

function decoded(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return "";
  }
}

/** True if a creation that failed may have been carried out, or another client has the name: the record must be looked at. */
export function mayBeThere(error: unknown): boolean {
  return error instanceof SkegError && error.kind === "exists" || error instanceof KubeError && isTransient(error);
}

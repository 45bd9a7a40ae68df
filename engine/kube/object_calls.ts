/**
 * Requests about one object of a manifest.
 *
 * @module
 */
import { KubeError, SkegError } from "../../errors.ts";
import type { KubeObject } from "../model/mod.ts";
import { callFor } from "./answers.ts";
import { isNotFound } from "./call.ts";
import { asObject, asText } from "./json.ts";
import { create } from "./create.ts";
import { collectionPath, objectPath, query } from "./paths.ts";
import type { ApiResource, KubeCallOptions, KubeProgress, ResourceInfo, Transport } from "./types.ts";
import { stringifyJson } from "./yaml.ts";

/** The field manager of server-side apply. */
const FIELD_MANAGER = "skeg";

/** Media types for server-side tables, or else the object itself. */
export const AS_TABLE = ["v1", "v1beta1"]
  .map((version) => `application/json;as=Table;v=${version};g=meta.k8s.io`)
  .concat("application/json")
  .join(",");

function pathOf({ resource, namespace, name }: ResourceInfo): string {
  if (name === "") throw new SkegError("kube", "resource name may not be empty");
  checkVersion(resource);
  return objectPath(resource, namespace, name);
}

function checkVersion({ version }: ApiResource): void {
  if (version !== "") return;
  throw new KubeError("the server could not find the requested resource", 404, "NotFound", {
    kind: "not-found",
    hint: "Give the object an apiVersion.",
  });
}

/** Reads the live object. */
export async function getObject(
  transport: Transport,
  info: ResourceInfo,
  { signal }: KubeCallOptions = {},
  accept?: string,
  more: { readonly includeObject?: "Object" } = {},
): Promise<KubeObject> {
  const request = { method: "GET", path: pathOf(info) + query({ ...more }), signal, accept } as const;
  return await callFor(transport, request, { object: info.resource.kind }) as KubeObject;
}

/** Returns the entry with the server's answer in place of the manifest's object. */
export function refreshed(info: ResourceInfo, object: KubeObject): ResourceInfo {
  return {
    resource: info.resource,
    name: object.metadata?.name ?? info.name,
    namespace: object.metadata?.namespace ?? info.namespace,
    object,
  };
}

/** Sends a request that changes the object; reports `unclear` when a failed one may have been carried out. */
async function answered<T>(info: ResourceInfo, options: KubeCallOptions, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    const isLost = error instanceof KubeError && (error.status === 0 || error.status >= 500);
    if (isLost || error instanceof SkegError && error.kind === "aborted") report(options, "unclear", info);
    throw error;
  }
}

/** Creates the object; the server's answer replaces the manifest's. */
export async function createObject(
  transport: Transport,
  info: ResourceInfo,
  options: KubeCallOptions = {},
): Promise<ResourceInfo> {
  checkVersion(info.resource);
  const { resourceVersion: _unwanted, ...metadata } = info.object.metadata ?? {};
  const creation = {
    collectionPath: collectionPath(info.resource, info.namespace),
    object: { ...info.object, metadata },
  };
  const answer = await answered(info, options, () => create(transport, creation, options.signal));
  const made = refreshed(info, answer as KubeObject);
  report(options, "create", made);
  return made;
}

/** Sends a patch; the server's answer replaces the manifest's object. */
export async function patchObject(
  transport: Transport,
  info: ResourceInfo,
  patch: { readonly body: string; readonly contentType: string },
  options: KubeCallOptions = {},
): Promise<ResourceInfo> {
  const apply = patch.contentType === "application/apply-patch+yaml";
  const path = pathOf(info) + (apply ? query({ fieldManager: FIELD_MANAGER, force: "true" }) : "");
  const request = { method: "PATCH", path, ...patch, signal: options.signal } as const;
  const answer = await answered(info, options, () => callFor(transport, request, { object: info.resource.kind }));
  return refreshed(info, answer as KubeObject);
}

/** Options of {@linkcode deleteObject}. */
export interface DeleteOptions {
  /** Deletes only the object with this uid: a later one with the same name belongs to another client. */
  readonly uid?: string | undefined;
  /** True if the object existed just before: then a 404 means that an earlier copy of the same request deleted it. */
  readonly wasThere?: boolean | undefined;
}

/**
 * Deletes the object in the background. Resolves with its uid, if the server returns it; `undefined` when
 * there was nothing to delete. The uid distinguishes it from a later object with the same name.
 *
 * Proxies may repeat a request, and then the first answer to arrive is for the second one, which finds
 * nothing, another object of that name, or one that is already being deleted.
 */
export async function deleteObject(
  transport: Transport,
  info: ResourceInfo,
  options: KubeCallOptions = {},
  { uid, wasThere = false }: DeleteOptions = {},
): Promise<{ readonly uid: string | undefined } | undefined> {
  const body = stringifyJson({
    kind: "DeleteOptions",
    apiVersion: "v1",
    ...(uid === undefined ? { propagationPolicy: "Background" } : { preconditions: { uid } }),
  });
  const request = { method: "DELETE", path: pathOf(info), body, signal: options.signal } as const;
  let gone: { readonly uid: string | undefined } | undefined;
  try {
    const answer = await answered(info, options, () => callFor(transport, request, { done: info.resource.kind }));
    gone = { uid: asText(asObject(answer.metadata).uid) || asText(asObject(answer.details).uid) || undefined };
    tellHeld(info, answer as KubeObject, options);
  } catch (error) {
    if (isNotFound(error)) gone = wasThere ? { uid } : undefined;
    else if (!(error instanceof KubeError && error.status === 409)) throw error;
    else gone = await goingAway(transport, info, uid, options, error);
  }
  if (gone !== undefined) report(options, "delete", info);
  return gone;
}

/** After a deletion was refused with a conflict: checks if the object is gone or being deleted. */
async function goingAway(
  transport: Transport,
  info: ResourceInfo,
  uid: string | undefined,
  options: KubeCallOptions,
  refusal: KubeError,
): Promise<{ readonly uid: string | undefined }> {
  let live: KubeObject;
  try {
    live = await getObject(transport, info, options);
  } catch (error) {
    if (isNotFound(error)) return { uid };
    throw error instanceof SkegError && error.kind === "aborted" ? error : refusal;
  }
  const { deletionTimestamp, uid: liveUid } = live.metadata ?? {};
  if (uid !== undefined && liveUid !== uid) return { uid };
  if (deletionTimestamp === undefined) throw refusal;
  tellHeld(info, live, options);
  return { uid: liveUid };
}

/** Finalizers that Kubernetes sets and removes itself. */
const KUBERNETES_FINALIZER = /^(foregroundDeletion|orphan|([^/]+\.)?(kubernetes|k8s)\.io(\/.*)?)$/;

/** Reports that an object stays for now, until the controllers of its finalizers have finished. */
function tellHeld(info: ResourceInfo, { metadata }: KubeObject, options: KubeCallOptions): void {
  const { finalizers } = asObject(metadata);
  const others = Array.isArray(finalizers)
    ? finalizers.map(asText).filter((name) => !KUBERNETES_FINALIZER.test(name))
    : [];
  if (others.length === 0) return;
  report(
    options,
    "warning",
    info,
    `${objectName(info)} is marked for deletion and stays until its finalizers are removed: ${others.join(", ")}`,
  );
}

/** Options of {@linkcode listObjects}. */
export interface ListQuery {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly accept?: string | undefined;
  /** The most objects to return; the list's metadata then has a token for the rest. */
  readonly limit?: string | undefined;
  /** The token of the page before. */
  readonly continue?: string | undefined;
  /** For tables: whole objects in the rows; default: only their metadata. */
  readonly includeObject?: "Object" | undefined;
}

/** Reads the list of a resource's objects in a namespace. */
export async function listObjects(
  transport: Transport,
  resource: ApiResource,
  namespace: string,
  { accept, ...selectors }: ListQuery,
  { signal }: KubeCallOptions = {},
): Promise<KubeObject> {
  const path = collectionPath(resource, namespace) + query({ ...selectors });
  return await callFor(transport, { method: "GET", path, signal, accept }, { list: true }) as KubeObject;
}

/** Returns a name such as `Deployment/web`. */
export function objectName(info: ResourceInfo): string {
  return `${info.resource.kind}/${info.name}`;
}

/** Reports an event of one object. */
export function report(options: KubeCallOptions, verb: KubeProgress["verb"], info: ResourceInfo, detail = ""): void {
  options.report?.({ verb, object: objectName(info), namespace: info.namespace, detail });
}

/** Pods, for calls that need no discovery. */
export const PODS: ApiResource = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };

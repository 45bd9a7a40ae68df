/**
 * The verbs create, update and patch.
 *
 * Source of the order of steps: `apiserver/pkg/registry/rest/create.go`, `update.go` and
 * `apiserver/pkg/registry/generic/registry/store.go`.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";
import { readBody, readTyped } from "./body.ts";
import { type Call, isDryRun, kindNamed, named, stored, transaction } from "./call.ts";
import { fromStored, toStored } from "./convert.ts";
import { checkCustom, prepareCustom, shapeCustom } from "./custom.ts";
import { type Json, mapOf, randomLetters, same } from "./json.ts";
import { manageWrite, metaKeptByStatus } from "./fields/manage.ts";
import { kindOf } from "./kinds/table.ts";
import type { Rules } from "./kinds/rules.ts";
import { keyOf, metaOf, replaceObject, storeObject, timestamp } from "./machine.ts";
import { answerObject } from "./negotiate.ts";
import { applyPatch } from "./patch.ts";
import type { Schema } from "./schema.ts";
import {
  alreadyExists,
  badRequest,
  conflict,
  type FieldError,
  forbidden,
  internal,
  invalid,
  invalidValue,
  modified,
  notFound,
} from "./status.ts";
import { checkMeta, checkMetaUpdate } from "./validation/meta.ts";
import { dnsSubdomain } from "./validation/names.ts";

/** Refuses when the namespace does not exist or is being deleted (the admission plugin NamespaceLifecycle). */
export function admitNamespace(call: Call, object: KubeObject): void {
  if (!call.resource.namespaced) return;
  const namespace = object.metadata?.namespace ?? "";
  const found = call.machine.store.get({ resource: "/namespaces", namespace: "", name: namespace });
  if (found === undefined) throw notFound({ group: "", resource: "namespaces" }, namespace);
  if (found.metadata?.deletionTimestamp === undefined) return;
  const error = forbidden(
    named(call.resource),
    object.metadata?.name ?? "",
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  );
  const details = mapOf(error.body.details);
  details["causes"] = [{
    reason: "NamespaceTerminating",
    message: `namespace ${namespace} is being terminated`,
    field: "metadata.namespace",
  }];
  throw error;
}

/** Sets the namespace of the path. A body that names another one is refused and not moved; kinds without namespaces lose it. */
function placeInNamespace(call: Call, object: KubeObject): void {
  const meta = metaOf(object);
  if (!call.resource.namespaced) {
    delete meta.namespace;
    return;
  }
  const given = meta.namespace ?? "";
  if (given !== "" && given !== call.route.namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  meta.namespace = call.route.namespace;
}

function hasStatus(call: Call): boolean {
  return call.resource.subresources.some((sub) => sub.name === "status");
}

/** Sets the metadata that only the server decides on create. */
function prepareMeta(call: Call, object: KubeObject, rules: Rules): void {
  const meta = metaOf(object);
  if ((meta.name ?? "") === "" && (meta.generateName ?? "") !== "") {
    meta.name = `${(meta.generateName ?? "").slice(0, 58)}${randomLetters(5)}`;
  }
  // A client that copies an object sends these along; they are not refused but replaced.
  for (const key of ["uid", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"]) {
    delete meta[key];
  }
  meta.uid = crypto.randomUUID();
  meta.creationTimestamp = timestamp(call.machine);
  if (rules.generation || call.resource.custom) meta.generation = 1;
}

/** Throws the refusal for a list of errors; does nothing when it is empty. */
export function refuse(call: Call, name: string, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid(kindNamed(call.resource), name, errors);
}

/**
 * Resets the status of a new object to the empty one of its type: a client sets the spec,
 * controllers the status.
 */
function freshStatus(schema: Schema, call: Call, object: KubeObject): void {
  if (call.resource.custom) {
    delete object["status"];
    return;
  }
  const { group, version, kind } = call.machine.registry().stored(call.resource.storage) ?? call.resource;
  const type = schema.kind(group, version, kind);
  if (type?.is !== "struct") return;
  const field = schema.fields(type.key).find((f) => f.name === "status");
  if (field === undefined) return;
  const empty = readTyped(call, schema, type, {}, { group, version, kind });
  if (empty["status"] === undefined) delete object["status"];
  else object["status"] = empty["status"];
}

/** Makes a new object from the body. */
export async function createFromBody(call: Call, schema: Schema): Promise<Response> {
  const { resource, machine } = call;
  await prepareCustom(call);
  const body = await readBody(call, schema, resource);
  placeInNamespace(call, body);
  return await createGiven(call, schema, toStored(machine.registry(), resource, body));
}

/** Makes a new object. */
export async function createGiven(call: Call, schema: Schema, object: KubeObject): Promise<Response> {
  const made = transaction(call, () => createNow(call, schema, object));
  return await answerObject(call, 201, made);
}

function createNow(call: Call, schema: Schema, object: KubeObject, applies = false): KubeObject {
  const { resource, machine } = call;
  const rules = kindOf(resource.storage).rules ?? {};
  rules.defaults?.(object as Json);
  if (resource.custom) shapeCustom(call, object);
  admitNamespace(call, object);
  // Before admission and allocation: what the server decides belongs to no manager.
  if (!applies) manageWrite(call, undefined, object);
  rules.admit?.(object as Json, machine);
  if ((object.metadata?.resourceVersion ?? "") !== "") {
    throw internal("resourceVersion should not be set on objects to be created");
  }
  prepareMeta(call, object, rules);
  if (hasStatus(call) && !rules.keepsStatus) freshStatus(schema, call, object);
  rules.prepare?.(object as Json, machine);
  const name = object.metadata?.name ?? "";
  if (resource.custom) checkCustom(call, object);
  refuse(call, name, [
    ...checkMeta(object as Json, rules.name ?? dnsSubdomain),
    ...rules.validateCreate?.(object as Json) ?? [],
    ...rules.validate?.(object as Json) ?? [],
  ]);
  // Last: an invalid object is refused as invalid even when its name is taken.
  if (machine.store.get(keyOf(resource.storage, object)) !== undefined) throw alreadyExists(named(resource), name);
  return isDryRun(call) ? object : storeObject(machine, resource.storage, object);
}

/** Replaces the object that the path names by the body. */
export async function updateFromBody(call: Call, schema: Schema): Promise<Response> {
  const { resource, machine, route } = call;
  await prepareCustom(call);
  const body = await readBody(call, schema, resource);
  const name = body.metadata?.name ?? "";
  if (name === "") throw badRequest("name must be provided");
  if (name !== route.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${route.name})`);
  }
  placeInNamespace(call, body);
  const object = toStored(machine.registry(), resource, body);
  const made = transaction(call, () => {
    const before = stored(call);
    if (before === undefined) throw notFound(named(resource), route.name);
    return replaceNow(call, object, before);
  });
  return await answerObject(call, 200, made);
}

/** Returns the part of an object whose changes are counted in its generation. */
function specOf(object: KubeObject): Json {
  const { metadata: _metadata, status: _status, kind: _kind, apiVersion: _version, ...rest } = object;
  return rest;
}

/** Takes over metadata that only the server sets, and that a write of the status does not set. */
function keepMeta(call: Call, object: KubeObject, before: KubeObject, ofStatus: boolean): void {
  const meta = metaOf(object);
  const old = metaOf(before);
  for (const key of ["generation", "selfLink", "deletionGracePeriodSeconds", "generateName"]) {
    if (old[key] === undefined) delete meta[key];
    else meta[key] = old[key];
  }
  meta.uid ??= old.uid ?? "";
  for (const key of ["creationTimestamp", "deletionTimestamp"]) {
    // A client need not repeat these; what it sends must be right.
    if (meta[key] === undefined && old[key] !== undefined) meta[key] = old[key];
  }
  if (!ofStatus) return;
  const kept = metaKeptByStatus(call.machine, call.resource);
  for (const key of kept === "all" ? new Set([...Object.keys(meta), ...Object.keys(old)]) : kept) {
    if (key === "managedFields" || key === "resourceVersion") continue;
    if (old[key] === undefined) delete meta[key];
    else meta[key] = old[key];
  }
}

/**
 * Combines both halves: a write of the object keeps the stored status, a write of the status keeps
 * all else.
 */
function keepOther(object: KubeObject, before: KubeObject, ofStatus: boolean): KubeObject {
  if (!ofStatus) {
    if (before["status"] === undefined) delete object["status"];
    else object["status"] = before["status"];
    return object;
  }
  const status = object["status"];
  return { ...before, metadata: object.metadata ?? {}, ...(status === undefined ? {} : { status }) };
}

function checkVersion(call: Call, object: KubeObject, before: KubeObject, rules: Rules): void {
  const given = object.metadata?.resourceVersion ?? "";
  if (given === "") {
    // Most kinds allow an update without a version (`AllowUnconditionalUpdate`).
    if (!rules.needsVersion && !call.resource.custom) return;
    throw invalid(named(call.resource), call.route.name, [
      invalidValue("metadata.resourceVersion", 0, "must be specified for an update"),
    ]);
  }
  if (given !== before.metadata?.resourceVersion) throw modified(named(call.resource), call.route.name);
}

/**
 * Replaces `before` by `object`, both in the stored version. The subresource of the path decides
 * which half counts.
 */
export function replaceNow(
  call: Call,
  object: KubeObject,
  before: KubeObject,
  options: { patch?: boolean; applies?: boolean } = {},
): KubeObject {
  const { resource, machine, route } = call;
  const rules = kindOf(resource.storage).rules ?? {};
  const ofStatus = route.subresource === "status";
  rules.defaults?.(object as Json);
  // A patch starts from the stored object, so its version counts only when the patch itself sets
  // one.
  if (!options.patch || object.metadata?.resourceVersion !== before.metadata?.resourceVersion) {
    checkVersion(call, object, before, rules);
  }
  const uid = object.metadata?.uid ?? "";
  // In the real server the uid is a precondition of etcd's store, hence the words.
  if (!options.patch && uid !== "" && uid !== before.metadata?.uid) {
    const path = [resource.custom ? resource.group : "", resource.plural, before.metadata?.namespace, route.name];
    throw conflict(
      named(resource),
      route.name,
      `StorageError: invalid object, Code: 4, Key: /registry/${path.filter((part) => part).join("/")}, ` +
        `ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, ` +
        `UID in object meta: ${before.metadata?.uid}`,
    );
  }
  if (resource.custom) shapeCustom(call, object);
  if (!options.applies) manageWrite(call, before, object);
  keepMeta(call, object, before, ofStatus);
  let next = object;
  if (hasStatus(call) || ofStatus) next = keepOther(object, before, ofStatus);
  if (resource.custom) checkCustom(call, next);
  if (!ofStatus) {
    rules.prepareUpdate?.(next as Json, before as Json, machine);
    // Compared after `prepareUpdate`, so that what the server itself keeps is not a change.
    if ((rules.generation || resource.custom) && !same(specOf(next), specOf(before))) {
      metaOf(next).generation = (before.metadata?.generation ?? 0) + 1;
    }
    const [own, changed] = [
      rules.validate?.(next as Json) ?? [],
      rules.validateUpdate?.(next as Json, before as Json) ?? [],
    ];
    refuse(call, route.name, [
      ...checkMetaUpdate(next as Json, before as Json),
      ...(rules.updateFirst ? [...changed, ...own] : [...own, ...changed]),
    ]);
  } else refuse(call, route.name, checkMetaUpdate(next as Json, before as Json));
  if (isDryRun(call)) {
    metaOf(next).resourceVersion = before.metadata?.resourceVersion ?? "";
    return next;
  }
  return replaceObject(machine, resource.storage, next, before);
}

/** Changes the object that the path names by the patch in the body. */
export async function patchFromBody(call: Call, schema: Schema): Promise<Response> {
  const { resource, machine, route } = call;
  await prepareCustom(call);
  const patch = await applyPatch(call, schema);
  const made = transaction(call, () => {
    const before = stored(call);
    if (before === undefined) {
      if (!patch.creates) throw notFound(named(resource), route.name);
      const fresh = patch.apply(undefined);
      placeInNamespace(call, fresh);
      return { status: 201, object: createNow(call, schema, toStored(machine.registry(), resource, fresh), true) };
    }
    // Inside the transaction: the patch is applied to the very version that it replaces.
    const patched = patch.apply(structuredClone(fromStored(resource, before)));
    const name = patched.metadata?.name ?? "";
    if (name !== route.name) {
      throw badRequest(`the name of the object (${name}) does not match the name on the URL (${route.name})`);
    }
    placeInNamespace(call, patched);
    const object = toStored(machine.registry(), resource, patched);
    return { status: 200, object: replaceNow(call, object, before, { patch: true, applies: patch.creates }) };
  });
  return await answerObject(call, made.status, made.object);
}

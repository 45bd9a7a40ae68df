/**
 * JSON merge patches (RFC 7386) and JSON patches (RFC 6902). Pure.
 *
 * @module
 */
import { copyJson, isObject, type JsonObject, sameJson } from "./json.ts";
import { patchError } from "./strategic_lists.ts";

/**
 * Returns the JSON merge patch that turns `original` into `modified`; empty when they are the same. Lists
 * that differ are replaced whole.
 */
export function jsonMergePatch(original: JsonObject, modified: JsonObject): JsonObject {
  const patch: JsonObject = Object.create(null);
  for (const [key, after] of Object.entries(modified)) {
    const before = original[key];
    if (!Object.hasOwn(original, key)) patch[key] = after;
    else if (isObject(before) && isObject(after)) {
      const inner = jsonMergePatch(before, after);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (!sameJson(before, after)) patch[key] = after;
  }
  for (const key of Object.keys(original)) if (!Object.hasOwn(modified, key)) patch[key] = null;
  return patch;
}

/** Returns `original` with a JSON merge patch applied; neither is changed. */
export function applyJsonMergePatch(original: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return copyJson(patch);
  const result: JsonObject = isObject(original) ? copyJson(original) : Object.create(null);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = applyJsonMergePatch(result[key], value);
  }
  return result;
}

/**
 * Returns `original` with a JSON patch (RFC 6902) applied; neither is changed.
 *
 * @param operations A list of `add`, `remove`, `replace`, `move`, `copy` and `test` operations.
 * @throws SkegError when an operation fails, a failed `test` included.
 */
export function applyJsonPatch(original: unknown, operations: unknown): unknown {
  if (!Array.isArray(operations)) throw patchError("a JSON patch must be a list of operations");
  // The document is a field of a root object, so that the empty path needs no special case.
  const root: JsonObject = { doc: copyJson(original) };
  for (const operation of operations) {
    if (!isObject(operation)) throw patchError("an operation of a JSON patch must be an object");
    applyOperation(root, operation);
  }
  return root.doc;
}

function applyOperation(root: JsonObject, operation: JsonObject): void {
  const path = pointer(operation.path);
  const valueOf = (): unknown => {
    if (!Object.hasOwn(operation, "value")) throw patchError(`operation ${String(operation.op)} has no value`);
    return copyJson(operation.value);
  };
  switch (operation.op) {
    case "add":
      return add(root, path, valueOf());
    case "remove":
      return void remove(root, path);
    case "replace":
      remove(root, path);
      return add(root, path, valueOf());
    case "move":
      return add(root, path, remove(root, pointer(operation.from)));
    case "copy":
      return add(root, path, copyJson(read(root, pointer(operation.from))));
    case "test":
      if (sameJson(readOrUndefined(root, path) ?? null, operation.value ?? null)) return;
      throw patchError(`testing value ${String(operation.path)} failed`);
    default:
      throw patchError(`unexpected kind of operation: ${String(operation.op)}`);
  }
}

function pointer(text: unknown): string[] {
  if (typeof text !== "string" || (text !== "" && !text.startsWith("/"))) {
    throw patchError(`not a JSON pointer: ${String(text)}`);
  }
  return ["doc", ...text.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))];
}

function missing(path: readonly string[]): Error {
  return patchError(`the path /${path.slice(1).join("/")} does not exist`);
}

function child(holder: unknown, name: string): unknown {
  if (Array.isArray(holder)) return /^(0|[1-9]\d*)$/.test(name) ? holder[Number(name)] : undefined;
  return isObject(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined;
}

function readOrUndefined(root: JsonObject, path: readonly string[]): unknown {
  return path.reduce<unknown>(child, root);
}

function read(root: JsonObject, path: readonly string[]): unknown {
  const value = readOrUndefined(root, path);
  if (value === undefined) throw missing(path);
  return value;
}

function add(root: JsonObject, path: readonly string[], value: unknown): void {
  const holder = readOrUndefined(root, path.slice(0, -1));
  const name = path.at(-1) ?? "";
  if (Array.isArray(holder)) {
    const index = name === "-" ? holder.length : /^(0|[1-9]\d*)$/.test(name) ? Number(name) : NaN;
    if (!(index <= holder.length)) throw missing(path);
    holder.splice(index, 0, value);
  } else if (isObject(holder)) holder[name] = value;
  else throw missing(path);
}

function remove(root: JsonObject, path: readonly string[]): unknown {
  const value = read(root, path);
  const holder = readOrUndefined(root, path.slice(0, -1));
  const name = path.at(-1) ?? "";
  if (Array.isArray(holder)) holder.splice(Number(name), 1);
  else if (isObject(holder)) delete holder[name];
  return value;
}

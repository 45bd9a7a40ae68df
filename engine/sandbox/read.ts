/**
 * The verbs get and list.
 *
 * Source: `apiserver/pkg/endpoints/handlers/get.go` and
 * `apiserver/pkg/registry/generic/registry/store.go`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { KubeObject } from "../model/mod.ts";
import { type Call, named, stored } from "./call.ts";
import { type Json, mapsOf, textOf } from "./json.ts";
import { answerObject, readAccept, send, shapedList } from "./negotiate.ts";
import { type ObjectTest, readFieldSelector, readLabelSelector } from "./selectors.ts";
import { ApiError, badRequest, expired, notFound } from "./status.ts";

/** Answers with the object that the path names. */
export async function getObject(call: Call): Promise<Response> {
  const object = stored(call);
  if (object === undefined) throw notFound(named(call.resource), call.route.name);
  checkVersion(call);
  return await answerObject(call, 200, object);
}

/** Returns the test for the query's label and field selectors. */
export function wanted(call: Call): ObjectTest {
  const { query, resource } = call;
  const labels = readLabelSelector(query.get("labelSelector") ?? "");
  const builtIn = call.machine.traits(resource.storage).selectable;
  const selectable = mapsOf(resource.custom?.version["selectableFields"])
    .map((field) => textOf(field["jsonPath"]).replace(/^\./, ""));
  const fields = readFieldSelector(query.get("fieldSelector") ?? "", { builtIn, selectable });
  return (object) => labels(object.metadata?.labels ?? {}) && fields(object);
}

/** Reads a resourceVersion from the query; 0 when there is none. */
export function readVersion(text: string): number {
  // 0 allows any version, none asks for the latest. Both get the present state here.
  if (text === "" || text === "0") return 0;
  if (/^\d+$/.test(text)) return Number(text);
  const message = `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: ` +
    `parsing ${JSON.stringify(text)}: invalid syntax`;
  throw new ApiError(500, undefined, message);
}

function readNumber(text: string): number {
  if (text === "") return 0;
  if (/^-?\d+$/.test(text)) return Number(text);
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/**
 * Refuses a version that does not exist yet. A real server first waits for its cache to reach it;
 * there is no cache here.
 */
function checkVersion(call: Call): void {
  const given = readVersion(call.query.get("resourceVersion") ?? "");
  const current = call.machine.store.revision();
  if (given <= current) return;
  throw new ApiError(504, "Timeout", `Timeout: Too large resource version: ${given}, current: ${current}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });
}

interface Continue {
  readonly revision: number;
  readonly after: readonly [string, string];
}

/**
 * Returns the token of `apiserver/pkg/storage/continue.go`: the version of the list and the first
 * key of the next page. The zero byte makes the key the next one after the last.
 */
function writeContinue(revision: number, last: KubeObject): string {
  const { namespace = "", name = "" } = last.metadata ?? {};
  const start = `${namespace === "" ? "" : `${namespace}/`}${name}\0`;
  return Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start })).toString("base64url");
}

/** Reads a token. Only the keys of namespaced objects have a namespace to split off. */
function readContinue(text: string, namespaced: boolean): Continue {
  try {
    const token = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as { rv: number; start: string };
    const start = token.start.replace(/\0$/, "");
    const slash = namespaced ? start.indexOf("/") : -1;
    return { revision: Number(token.rv), after: [start.slice(0, Math.max(slash, 0)), start.slice(slash + 1)] };
  } catch {
    throw badRequest("continue key is not valid: invalid character");
  }
}

/** Returns the objects of the path's collection, before any selector. */
export function collection(call: Call, after?: readonly [string, string]): KubeObject[] {
  const { resource, route } = call;
  const namespace = resource.namespaced && route.namespace !== "" ? route.namespace : undefined;
  return call.machine.store.list(resource.storage, { namespace, ...(after ? { after } : {}) });
}

/** Answers with the objects of a collection. */
export async function listObjects(call: Call): Promise<Response> {
  const { query, machine, resource } = call;
  const test = wanted(call);
  const form = readAccept(call.request.accept);
  const limit = readNumber(query.get("limit") ?? "");
  const token = query.get("continue") ?? "";
  const from = token === "" ? undefined : readContinue(token, resource.namespaced);
  if (from === undefined) checkVersion(call);
  else if (from.revision < machine.store.oldest()) {
    throw expired("The provided continue parameter is too old to display a consistent list result.");
  }
  // All pages carry the version of the first. Their objects are those of the present: old states
  // are not kept.
  const [revision, objects] = machine.store.snapshot(() => [
    from?.revision ?? machine.store.revision(),
    collection(call, from?.after).filter(test),
  ]);
  const metadata: Json = { resourceVersion: String(revision) };
  // Lists of custom resources have an empty `continue` where those of built-in kinds have none.
  if (resource.custom && form.as === "object") metadata["continue"] = "";
  let page = objects;
  if (limit > 0 && objects.length > limit) {
    page = objects.slice(0, limit);
    const last = page[page.length - 1];
    if (last) metadata["continue"] = writeContinue(revision, last);
    // With a selector the server does not count what is left, and leaves the field out.
    const selected = (query.get("labelSelector") ?? "") !== "" || (query.get("fieldSelector") ?? "") !== "";
    if (!selected) metadata["remainingItemCount"] = objects.length - limit;
  }
  return await send(call, 200, form, shapedList(call, form, page, metadata));
}

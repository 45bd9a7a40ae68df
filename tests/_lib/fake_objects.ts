/**
 * The object calls that record drivers need, over a map: resource versions are
 * checked; lists are filtered by labels and namespaces and returned in pages.
 */
import type { KubeObject } from "../../engine/model/mod.ts";
import type { ObjectAnswer, ObjectCall } from "../../storage/mod.ts";
import { selectorTest } from "./selector.ts";

/** A fake store of objects. */
export interface FakeObjects {
  /** The function for drivers. */
  readonly call: ObjectCall;
  /** Path → object. */
  readonly objects: Map<string, KubeObject>;
  /** `METHOD PATH` of every call; for a creation, the path has no query. */
  readonly calls: string[];
  /** Paths of lists that are refused with status 403. */
  readonly forbidden: Set<string>;
  /** Answers for the next calls, instead of the usual ones; `undefined` lets a call through. */
  readonly answers: (ObjectAnswer | undefined)[];
}

/** Makes an empty fake store. */
export function fakeObjects(): FakeObjects {
  const objects = new Map<string, KubeObject>();
  const calls: string[] = [];
  const answers: (ObjectAnswer | undefined)[] = [];
  const forbidden = new Set<string>();
  let version = 0;
  const keep = (path: string, object: KubeObject): ObjectAnswer => {
    version++;
    const stored = structuredClone(object);
    stored.metadata = { ...stored.metadata, resourceVersion: String(version) };
    objects.set(path, stored);
    return { status: 200, body: structuredClone(stored) };
  };
  const answer = (method: string, url: string, body: unknown): ObjectAnswer => {
    const [path = "", query = ""] = url.split("?");
    if (method === "POST") {
      const object = body as KubeObject;
      const place = `${path}/${object.metadata?.name}`;
      if (objects.has(place)) return refusal(409, "AlreadyExists");
      const manager = new URLSearchParams(query).get("fieldManager");
      if (manager === null) return keep(place, object);
      return keep(place, { ...object, metadata: { ...object.metadata, managedFields: [{ manager }] } });
    }
    if (forbidden.has(path)) return refusal(403, "Forbidden");
    if (method === "GET" && query !== "") return page(path, new URLSearchParams(query), objects);
    const found = objects.get(path);
    if (found === undefined) return refusal(404, "NotFound");
    if (method === "GET") return { status: 200, body: structuredClone(found) };
    if (method === "DELETE") {
      const { preconditions } = (body ?? {}) as { preconditions?: { resourceVersion?: string } };
      const seen = preconditions?.resourceVersion ?? found.metadata?.resourceVersion;
      if (seen !== found.metadata?.resourceVersion) return refusal(409, "Conflict");
      objects.delete(path);
      return { status: 200, body: { kind: "Status", status: "Success" } };
    }
    const object = body as KubeObject;
    const wanted = object.metadata?.resourceVersion;
    if (wanted !== undefined && wanted !== found.metadata?.resourceVersion) return refusal(409, "Conflict");
    return keep(path, object);
  };
  const call: ObjectCall = (method, path, body) => {
    calls.push(`${method} ${method === "POST" ? path.split("?")[0] : path}`);
    return Promise.resolve(answers.shift() ?? answer(method, path, body));
  };
  return { call, objects, calls, answers, forbidden };
}

function page(path: string, query: URLSearchParams, objects: Map<string, KubeObject>): ObjectAnswer {
  const labels = selectorTest(query.get("labelSelector"));
  const fields = selectorTest(query.get("fieldSelector"));
  const all = [...objects].flatMap(([place, object]): KubeObject[] => {
    const [, base = "", namespace = "", plural = ""] = /^(.*)\/namespaces\/([^/]*)\/([^/]*)\//.exec(place) ?? [];
    const isThere = place.startsWith(`${path}/`) || path === `${base}/${plural}`;
    const isWanted = labels(object.metadata?.labels ?? {}) && fields({ "metadata.namespace": namespace });
    if (!isThere || !isWanted) return [];
    const copy = structuredClone(object);
    return [{ ...copy, metadata: { ...copy.metadata, namespace } }];
  });
  const limit = Number(query.get("limit") ?? "0") || all.length;
  const start = Number(query.get("continue") ?? "0");
  const end = start + limit;
  return {
    status: 200,
    body: { kind: "List", items: all.slice(start, end), metadata: end < all.length ? { continue: String(end) } : {} },
  };
}

function refusal(status: number, reason: string): ObjectAnswer {
  return { status, body: { kind: "Status", message: `refused: ${reason}`, reason, code: status } };
}

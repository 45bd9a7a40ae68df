/**
 * One request to the API, and what routes answer it with.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { checkJsonDepth, isObject, type JsonObject } from "../../engine/base/mod.ts";
import type { Masker } from "../../engine/kube/explain/mod.ts";
import type { Activity } from "./activity.ts";
import type { Clusters, UiCluster } from "./clusters.ts";
import type { UiOptions } from "./options.ts";
import type { KeptPlans } from "./kept_plans.ts";

/** The state of a server. */
export interface ServerState {
  readonly options: UiOptions;
  readonly clusters: Clusters;
  readonly activity: Activity;
  readonly plans: KeptPlans;
  /** One for the life of the server, so that equal secrets look equal. */
  readonly masker: Masker;
  /** Returns Unix milliseconds. */
  readonly now: () => number;
}

/** One request to the API. */
export interface UiCall {
  readonly ui: ServerState;
  /** Parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Fires when the client goes away, or the server ends. */
  readonly signal: AbortSignal;
  /** Fires when the server ends. */
  readonly ended: AbortSignal;
  /** Reads the body: a JSON object. */
  readonly body: () => Promise<JsonObject>;
}

/** The answer of a route: data, or lines of data as they come. */
export type RouteAnswer =
  | { readonly json: object; /** Changes with the data; absent: the data's own digest. */ readonly version?: string }
  | { readonly lines: AsyncIterable<object> };

/** One route. */
export interface UiRoute {
  readonly method: "GET" | "POST";
  /** Below `/api/v1`, such as `/releases/:ctx/:name`. */
  readonly path: string;
  readonly answer: (call: UiCall) => Promise<RouteAnswer>;
}

/** Returns the cluster that the path, or else the query, names. */
export function clusterOf({ ui, params, query }: UiCall): UiCluster {
  return ui.clusters.get(params.ctx ?? query.get("ctx") ?? "");
}

/** The largest body. */
export const BODY_MAX_BYTES: number = 5 * 1024 * 1024;

/** Thrown for a body that is too large. */
export class TooLarge extends Error {}

/**
 * Reads a body of JSON.
 *
 * @throws TooLarge when it has more than 5 MiB.
 * @throws SkegError of kind `usage` when it is not a JSON object.
 */
export async function readBody(request: Request): Promise<JsonObject> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json(?:;|$)/i.test(type)) {
    throw new SkegError("usage", "the body must be JSON", { hint: "Send Content-Type: application/json." });
  }
  const text = await readText(request);
  let data: unknown;
  try {
    checkJsonDepth(text);
    data = JSON.parse(text);
  } catch (cause) {
    throw new SkegError("usage", "the body is not JSON", { cause });
  }
  if (!isObject(data)) throw new SkegError("usage", "the body is not a JSON object");
  return data;
}

async function readText(request: Request): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > BODY_MAX_BYTES) throw new TooLarge();
  if (request.body === null) return "";
  const parts: string[] = [];
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let size = 0;
  try {
    for await (const chunk of request.body) {
      size += chunk.length;
      if (size > BODY_MAX_BYTES) throw new TooLarge();
      parts.push(decoder.decode(chunk, { stream: true }));
    }
    return parts.join("") + decoder.decode();
  } catch (cause) {
    if (cause instanceof TooLarge) throw cause;
    throw new SkegError("usage", "the body could not be read", { cause });
  }
}

/**
 * Lets only planned writes through, each with the version of the object that was read last.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import {
  isObject,
  type JsonObject,
  type KubeObject,
  type KubeRequest,
  parseJson,
  stringifyJson,
} from "../../kube/mod.ts";
import type { Transport } from "../../kube/mod.ts";
import { contentDigest } from "../../kube/explain/mod.ts";
import type { BoundFacts } from "./fit.ts";
import type { PlannedWrite } from "./saved_plan.ts";

/** Tries of a patch while only the status of its object moves. */
const TRIES = 5;

/**
 * Returns a transport for applying a plan: writes to the plan's objects must be those that were planned. Other requests,
 * such as those of hooks, pass.
 *
 * @param mask Masks the secrets of the plan: refusals quote values.
 */
export function guardWrites(
  reach: Transport,
  { objects }: BoundFacts,
  writes: readonly PlannedWrite[],
  mask: (text: string) => string,
): Transport {
  const transport: Transport = async (request) =>
    request.method === "GET" ? await reach(request) : await withoutSecrets(await reach(request), mask);
  const planned = Map.groupBy(writes, ({ path }) => path);
  /** The object as the plan knows it, or as a planned write left it. */
  const seen = new Map<string, KubeObject>();
  const note = async (path: string, response: Response): Promise<Response> => {
    const text = await response.text();
    const body: unknown = response.ok ? parseJson(text) : undefined;
    if (isObject(body) && isObject(body.metadata) && body.kind !== "PartialObjectMetadata") {
      seen.set(path, body as KubeObject);
    }
    return new Response(text, { status: response.status, headers: response.headers });
  };
  return async (request) => {
    const [base = ""] = request.path.split("?");
    const path = request.method === "POST" ? `${base}/${encodeURIComponent(nameIn(request))}` : base;
    if (!Object.hasOwn(objects, path)) return await transport(request);
    if (request.method === "GET") return await note(path, await transport(request));
    const isPlanned = planned.get(path)?.some(({ method, body }) =>
      method === request.method && (method === "DELETE" || body === request.body)
    );
    if (isPlanned !== true) throw misfit(path, "the write is not the one that was planned");
    if (request.method !== "PATCH") return await transport(request);
    for (let attempt = 1;; attempt++) {
      const response = await transport(withVersion(request, seen.get(path)));
      if (response.status !== 409 || attempt === TRIES) return await note(path, response);
      await response.body?.cancel();
      const before = seen.get(path);
      await (await note(path, await transport({ method: "GET", path, signal: request.signal }))).body?.cancel();
      const now = seen.get(path);
      // Only a status may have moved in the last moment.
      if (before === undefined || now === undefined || contentDigest(before) !== contentDigest(now)) {
        throw misfit(path, "it was modified by another client in the last moment");
      }
    }
  };
}

/** Returns a refusal with the secrets in its message masked; other answers are returned unchanged. */
async function withoutSecrets(response: Response, mask: (text: string) => string): Promise<Response> {
  if (response.status < 400) return response;
  const text = await response.text();
  const { status, headers } = response;
  let body: unknown;
  try {
    body = parseJson(text);
  } catch {
    return new Response(mask(text), { status, headers });
  }
  return new Response(stringifyJson(maskedTexts(body, mask)), { status, headers });
}

function maskedTexts(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === "string") return mask(value);
  if (Array.isArray(value)) return value.map((item) => maskedTexts(item, mask));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskedTexts(inner, mask)]));
}

function nameIn({ body = "{}" }: KubeRequest): string {
  const object = parseJson(body);
  const metadata = isObject(object) ? object.metadata : undefined;
  return isObject(metadata) && typeof metadata.name === "string" ? metadata.name : "";
}

function withVersion(request: KubeRequest, object: KubeObject | undefined): KubeRequest {
  const version = object?.metadata?.resourceVersion;
  const patch = parseJson(request.body ?? "{}");
  if (version === undefined || !isObject(patch)) return request;
  const metadata: JsonObject = isObject(patch.metadata) ? patch.metadata : {};
  return { ...request, body: stringifyJson({ ...patch, metadata: { ...metadata, resourceVersion: version } }) };
}

function misfit(path: string, reason: string): SkegError {
  return new SkegError("conflict", `${path.split("/").slice(-2).join("/")}: ${reason}`);
}

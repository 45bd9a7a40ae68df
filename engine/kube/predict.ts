/**
 * Lets an operation run without effect: its writes become dry runs of the server, and what it reads afterwards is the
 * predicted state.
 *
 * The operation itself decides what is sent, so what is predicted is what would happen. Where the server cannot or may
 * not predict, the patch is applied here.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";
import { answerError } from "./call.ts";
import type { KubeError } from "../../errors.ts";
import { applyJsonMergePatch } from "./json_patches.ts";
import { asObject, asText, copyJson, isObject, type JsonObject, parseJson } from "./json.ts";
import { isBuiltInGroup, mergeSchema } from "./merge_schema.ts";
import { applyStrategicMergePatch } from "./strategic_apply.ts";
import { overlayApplied } from "./three_way.ts";
import type { KubeRequest, Transport } from "./types.ts";
import { stringifyJson } from "./yaml.ts";

/** A write that the operation would make. */
export interface PredictedWrite {
  /** Path of the object. */
  readonly path: string;
  /** The method. */
  readonly method: "POST" | "PATCH" | "DELETE";
  /** The body as it would be sent; empty for a deletion. */
  readonly body: string;
  /** The media type of a patch. */
  readonly contentType?: string | undefined;
  /** The object before; absent: it did not exist. */
  readonly before?: KubeObject | undefined;
  /** The object afterwards; absent: it is gone. */
  readonly after?: KubeObject | undefined;
  /** True if the server computed `after`. */
  readonly isByServer: boolean;
  /** The server's refusal. */
  readonly refusal?: KubeError | undefined;
  /** True if the user may not write the object. */
  readonly isForbidden?: boolean | undefined;
}

/** A transport without effect, and what went over it. */
export interface Prediction {
  /** Sends reads, and writes as dry runs. */
  readonly transport: Transport;
  /** All writes, in their order. */
  readonly writes: readonly PredictedWrite[];
  /** Live objects that were read, by path; `undefined` for those that do not exist. */
  readonly live: ReadonlyMap<string, KubeObject | undefined>;
}

/** Options of {@linkcode predictWrites}. */
export interface PredictOptions {
  /** False if the server has no dry runs: those before 1.13 would carry the write out. */
  readonly canDryRun: boolean;
  /** If true, refusals of patches are passed on, as `force` needs; default: the operation goes on as if they succeeded. */
  readonly passRefusals?: boolean | undefined;
}

/** The parts of an object's path. */
interface Place {
  readonly group: string;
  readonly plural: string;
  readonly namespace: string;
}

/**
 * Returns a transport that changes nothing.
 *
 * @param transport Reaches the server.
 */
export function predictWrites(transport: Transport, options: PredictOptions): Prediction {
  const run = new PredictedRun(transport, options);
  return { transport: (request) => run.answer(request), writes: run.writes, live: run.live };
}

class PredictedRun {
  readonly writes: PredictedWrite[] = [];
  readonly live = new Map<string, KubeObject | undefined>();
  /** The predicted state of objects that were written; `undefined`: gone. */
  readonly #state = new Map<string, KubeObject | undefined>();
  /** Patches per object that were predicted so far. */
  readonly #patches = new Map<string, KubeRequest[]>();
  /** True for groups whose server obeys `dryRun`, by resource. */
  readonly #obedient = new Map<string, Promise<boolean>>();

  constructor(readonly transport: Transport, readonly options: PredictOptions) {}

  async answer(request: KubeRequest): Promise<Response> {
    const [path = ""] = request.path.split("?");
    switch (request.method) {
      case "GET":
        return await this.#read(path, request);
      case "POST":
        return await this.#create(path, request);
      case "PATCH":
        return await this.#patch(path, request);
      case "DELETE":
        return await this.#delete(path, request);
      case "PUT":
        // Operations do not replace objects; if one did, it must not be sent.
        return answered(asObject(parseJson(request.body ?? "{}")));
    }
  }

  async #read(path: string, request: KubeRequest): Promise<Response> {
    if (this.#state.has(path)) {
      const object = this.#state.get(path);
      return object === undefined ? notFound(path) : answered(object as JsonObject);
    }
    const response = await this.transport(request);
    if (placeOf(path) === undefined || this.live.has(path)) return response;
    if (response.status === 404) this.live.set(path, undefined);
    if (!response.ok) return response;
    const text = await response.text();
    const body = parseJson(text);
    // Metadata alone is not the object.
    if (isObject(body) && body.kind !== "PartialObjectMetadata" && isObject(body.metadata)) {
      this.live.set(path, body as KubeObject);
    }
    return new Response(text, { status: response.status, headers: response.headers });
  }

  async #create(collection: string, request: KubeRequest): Promise<Response> {
    const body = asObject(parseJson(request.body ?? "{}"));
    const path = `${collection}/${encodeURIComponent(asText(asObject(body.metadata).name))}`;
    const write = { path, method: "POST", body: request.body ?? "" } as const;
    const isReplaced = this.#state.has(path);
    const after = await this.#asked(path, request, isReplaced || this.#isNewNamespace(path));
    if (after instanceof Response) return after;
    // An object that is deleted and created again gets the defaults that the deleted one had.
    const gone = this.live.get(path);
    const local = isReplaced && gone !== undefined ? await filled(body as KubeObject, gone) : body as KubeObject;
    const isThere = after.refusal?.status === 409;
    this.writes.push({ ...write, ...after, after: after.object ?? local, isByServer: after.object !== undefined });
    this.#state.set(path, after.object ?? local);
    if (!isReplaced && !isThere && !this.live.has(path)) this.live.set(path, undefined);
    return answered((after.object ?? local) as JsonObject, 201);
  }

  async #patch(path: string, request: KubeRequest): Promise<Response> {
    const before = await this.#current(path, request);
    if (before === undefined) return notFound(path);
    const asked = await this.#asked(path, request, !this.live.has(path) || this.live.get(path) === undefined);
    if (asked instanceof Response) return asked;
    const earlier = this.#patches.get(path) ?? [];
    // The server has applied this patch alone, to the object as it is now.
    const merged = asked.object === undefined ? patched(before, request) : earlier.reduce(patched, asked.object);
    const after = merged === asked.object ? merged : await filled(merged, before);
    const { contentType } = request;
    this.writes.push({
      path,
      method: "PATCH",
      body: request.body ?? "",
      contentType,
      before,
      after,
      isByServer: asked.object !== undefined,
      refusal: asked.refusal,
      isForbidden: asked.isForbidden,
    });
    this.#patches.set(path, [...earlier, request]);
    if (asked.refusal !== undefined && this.options.passRefusals) return refused(asked.refusal);
    this.#state.set(path, after);
    return answered(after as JsonObject);
  }

  /** A deletion is never sent: a server may read its options, `dryRun` among them, from the body alone. */
  async #delete(path: string, request: KubeRequest): Promise<Response> {
    const before = await this.#current(path, request);
    if (before === undefined) return notFound(path);
    this.writes.push({ path, method: "DELETE", body: "", before, isByServer: false });
    this.#state.set(path, undefined);
    const { uid, name } = before.metadata ?? {};
    return answered({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details: { uid, name } });
  }

  /** Returns the object as it is at this point of the operation. */
  async #current(path: string, { signal }: KubeRequest): Promise<KubeObject | undefined> {
    if (this.#state.has(path)) return this.#state.get(path);
    if (!this.live.has(path)) await (await this.#read(path, { method: "GET", path, signal })).body?.cancel();
    return this.live.get(path);
  }

  /** Asks the server what a write would give; a `Response` is an answer that decides nothing, such as a full server. */
  async #asked(
    path: string,
    request: KubeRequest,
    isLocal: boolean,
  ): Promise<{ object?: KubeObject; refusal?: KubeError; isForbidden?: boolean } | Response> {
    if (isLocal || !await this.#mayAsk(path, request)) return {};
    const mark = request.path.includes("?") ? "&" : "?";
    const response = await this.transport({ ...request, path: `${request.path}${mark}dryRun=All` });
    if (response.ok) return { object: asObject(parseJson(await response.text())) as KubeObject };
    if (response.status === 429 || response.status > 500) return response;
    const refusal = await answerError(response);
    // A server-side apply of a field that the server does not know is answered so, and always will be.
    if (response.status === 500 && !/failed to create typed patch object/.test(refusal.message)) {
      return refused(refusal);
    }
    if (isMissingRight(refusal)) return { isForbidden: true };
    // The namespace or the kind does not exist yet; or a webhook with side effects stands in the way.
    const isUnable = refusal.status === 404 || /dry[ -]?run/i.test(refusal.message);
    return isUnable ? {} : { refusal };
  }

  async #mayAsk(path: string, { signal }: KubeRequest): Promise<boolean> {
    const place = placeOf(path);
    if (!this.options.canDryRun || place === undefined) return false;
    if (isBuiltInGroup(place.group)) return true;
    // Custom resources obey; other extensions of the API may not know `dryRun` and would write.
    const name = `${place.plural}.${place.group}`;
    const known = this.#obedient.get(name);
    if (known !== undefined) return await known;
    const look = (async () => {
      for (const version of ["v1", "v1beta1"]) {
        const where = `/apis/apiextensions.k8s.io/${version}/customresourcedefinitions/${encodeURIComponent(name)}`;
        const response = await this.transport({ method: "GET", path: where, signal });
        await response.body?.cancel();
        if (response.ok) return true;
      }
      return false;
    })();
    this.#obedient.set(name, look);
    return await look;
  }

  #isNewNamespace(path: string): boolean {
    const namespace = placeOf(path)?.namespace ?? "";
    const where = `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
    return namespace !== "" && path !== where && this.#state.has(where) && this.live.get(where) === undefined;
  }
}

/** True if the server refuses because of the user's rights, not because of the object. */
function isMissingRight({ status, message }: KubeError): boolean {
  return status === 403 && /\bcannot (create|patch|update|get)\b/.test(message);
}

/** Returns the parts of an object's path; `undefined` for a collection, a subresource or another path. */
function placeOf(path: string): Place | undefined {
  const parts = path.split("/").slice(1);
  const rest = parts[0] === "api" ? parts.slice(2) : parts[0] === "apis" ? parts.slice(3) : [];
  const group = parts[0] === "apis" ? parts[1] ?? "" : "";
  const [first, namespace = "", plural, ...names] = rest;
  if (rest.length === 2 && first !== undefined) return { group, plural: first, namespace: "" };
  if (first !== "namespaces" || plural === undefined || names.length !== 1) return undefined;
  return { group, plural, namespace: decodeURIComponent(namespace) };
}

/** Returns an object with a patch applied. */
function patched(object: KubeObject, { body = "{}", contentType }: KubeRequest): KubeObject {
  const patch = asObject(parseJson(body));
  const schema = mergeSchema(asText(object.apiVersion), asText(object.kind));
  const live = copyJson(object) as JsonObject;
  if (contentType === "application/merge-patch+json") return applyJsonMergePatch(live, patch) as KubeObject;
  const merged = contentType === "application/apply-patch+yaml"
    ? overlayApplied(patch, live, schema)
    : applyStrategicMergePatch(live, patch, schema);
  return merged as KubeObject;
}

/** Returns the result of a merge with the server's defaults. */
async function filled(merged: KubeObject, before: KubeObject): Promise<KubeObject> {
  const { withDefaults } = await import("./defaults/mod.ts");
  return withDefaults(merged, before);
}

function answered(body: JsonObject, status = 200): Response {
  return new Response(stringifyJson(body), { status, headers: { "content-type": "application/json" } });
}

function notFound(path: string): Response {
  const message = `${path.split("/").at(-1)} not found`;
  return answered({ kind: "Status", apiVersion: "v1", status: "Failure", reason: "NotFound", code: 404, message }, 404);
}

function refused({ message, reason, status }: KubeError): Response {
  return answered({ kind: "Status", apiVersion: "v1", status: "Failure", reason, code: status, message }, status);
}

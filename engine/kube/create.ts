/**
 * Creating an object when answers get lost: a creation that was not answered
 * may have been carried out, and only a look can tell.
 *
 * @module
 */
import { KubeError } from "../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { sleep } from "./abort.ts";
import { callFor } from "./answers.ts";
import { isNotFound } from "./call.ts";
import { asObject, asText, isObject, type JsonObject } from "./json.ts";
import { RETRY_PAUSES_MS } from "./persistent.ts";
import { equalQuantities } from "./quantities.ts";
import type { Transport } from "./types.ts";
import { stringifyJson } from "./yaml.ts";

/** What is to be created, and where it is found afterwards. */
export interface Creation {
  /** Of the collection. */
  readonly collectionPath: string;
  /** Of the object; `undefined` when the server chooses its name, and nobody can look. */
  readonly objectPath: string | undefined;
  /** As it is sent. */
  readonly object: KubeObject;
}

/**
 * Creates an object and returns it as the server has it.
 *
 * When no answer comes, or the server failed on the way, it is looked whether
 * the object is there and is what was sent; when it is not there, it is sent
 * again. An object that was there before stays an error, as it always was.
 */
export async function create(transport: Transport, wanted: Creation, signal?: AbortSignal): Promise<JsonObject> {
  const { collectionPath: path, objectPath, object } = wanted;
  const body = stringifyJson(object as JsonObject);
  let unclear: KubeError | undefined;
  for (let attempt = 0;; attempt++) {
    try {
      return await callFor(transport, { method: "POST", path, body, signal }, { done: asText(object.kind) });
    } catch (error) {
      if (!(error instanceof KubeError) || error.kind === "aborted") throw error;
      const lost = isUnclear(error);
      const taken = unclear !== undefined && error.reason === "AlreadyExists";
      if (objectPath === undefined || (!lost && !taken)) throw error;
      if (lost) unclear = error;
      const found = await look(transport, objectPath, asText(object.kind), signal);
      if (found !== undefined) {
        if (holds(found, object)) return found;
        throw error;
      }
      const pauseMs = RETRY_PAUSES_MS[attempt];
      if (pauseMs === undefined) throw error;
      await sleep(pauseMs, signal);
    }
  }
}

/** True when the request may have been carried out, whatever the answer was. */
function isUnclear(error: KubeError): boolean {
  return error.status === 0 || error.status >= 500;
}

async function look(
  transport: Transport,
  path: string,
  kind: string,
  signal?: AbortSignal,
): Promise<JsonObject | undefined> {
  try {
    return await callFor(transport, { method: "GET", path, signal }, { object: kind });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Fields that the server moves, makes or counts itself. */
const OF_THE_SERVER: ReadonlySet<string> = new Set(["status", "stringData"]);

/** True when the live object has everything that was sent; what servers add or spell differently does not count. */
function holds(live: JsonObject, sent: KubeObject): boolean {
  if (asObject(live.metadata).deletionTimestamp !== undefined) return false;
  return Object.entries(sent).every(([field, value]) => OF_THE_SERVER.has(field) || includes(live[field], value));
}

function includes(live: unknown, sent: unknown): boolean {
  // The server leaves out what is empty.
  if (isEmpty(sent)) return isEmpty(live) || typeof live === typeof sent;
  if (Array.isArray(sent)) {
    return Array.isArray(live) && live.length >= sent.length &&
      sent.every((item, index) => includes(live[index], item));
  }
  if (isObject(sent)) {
    return isObject(live) && Object.entries(sent).every(([field, value]) => includes(live[field], value));
  }
  return live === sent || equalQuantities(live, sent);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

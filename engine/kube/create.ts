/**
 * Creates an object, even when answers get lost.
 *
 * A creation without an answer may have succeeded. So may one that was refused: proxies repeat a request on a
 * new connection when the old one is closed, and then the first answer to arrive is for the second request.
 * Only reading the object can tell.
 *
 * @module
 */
import { KubeError, SkegError } from "../../errors.ts";
import type { KubeObject } from "../model/mod.ts";
import { newCreator } from "../base/mod.ts";
import { sleep } from "./abort.ts";
import { callFor } from "./answers.ts";
import { isNotFound } from "./call.ts";
import { isFrom } from "./made_here.ts";
import { withName } from "./generated_name.ts";
import { asText, type JsonObject } from "./json.ts";
import { query } from "./paths.ts";
import { RETRY_PAUSES_MS } from "./persistent.ts";
import { serverSeconds } from "./server_clock.ts";
import type { Transport } from "./types.ts";
import { stringifyJson } from "./yaml.ts";

/** The object to create, and its collection. */
export interface Creation {
  /** Of the collection. */
  readonly collectionPath: string;
  /** The object as sent. One with `generateName` gets its generated name here, so that it can be found. */
  readonly object: KubeObject;
}

/**
 * Creates an object and returns it as stored by the server.
 *
 * If the answer leaves the outcome unclear, the object is read. If it exists and comes from this creation,
 * that is a success; if it does not exist, the creation is sent again. If another client created it, the
 * error stands.
 *
 * @throws KubeError of the server, or of the attempt without an answer.
 */
export async function create(transport: Transport, wanted: Creation, signal?: AbortSignal): Promise<JsonObject> {
  const creator = newCreator();
  const path = wanted.collectionPath + query({ fieldManager: creator });
  const since = serverSeconds(transport);
  const isNamed = Boolean(wanted.object.metadata?.name);
  let object = withName(wanted.object);
  for (let attempt = 0;; attempt++) {
    try {
      const request = { method: "POST", path, body: stringifyJson(object as JsonObject), signal } as const;
      return await callFor(transport, request, { done: asText(object.kind) });
    } catch (error) {
      if (!mayBeThere(error, object)) throw error;
      const found = await look(transport, wanted.collectionPath, object, signal);
      if (found === "unseen") throw error;
      if (found !== "absent" && isFrom({ creator, since, object }, found)) return found;
      const isTaken = error.reason === "AlreadyExists" && found !== "absent";
      const isFinal = !isUnclear(error) && (error.reason !== "AlreadyExists" || isTaken && isNamed);
      const pauseMs = RETRY_PAUSES_MS[attempt];
      if (pauseMs === undefined || isFinal) throw error;
      if (isTaken) object = withName(wanted.object);
      else await sleep(pauseMs, signal);
    }
  }
}

/** Statuses with which the second of two equal requests is refused. */
const OF_THE_SECOND: ReadonlySet<number> = new Set([
  400, // a webhook's
  403, // a quota that the first has used up
  409, // the name
  422, // an address or a port that the first has taken
]);

/** True if the object may have been created in spite of the error. */
function mayBeThere(error: unknown, { metadata }: KubeObject): error is KubeError {
  if (!(error instanceof KubeError) || error.kind === "aborted" || !metadata?.name) return false;
  return isUnclear(error) || OF_THE_SECOND.has(error.status);
}

function isUnclear({ status }: KubeError): boolean {
  return status === 0 || status >= 500;
}

/** Returns the live object; `unseen` when it cannot be read. */
async function look(
  transport: Transport,
  collectionPath: string,
  { kind, metadata }: KubeObject,
  signal?: AbortSignal,
): Promise<JsonObject | "absent" | "unseen"> {
  const path = `${collectionPath}/${encodeURIComponent(metadata?.name ?? "")}`;
  try {
    return await callFor(transport, { method: "GET", path, signal }, { object: asText(kind) });
  } catch (error) {
    if (isNotFound(error)) return "absent";
    if (error instanceof SkegError && error.kind === "aborted") throw error;
    return "unseen";
  }
}

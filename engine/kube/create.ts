/**
 * Creating an object when answers get lost.
 *
 * A creation that was not answered may have been carried out. One that was
 * refused may have been, too: what is between here and the server repeats
 * requests on a new connection when an old one is closed, and then the first
 * answer to arrive is about the second request. Only a look can tell.
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

/** What is to be created, and where. */
export interface Creation {
  /** Of the collection. */
  readonly collectionPath: string;
  /** As it is sent. One that leaves its name to the server gets a name of that kind here, by which it is found. */
  readonly object: KubeObject;
}

/**
 * Creates an object and returns it as the server has it.
 *
 * After an answer that does not say what became of the creation, the object is
 * looked for. When it is there and comes from this creation, all is well; when
 * there is none, it is sent again. One that another client made stays the
 * error that it is.
 *
 * @throws KubeError of the server, or of the attempt that was not answered.
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

/** Refusals that the second of two equal requests gets. */
const OF_THE_SECOND: ReadonlySet<number> = new Set([
  400, // a webhook's
  403, // a quota that the first has used up
  409, // the name
  422, // an address or a port that the first has taken
]);

/** True when the object may have been created, whatever the answer was. */
function mayBeThere(error: unknown, { metadata }: KubeObject): error is KubeError {
  if (!(error instanceof KubeError) || error.kind === "aborted" || !metadata?.name) return false;
  return isUnclear(error) || OF_THE_SECOND.has(error.status);
}

function isUnclear({ status }: KubeError): boolean {
  return status === 0 || status >= 500;
}

/** The live object; `unseen` when it cannot be told whether there is one. */
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

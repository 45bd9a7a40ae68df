/**
 * One request with a JSON answer; a refusal becomes a `KubeError` with the server's message.
 *
 * @module
 */
import { type ErrorKind, KubeError, SkegError } from "../../errors.ts";
import { abortError } from "./abort.ts";
import { noteServerTime } from "./server_clock.ts";
import type { KubeRequest, Transport } from "./types.ts";
import { asObject, asText, isObject, type JsonObject, parseJson } from "./json.ts";

/** Error kinds that are more specific than `kube`, by the server's reason. */
const KINDS: Readonly<Record<string, ErrorKind>> = {
  NotFound: "not-found",
  AlreadyExists: "exists",
  Conflict: "conflict",
  Gone: "conflict",
  Expired: "conflict",
};

/** Reasons by HTTP status, for answers that name none. */
const REASONS: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  406: "NotAcceptable",
  409: "Conflict",
  410: "Gone",
  415: "UnsupportedMediaType",
  422: "Invalid",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};

/** Hints for refusals, by HTTP status. */
const HINTS: Readonly<Record<number, string>> = {
  401: "Check the credentials of the kubeconfig's user; they may have expired.",
  403: "Ask for a role that allows this, or choose another context with --kube-context.",
};

/** Hints for refusals that no role would prevent, by the message. */
const OTHER_REFUSALS: readonly (readonly [RegExp, string])[] = [
  [
    /because it is being terminated/,
    "The namespace is being deleted, so no object can be created in it; 'skeg delete --no-hooks' creates none.",
  ],
  [/exceeded quota/, "Ask for less, delete what is not needed, or have the namespace's ResourceQuota raised."],
  [
    /admission webhook|violates PodSecurity/,
    "A policy of the cluster refused the object: change the values, or the policy.",
  ],
];

/** Messages for answers without one, by HTTP status. */
const PLAIN_MESSAGES: Readonly<Record<number, string>> = {
  401: "the server has asked for the client to provide credentials",
  404: "the server could not find the requested resource",
  405: "the server does not allow this method on the requested resource",
  409: "the server reported a conflict",
  415: "the body of the request was in an unknown format",
  429: "the server has received too many requests and has asked us to try again later",
  503: "the server is currently unable to handle the request",
  504: "the server was unable to return a response in the time allotted, but may still be processing the request",
};

/** Returns the error for a `Status` object; `status` is the HTTP status, used when the object has none. */
export function statusError(body: unknown, status: number): KubeError {
  const given = asObject(body);
  const code = typeof given.code === "number" ? given.code : status;
  const isStatus = given.kind === "Status";
  const reason = (isStatus ? asText(given.reason) : "") || (REASONS[code] ?? "");
  const said = isStatus ? asText(given.message) : "";
  // Blanks say nothing.
  const message = said.trim() !== "" ? said : PLAIN_MESSAGES[code] ?? `the server answered with HTTP status ${code}`;
  return new KubeError(message, code, reason, {
    kind: KINDS[reason] ?? "kube",
    hint: OTHER_REFUSALS.find(([words]) => code === 403 && words.test(message))?.[1] ?? HINTS[code],
  });
}

/** Returns the error for an unsuccessful answer; reads the body. */
export async function answerError(response: Response): Promise<KubeError> {
  let body: unknown;
  try {
    body = parseJson(await response.text());
  } catch {
    // A proxy's page or a broken stream: only the HTTP status is usable.
  }
  return statusError(body, response.status);
}

/** Sends one request and returns the answer if it is a success, or status 304 for a request with `ifNoneMatch`. */
export async function send(transport: Transport, request: KubeRequest): Promise<Response> {
  let response: Response;
  try {
    response = await transport(request);
  } catch (error) {
    if (request.signal?.aborted && !(error instanceof SkegError)) throw abortError(request.signal);
    throw error;
  }
  noteServerTime(transport, response);
  const isUnchanged = response.status === 304 && request.ifNoneMatch !== undefined;
  if (!response.ok && !isUnchanged) throw await answerError(response);
  return response;
}

/**
 * Sends one request and returns the JSON object of the answer.
 *
 * @throws KubeError when the server refuses, or the answer is not a JSON object.
 */
export async function call(transport: Transport, request: KubeRequest): Promise<JsonObject> {
  return parseAnswer(request, await (await send(transport, request)).text());
}

/** Parses the text of an answer to `request` as a JSON object. */
export function parseAnswer(request: KubeRequest, text: string): JsonObject {
  const refuse = (what: string): KubeError =>
    new KubeError(`the server's answer to ${request.method} ${pathOnly(request.path)} is ${what}`, 0, "");
  let answer: unknown;
  try {
    answer = parseJson(text);
  } catch {
    // The parser quotes the text, which may hold anything.
    throw refuse("not JSON");
  }
  if (!isObject(answer)) throw refuse("not a JSON object");
  return answer;
}

/** Returns the path of a request without its query. */
export function pathOnly(path: string): string {
  return path.split("?", 1)[0] ?? path;
}

/** True if the server answered that an object does not exist. */
export function isNotFound(error: unknown): boolean {
  return error instanceof KubeError && error.status === 404;
}

/** True for failures that may be temporary: no answer, too many requests, a server that is starting or stopping. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof KubeError) || error.kind === "aborted") return false;
  return error.status === 0 || error.status === 429 || error.status >= 500;
}

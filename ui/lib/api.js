/**
 * Requests to the program: JSON, and streams of JSON lines.
 *
 * @module
 */
import { note } from "./activity.js";
import { API_ROOT, takeEarly } from "./early.js";
import { keep } from "./keep.js";
import { authorization, endSession } from "./session.js";

export { apiPath } from "./early.js";

/** The most answers that are remembered for `ETag`. */
const REMEMBERED = 60;

/**
 * @typedef {object} Asking
 * @property {"GET" | "POST"} [method] Absent: GET.
 * @property {unknown} [body] Sent as JSON.
 * @property {AbortSignal} [signal] Ends the request.
 * @property {boolean} [fresh] True if the program must ask the cluster, whatever it knows.
 */

/** A failure, in the program's words. */
export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {{ kind?: string, hint?: string, status?: number }} [more]
   */
  constructor(message, { kind = "unknown", hint, status = 0 } = {}) {
    super(message);
    /** The library's kind, such as `not-found`. */
    this.kind = kind;
    /** The next step, if there is one. */
    this.hint = hint;
    /** Of HTTP; 0 when there was no answer. */
    this.status = status;
  }
}

/** @type {Map<string, { etag: string, data: unknown }>} */
const remembered = new Map();

/**
 * Returns the JSON of an answer. An answer that has not changed since the last time is the same object.
 *
 * @template T
 * @param {string} path From {@link apiPath}.
 * @param {Asking} [asking]
 * @returns {Promise<T>}
 * @throws {ApiError}
 */
export async function ask(path, asking = {}) {
  const known = (asking.method ?? "GET") === "GET" ? remembered.get(path) : undefined;
  const answer = await send(path, asking, known?.etag);
  if (answer.status === 304 && known !== undefined) return /** @type {T} */ (known.data);
  const data = await answer.json();
  const etag = answer.headers.get("etag");
  if (etag !== null && asking.body === undefined) keep(remembered, path, { etag, data }, REMEMBERED);
  return data;
}

/**
 * Yields the lines of a stream, decoded.
 *
 * @template T
 * @param {string} path
 * @param {Asking} [asking]
 * @returns {AsyncGenerator<T, void>}
 * @throws {ApiError}
 */
export async function* askLines(path, asking = {}) {
  const { body } = await send(path, asking);
  if (body === null) return;
  // Not every browser can iterate over a stream itself.
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const lines = (rest + value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") yield JSON.parse(line);
    }
    if (rest !== "") yield JSON.parse(rest);
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/**
 * @param {string} path
 * @param {Asking} asking
 * @param {string} [etag]
 */
async function send(path, { method = "GET", body, signal, fresh = false }, etag) {
  /** @type {Record<string, string>} */
  const headers = { authorization: authorization() ?? "" };
  if (etag !== undefined) headers["if-none-match"] = etag;
  if (body !== undefined) headers["content-type"] = "application/json";
  let answer;
  try {
    const early = method === "GET" && etag === undefined && !fresh ? takeEarly(path) : undefined;
    answer = await (early ?? fetch(`${API_ROOT}${path}${fresh ? `${path.includes("?") ? "&" : "?"}fresh=1` : ""}`, {
      method,
      headers,
      ...body === undefined ? {} : { body: JSON.stringify(body) },
      ...signal === undefined ? {} : { signal },
    }));
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw failed(
      `${method} ${path}`,
      new ApiError("skeg does not answer", {
        kind: "gone",
        hint: "The program has ended, or it is busy. Start it again with: skeg ui",
      }),
    );
  }
  if (answer.ok || answer.status === 304) return answer;
  const error = await errorOf(answer);
  if (answer.status === 401) endSession();
  throw failed(`${method} ${path}`, error);
}

/**
 * @param {Response} answer
 * @returns {Promise<ApiError>}
 */
async function errorOf(answer) {
  const { error = {} } = await answer.json().catch(() => ({}));
  return new ApiError(error.message ?? `skeg answered ${answer.status}`, { ...error, status: answer.status });
}

/**
 * @param {string} request
 * @param {ApiError} error
 */
function failed(request, error) {
  note({ kind: "request", text: request, detail: error.message, bad: true });
  return error;
}

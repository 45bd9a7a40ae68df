/**
 * Repeats requests after temporary failures.
 *
 * Requests that are safe to repeat are sent again: reads, patches (they set values, not differences),
 * deletions, and requests that the server refused before processing them. A creation or a replacement whose
 * answer is lost is left to the caller, who can check if it was carried out.
 *
 * Helm 2 repeats nothing: the first failure ends its operation.
 *
 * @module
 */
import { KubeError } from "../../errors.ts";
import { abortError, sleep, throwIfAborted } from "./abort.ts";
import { describeRequest } from "./paths.ts";
import type { KubeRequest, Transport } from "./types.ts";
import { WholeAnswer } from "./whole_answer.ts";

/** The most times that a `Retry-After` is obeyed. */
const TOLD_MAX = 10;
/** Longest single wait for a `Retry-After`. */
const RETRY_AFTER_MAX_SECONDS = 30;

/** Options of {@linkcode persistent}. */
export interface PersistentOptions {
  /** Pauses before each repetition; after the last one the failure is returned. */
  readonly pausesMs?: readonly number[] | undefined;
  /** Longest time for an answer; streams must begin within it. Servers give up after a minute themselves. */
  readonly limitMs?: number | undefined;
  /** For messages. */
  readonly server?: string | undefined;
}

/** Pauses before a request is sent again, in milliseconds. */
export const RETRY_PAUSES_MS: readonly number[] = [100, 300, 1000, 3000];
const LIMIT_MS = 65_000;

/** Result of one attempt. */
type Attempt = { readonly response: Response } | { readonly error: unknown };

/** Returns a transport that sends requests over `transport`, and repeats them after temporary failures. */
export function persistent(transport: Transport, options: PersistentOptions = {}): Transport {
  const { pausesMs = RETRY_PAUSES_MS, limitMs = LIMIT_MS, server = "" } = options;
  /** A server that never answered is probably unreachable: its first failure is returned at once. */
  let wasThere = false;
  const attempt = async (request: KubeRequest): Promise<Attempt> => {
    try {
      const response = await limited(transport, request, limitMs, server);
      wasThere = true;
      return { response };
    } catch (error) {
      if (request.signal?.aborted) throw abortError(request.signal);
      if (!(error instanceof KubeError) || error.status !== 0 || error.kind !== "kube") throw error;
      return { error };
    }
  };
  return async (request) => {
    throwIfAborted(request.signal);
    let told = 0;
    let pauses = 0;
    /** An earlier attempt may have been carried out. */
    let unclear = false;
    for (;;) {
      const outcome = await attempt(request);
      const response = "response" in outcome ? outcome.response : undefined;
      if (response?.status === 404 && unclear && request.method === "DELETE") return done(response);
      const toldMs = response === undefined ? undefined : retryAfterMs(response);
      let pauseMs: number | undefined;
      if (toldMs !== undefined) pauseMs = told++ < TOLD_MAX ? toldMs : undefined;
      else if (isWorthAnother(request, response, wasThere)) pauseMs = pausesMs[pauses++];
      if (pauseMs === undefined) {
        if ("error" in outcome) throw outcome.error;
        return outcome.response;
      }
      if (response === undefined || response.status >= 500) unclear = true;
      await response?.body?.cancel();
      await sleep(pauseMs, request.signal);
    }
  };
}

/** Returns the milliseconds of a `Retry-After`, or `undefined`. */
function retryAfterMs(response: Response): number | undefined {
  if (response.status !== 429 && response.status !== 503) return undefined;
  const text = response.headers.get("retry-after");
  if (text === null || !/^\d+$/.test(text)) return undefined;
  return Math.min(Number(text), RETRY_AFTER_MAX_SECONDS) * 1000;
}

/** True if repeating the request is safe and may succeed. */
function isWorthAnother(request: KubeRequest, response: Response | undefined, wasThere: boolean): boolean {
  // The caller of a watch resumes it at its last position.
  if (isWatch(request)) return false;
  const repeatable = request.method !== "POST" && request.method !== "PUT";
  if (response === undefined) return repeatable && wasThere;
  if (response.status === 429) return true;
  if (response.status === 503 && request.mayBeDown === true) return false;
  if (response.status === 409) return request.method === "PATCH" || request.method === "DELETE";
  return repeatable && response.status >= 500 && response.status !== 501 && response.status !== 505;
}

/** Returns the answer for a deletion that an earlier attempt carried out. */
function done(response: Response): Response {
  void response.body?.cancel();
  return Response.json({ kind: "Status", apiVersion: "v1", status: "Success" });
}

/** True for a watch, whose answer is an open stream. */
export function isWatch(request: KubeRequest): boolean {
  return request.method === "GET" && /[?&]watch=(true|1)\b/.test(request.path);
}

/** Makes one attempt; the body, or the beginning of a stream, must arrive within the limit. */
async function limited(transport: Transport, request: KubeRequest, limitMs: number, server: string): Promise<Response> {
  const limit = new AbortController();
  const ended = new Promise<never>((_resolve, reject) => {
    limit.signal.addEventListener("abort", () => reject(limit.signal.reason), { once: true });
  });
  ended.catch(() => {});
  const pass = (): void => limit.abort(request.signal?.reason);
  request.signal?.addEventListener("abort", pass, { once: true });
  const timer = setTimeout(() => limit.abort(silent(request, limitMs, server)), limitMs);
  const sent = receive(transport, { ...request, signal: limit.signal }, server);
  try {
    return await Promise.race([sent, ended]);
  } catch (error) {
    sent.catch(() => {});
    if (limit.signal.aborted && limit.signal.reason instanceof KubeError) throw limit.signal.reason;
    throw error;
  } finally {
    clearTimeout(timer);
    // An open stream can still be cancelled by its caller.
    if (!isWatch(request)) request.signal?.removeEventListener("abort", pass);
  }
}

async function receive(transport: Transport, request: KubeRequest, server: string): Promise<Response> {
  const response = await transport(request);
  if (isWatch(request) || response.body === null) return response;
  try {
    return new WholeAnswer(await response.arrayBuffer(), response);
  } catch (cause) {
    throw cut(request, server, cause);
  }
}

function silent(request: KubeRequest, limitMs: number, server: string): KubeError {
  return lost(request, server, `no answer within ${limitMs / 1000} s`, undefined);
}

function cut(request: KubeRequest, server: string, cause: unknown): KubeError {
  return lost(request, server, "the connection was closed in the middle of the answer", cause);
}

function lost(request: KubeRequest, server: string, problem: string, cause: unknown): KubeError {
  const what = describeRequest(request.method, request.path);
  return new KubeError(
    `cannot reach the API server${server === "" ? "" : ` at ${server}`} to ${what}: ${problem}`,
    0,
    "",
    {
      cause,
      hint: "Try again; check your network, VPN or proxy.",
    },
  );
}

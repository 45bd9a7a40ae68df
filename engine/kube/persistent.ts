/**
 * Requests that do not give up at the first trouble.
 *
 * What can be sent again without harm is sent again: reading, patches (they
 * say what is to be, not by how much), deletions, and whatever the server
 * refused before it looked at it. A creation or a replacement whose answer is
 * lost is left to the caller, who can look whether it was taken.
 *
 * Helm 2 has none of this: the first failure ends its operation.
 *
 * @module
 */
import { KubeError } from "../../errors.ts";
import { abortError, sleep, throwIfAborted } from "./abort.ts";
import { describeRequest } from "./paths.ts";
import type { KubeRequest, Transport } from "./types.ts";
import { WholeAnswer } from "./whole_answer.ts";

/** Answers that say when to come back are obeyed this often. */
const TOLD_MAX = 10;
/** No single wait that a server asks for is longer. */
const RETRY_AFTER_MAX_SECONDS = 30;

/** Options of {@linkcode persistent}. */
export interface PersistentOptions {
  /** Pauses before what is sent again; after the last one the failure is given. */
  readonly pausesMs?: readonly number[] | undefined;
  /** How long an answer may take; streams must begin within it. Servers themselves give up after a minute. */
  readonly limitMs?: number | undefined;
  /** For messages. */
  readonly server?: string | undefined;
}

/** Pauses before a request is sent again, in milliseconds. */
export const RETRY_PAUSES_MS: readonly number[] = [100, 300, 1000, 3000];
const LIMIT_MS = 65_000;

/** What became of one attempt. */
type Attempt = { readonly response: Response } | { readonly error: unknown };

/** Returns a transport that sends requests over `transport` until there is an answer worth giving. */
export function persistent(transport: Transport, options: PersistentOptions = {}): Transport {
  const { pausesMs = RETRY_PAUSES_MS, limitMs = LIMIT_MS, server = "" } = options;
  /** A server that never answered is most likely not there: that is said at once. */
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

/** Milliseconds the server asks to wait before the same request is sent again, or `undefined`. */
function retryAfterMs(response: Response): number | undefined {
  if (response.status !== 429 && response.status !== 503) return undefined;
  const text = response.headers.get("retry-after");
  if (text === null || !/^\d+$/.test(text)) return undefined;
  return Math.min(Number(text), RETRY_AFTER_MAX_SECONDS) * 1000;
}

/** True when the same request can do no harm, and may well succeed. */
function isWorthAnother(request: KubeRequest, response: Response | undefined, wasThere: boolean): boolean {
  // Whoever watches goes on where the watch was.
  if (isWatch(request)) return false;
  const repeatable = request.method !== "POST" && request.method !== "PUT";
  if (response === undefined) return repeatable && wasThere;
  if (response.status === 429) return true;
  if (response.status === 503 && request.mayBeDown === true) return false;
  if (response.status === 409) return request.method === "PATCH" || request.method === "DELETE";
  return repeatable && response.status >= 500 && response.status !== 501 && response.status !== 505;
}

/** A deletion that an earlier attempt carried out. */
function done(response: Response): Response {
  void response.body?.cancel();
  return Response.json({ kind: "Status", apiVersion: "v1", status: "Success" });
}

/** True for a request whose answer is a stream that goes on. */
export function isWatch(request: KubeRequest): boolean {
  return request.method === "GET" && /[?&]watch=(true|1)\b/.test(request.path);
}

/** One attempt with its body, or the beginning of a stream, within the limit. */
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
    // A stream that goes on is still ended by its caller.
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

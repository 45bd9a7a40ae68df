/**
 * Requests by `fetch`, and which of its connections each one takes.
 *
 * The runtime leaves Nagle's algorithm on, and HTTP/2 sends the head and the
 * body of a request in two writes when the body is longer than a kilobyte. On a
 * connection that is quiet otherwise, such a body waits for the server's
 * delayed acknowledgement: 44 ms for each request. HTTP/1.1 sends both in one
 * write. So a few requests at once have connections of their own, and what is
 * beyond them shares one in streams of HTTP/2, where the answers to others
 * carry the acknowledgements.
 *
 * Each connection has a client of its own: a second one of the same client
 * resumes the session of the first, and its first request waits as well.
 *
 * @module
 */
import type { Credentials } from "./credentials.ts";
import type { ClusterEntry } from "./context.ts";
import { isWatch } from "./persistent.ts";
import type { KubeRequest } from "./types.ts";
import { WholeAnswer } from "./whole_answer.ts";

/** One header; a name may come several times. */
export type Header = readonly [name: string, value: string];

/** Sends one prepared request. */
export type Sender = (request: KubeRequest, headers: readonly Header[]) => Promise<Response>;

/** An open way to the server. */
export interface Line {
  readonly send: Sender;
  readonly close: () => void;
}

/** What {@linkcode fetchLine} needs of those who know the other line. */
export interface FetchLineOptions {
  /** The error for certificates that cannot be used; is told the kind of the cause. */
  readonly badCertificates: (cause?: string) => Error;
  /** Opens a line for a server that `fetch` does not go to. */
  readonly otherLine: () => Line;
}

/** So many requests that change something have connections of their own. */
const OWN_CONNECTIONS = 4;
/** A body up to this many UTF-16 units goes out together with its head. */
const SMALL_BODY = 1000;

/** A connection that was quiet for longer is not used again: servers and what is before them end such ones, some without a word. */
const IDLE_MAX_MS = 30_000;

/** A connection for one request at a time. */
interface OwnConnection {
  readonly client: Deno.HttpClient;
  busy: boolean;
}

/** Opens a line; nothing is sent yet. */
export function fetchLine(
  cluster: ClusterEntry,
  { certificate, key }: Credentials,
  { badCertificates, otherLine }: FetchLineOptions,
): Line {
  const open = (http2: boolean): Deno.HttpClient => {
    try {
      return Deno.createHttpClient({
        http1: true,
        http2,
        poolIdleTimeout: IDLE_MAX_MS,
        ...(cluster.ca === undefined ? {} : { caCerts: [cluster.ca] }),
        ...(certificate === undefined || key === undefined ? {} : { cert: certificate, key }),
        ...(cluster.proxyUrl === undefined ? {} : { proxy: { url: cluster.proxyUrl } }),
      });
    } catch (cause) {
      // The cause may quote key material, so only its kind is told.
      throw badCertificates(cause instanceof Error ? cause.name : undefined);
    }
  };
  const own: OwnConnection[] = [{ client: open(false), busy: false }];
  let shared: Deno.HttpClient | undefined;
  let other: Line | undefined;
  const freeConnection = (request: KubeRequest): OwnConnection | undefined => {
    if (isWatch(request)) return undefined;
    const hasBody = (request.body?.length ?? 0) > SMALL_BODY;
    const free = hasBody ? own.find(({ busy }) => !busy) : own.slice(0, 1).find(({ busy }) => !busy);
    if (free !== undefined || !hasBody || own.length === OWN_CONNECTIONS) return free;
    const opened = { client: open(false), busy: false };
    own.push(opened);
    return opened;
  };
  const sendBy = async (request: KubeRequest, url: string, init: RequestInit): Promise<Response> => {
    const connection = freeConnection(request);
    if (connection === undefined) return await fetch(url, { ...init, client: shared ??= open(true) });
    connection.busy = true;
    try {
      return await whole(await fetch(url, { ...init, client: connection.client }));
    } finally {
      connection.busy = false;
    }
  };
  const send: Sender = async (request, headers) => {
    if (other !== undefined) return await other.send(request, headers);
    const { method, path, body, signal } = request;
    const init: RequestInit = {
      method,
      redirect: "manual",
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    };
    try {
      return await sendBy(request, cluster.server + path, init);
    } catch (error) {
      // There are ports that browsers never go to; a server may well stand there.
      if (!/Requests to port \d+ are blocked/.test(chainText(error))) throw error;
      other = otherLine();
      return await other.send(request, headers);
    }
  };
  const close = (): void => {
    for (const { client } of own) client.close();
    shared?.close();
    other?.close();
  };
  return { send, close };
}

/** The answer with its body read; a body that breaks off does so for whoever reads it. */
async function whole(response: Response): Promise<Response> {
  if (response.body === null) return response;
  try {
    return new WholeAnswer(await response.arrayBuffer(), response);
  } catch (cause) {
    const { status, headers } = response;
    return new Response(new ReadableStream({ start: (controller) => controller.error(cause) }), { status, headers });
  }
}

/** The messages of an error and its causes. */
export function chainText(error: unknown): string {
  const parts: string[] = [];
  for (let at = error; at instanceof Error && parts.length < 8; at = at.cause) parts.push(at.message);
  return parts.join(": ");
}

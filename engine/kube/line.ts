/**
 * Requests to one API server over few kept connections.
 *
 * `engine/net` verifies the server by the kubeconfig's authority alone, and uses the proxy that the
 * kubeconfig or the environment names.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import {
  type Header,
  type HttpAnswer,
  type HttpClient,
  NetworkFault,
  type NetworkVariables,
  openHttp,
  responseOf,
} from "../net/mod.ts";
import type { Credentials } from "./credentials.ts";
import type { ClusterEntry } from "./context.ts";
import { isWatch } from "./persistent.ts";
import type { KubeRequest } from "./types.ts";
import { WholeAnswer } from "./whole_answer.ts";

/** Open connections to the server. */
export interface Line {
  /** Sends one request. Except for streams, the answer's body is already read. */
  send(request: KubeRequest, headers: readonly Header[]): Promise<Response>;
  close(): void;
}

/** The most concurrent requests, each on its own connection. Streams do not count. */
const CONNECTIONS = 8;
/** Opening a connection takes as long as several requests, so their number starts small and grows. */
const CONNECTIONS_FIRST = 2;
const REQUESTS_PER_CONNECTION = 8;

/**
 * Returns a line; sends nothing yet.
 *
 * @throws SkegError of kind `config`, at once or from the first `send`, for certificates that cannot be used.
 */
export function openLine(cluster: ClusterEntry, { certificate, key }: Credentials, variables: NetworkVariables): Line {
  const texts = [cluster.ca, certificate, key];
  if (texts.some((text) => text !== undefined && !text.includes("-----BEGIN "))) throw badCertificates();
  const opened = openHttp({
    ca: cluster.ca,
    insecure: cluster.insecureSkipTlsVerify,
    serverName: cluster.tlsServerName,
    certificate,
    key,
    proxyUrl: cluster.proxyUrl,
    variables,
  }).catch((cause) => {
    throw cause instanceof NetworkFault ? badCertificates(cause) : cause;
  });
  // The caller of `send` gets the error.
  opened.catch(() => {});
  const slots = growingLimit();
  const opens = inAddress(cluster.server);
  /** As in Go, a name and password in the address are used when there is no Authorization header. */
  const all = (headers: readonly Header[]): readonly Header[] =>
    opens === undefined || headers.some(([name]) => name === "Authorization") ? headers : [...headers, opens];
  const send = async (client: HttpClient, request: KubeRequest, headers: readonly Header[]): Promise<Response> => {
    const { method, path, body, signal } = request;
    const answer = await client.send({ method, url: cluster.server + path, headers: all(headers), body, signal });
    return isWatch(request) ? await responseOf(answer) : await whole(answer);
  };
  return {
    async send(request, headers) {
      const client = await opened;
      if (isWatch(request)) return await send(client, request, headers);
      return await slots(() => send(client, request, headers));
    },
    close: () => void opened.then((client) => client.close(), () => {}),
  };
}

function inAddress(server: string): Header | undefined {
  if (!URL.canParse(server)) return undefined;
  const { username, password } = new URL(server);
  if (username === "" && password === "") return undefined;
  const pair = new TextEncoder().encode(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  return ["Authorization", `Basic ${pair.toBase64()}`];
}

function badCertificates(cause?: NetworkFault): SkegError {
  return new SkegError("config", "the kubeconfig's certificates cannot be used", {
    hint: "Check certificate-authority, client-certificate and client-key: they must be PEM.",
    cause,
  });
}

/** Returns the answer with its body read; if the body breaks off, reading it rejects. */
async function whole({ status, headers, body }: HttpAnswer): Promise<Response> {
  try {
    return new WholeAnswer((await body.bytes()).buffer, { status, headers });
  } catch (cause) {
    return new Response(new ReadableStream({ start: (controller) => controller.error(cause) }), { status, headers });
  }
}

/**
 * Returns a function that runs tasks with a concurrency limit; the limit grows with the number of tasks so
 * far. Further tasks wait in order of arrival.
 */
function growingLimit(): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  let begun = 0;
  const waiting: (() => void)[] = [];
  const most = (): number => Math.min(CONNECTIONS, CONNECTIONS_FIRST + Math.floor(begun / REQUESTS_PER_CONNECTION));
  const next = (): void => {
    while (running < most() && waiting.length > 0) {
      running++;
      begun++;
      waiting.shift()?.();
    }
  };
  return async (task) => {
    const turn = new Promise<void>((resolve) => waiting.push(resolve));
    next();
    await turn;
    try {
      return await task();
    } finally {
      running--;
      next();
    }
  };
}

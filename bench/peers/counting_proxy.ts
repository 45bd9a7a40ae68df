/**
 * A proxy in front of an API server: it counts requests and bytes, and delays
 * every request.
 *
 * It has a port for HTTP/2 and one for HTTP/1.1, both over TLS, and passes
 * bodies on unchanged, compressed or not. It does not pass on client
 * certificates: programs authenticate with a token.
 *
 * @module
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { Agent, createServer, request as send, type Server } from "node:https";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Wire } from "./results.ts";

/** Headers that apply to a single connection. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "host", "te"]);

/** Options of {@linkcode startProxy}. */
export interface ProxyOptions {
  /** The API server, such as `https://127.0.0.1:6443`. */
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  /** PEM; presented to programs. */
  readonly certificate: string;
  readonly key: string;
  /** Delay added to every request. */
  readonly delayMs: number;
}

/** A running proxy. */
export interface CountingProxy {
  /** Its own address, for programs that speak HTTP/2. */
  readonly server: string;
  /** Its address for programs that speak HTTP/1.1. */
  readonly serverHttp1: string;
  /** Returns the traffic since the last call. */
  take(): Wire;
  close(): Promise<void>;
}

/** Starts a proxy on two free ports of this machine. */
export async function startProxy(options: ProxyOptions): Promise<CountingProxy> {
  const { server, ca, certificate, key, delayMs } = options;
  const agent = new Agent({ keepAlive: true, ca, maxSockets: 64 });
  let wire = { requests: 0, sent: 0, received: 0 };
  /** Passes a request on after its delay. */
  const pass = async ({ method, target, headers, body }: Asked): Promise<IncomingMessage> => {
    wire.requests++;
    wire.sent += body.byteLength;
    if (body.byteLength > 0) headers["content-length"] = String(body.byteLength);
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    return await new Promise((resolve, reject) => {
      const passed = send(server + target, { method, headers, agent }, resolve);
      passed.on("error", reject);
      passed.end(body);
    });
  };
  const count = (chunk: Uint8Array): void => void (wire.received += chunk.byteLength);
  const http2 = serveHttp2({ certificate, key }, pass, count);
  const http1 = await serveHttp1({ certificate, key }, pass, count);
  return {
    server: `https://127.0.0.1:${http2.addr.port}`,
    serverHttp1: `https://127.0.0.1:${portOf(http1)}`,
    take: () => {
      const taken = wire;
      wire = { requests: 0, sent: 0, received: 0 };
      return taken;
    },
    close: async () => {
      http1.closeAllConnections();
      await Promise.all([http2.shutdown(), new Promise((resolve) => http1.close(resolve))]);
      agent.destroy();
    },
  };
}

/** One request of a program. */
interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Record<string, string | string[]>;
  readonly body: Uint8Array;
}

type Pass = (asked: Asked) => Promise<IncomingMessage>;
type Pair = Pick<ProxyOptions, "certificate" | "key">;

/** Serves programs that speak HTTP/2. */
function serveHttp2({ certificate, key }: Pair, pass: Pass, count: (chunk: Uint8Array) => void) {
  const handler = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const headers = passedOn(Object.fromEntries(request.headers));
    const body = request.body === null ? NOTHING : new Uint8Array(await request.arrayBuffer());
    const answer = await pass({ method: request.method, target: pathname + search, headers, body });
    const fields = new Headers(Object.entries(passedOn(answer.headers)).map(([name, value]) => [name, String(value)]));
    const status = answer.statusCode ?? 502;
    if (status === 204 || status === 304) {
      answer.resume();
      return new Response(null, { status, headers: fields });
    }
    if (Number(answer.headers["content-length"] ?? NaN) < 1_000_000) {
      const bytes = await buffer(answer);
      count(bytes);
      return new Response(new Uint8Array(bytes), { status, headers: fields });
    }
    answer.on("data", count);
    return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, { status, headers: fields });
  };
  return Deno.serve({ hostname: "127.0.0.1", port: 0, cert: certificate, key, onListen: () => {} }, handler);
}

/**
 * Serves programs that speak HTTP/1.1. `Deno.serve` would send the head of an answer and its body apart over TLS, and
 * wait between them until the client has acknowledged the first: 40 ms for every request.
 */
async function serveHttp1({ certificate, key }: Pair, pass: Pass, count: (chunk: Uint8Array) => void): Promise<Server> {
  const serve = async (request: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const { method = "GET", url: target = "/" } = request;
    const body = await buffer(request);
    const given = await pass({ method, target, headers: passedOn(request.headers), body });
    answer.writeHead(given.statusCode ?? 502, passedOn(given.headers));
    given.on("data", count);
    given.on("error", () => answer.destroy());
    answer.on("close", () => given.destroy());
    given.pipe(answer);
  };
  const server = createServer(
    { cert: certificate, key },
    (request, answer) => void serve(request, answer).catch(() => answer.destroy()),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const NOTHING = new Uint8Array();

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return address.port;
}

/** Returns the headers that go on to the other side. */
function passedOn(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const passed: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name)) passed[name] = value;
  }
  return passed;
}

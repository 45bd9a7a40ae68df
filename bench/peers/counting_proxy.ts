/**
 * A proxy in front of an API server: it counts requests and bytes, and delays
 * every request.
 *
 * It supports HTTP/2 and HTTP/1.1 over TLS, as an API server does, and passes
 * bodies on unchanged, compressed or not. It does not pass on client
 * certificates: programs authenticate with a token.
 *
 * @module
 */
import { Agent, request as send } from "node:https";
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
  /** Its own address. */
  readonly server: string;
  /** Returns the traffic since the last call. */
  take(): Wire;
  close(): Promise<void>;
}

/** Starts a proxy on a free port of this machine. */
export function startProxy(options: ProxyOptions): CountingProxy {
  const { server, ca, certificate, key, delayMs } = options;
  const agent = new Agent({ keepAlive: true, ca, maxSockets: 64 });
  let wire = { requests: 0, sent: 0, received: 0 };
  const handler = async (request: Request): Promise<Response> => {
    const counted = wire;
    counted.requests++;
    const started = performance.now();
    const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
    counted.sent += body?.byteLength ?? 0;
    const url = new URL(request.url);
    const left = delayMs - (performance.now() - started);
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    return await new Promise<Response>((resolve, reject) => {
      const headers = Object.fromEntries([...request.headers].filter(([name]) => !HOP_BY_HOP.has(name)));
      if (body !== undefined) headers["content-length"] = String(body.byteLength);
      const passed = send(server + url.pathname + url.search, { method: request.method, headers, agent }, (answer) => {
        const fields = new Headers();
        for (const [name, value] of Object.entries(answer.headers)) {
          if (value !== undefined && !HOP_BY_HOP.has(name)) fields.set(name, String(value));
        }
        const status = answer.statusCode ?? 502;
        if (status === 204 || status === 304) {
          answer.resume();
          resolve(new Response(null, { status, headers: fields }));
          return;
        }
        const length = Number(answer.headers["content-length"] ?? NaN);
        if (length < 1_000_000) {
          buffer(answer).then((bytes) => {
            counted.received += bytes.byteLength;
            resolve(new Response(new Uint8Array(bytes), { status, headers: fields }));
          }, reject);
          return;
        }
        answer.on("data", (chunk: Uint8Array) => counted.received += chunk.byteLength);
        resolve(new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, { status, headers: fields }));
      });
      passed.on("error", reject);
      passed.end(body);
    });
  };
  const listening = Deno.serve(
    { hostname: "127.0.0.1", port: 0, cert: certificate, key, onListen: () => {} },
    handler,
  );
  return {
    server: `https://127.0.0.1:${listening.addr.port}`,
    take: () => {
      const taken = wire;
      wire = { requests: 0, sent: 0, received: 0 };
      return taken;
    },
    close: async () => {
      await listening.shutdown();
      agent.destroy();
    },
  };
}

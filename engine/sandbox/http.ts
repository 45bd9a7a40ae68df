/**
 * A sandbox over HTTPS, with a kubeconfig that any client can use.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SkegError } from "../../errors.ts";
import type { KubeRequest } from "../kube/mod.ts";
import { answer, type SandboxRequest } from "./call.ts";
import { makeCertificates } from "./certificates.ts";
import type { Sandbox } from "./sandbox.ts";
import { PROTOBUF, ProtobufError, readProtobuf } from "./protobuf.ts";
import { getSchema } from "./schema.ts";
import { ApiError, badRequest, entityTooLarge, internal, unauthorized } from "./status.ts";
import { isStoreFault } from "./store_fault.ts";
import { messageOf } from "../base/mod.ts";

/** Options of {@linkcode serveSandbox}. */
export interface ServeOptions {
  /** The folder that the kubeconfig is written to; made when it does not exist. */
  readonly directory: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** The address to listen on; default `127.0.0.1`. */
  readonly hostname?: string;
  /** The bearer token that requests must carry; default: a new random one. */
  readonly token?: string;
  /** Ends serving. */
  readonly signal?: AbortSignal;
}

/** A sandbox that is being served. */
export interface ServedSandbox {
  /** Such as `https://127.0.0.1:40123`. */
  readonly url: string;
  /** The kubeconfig that was written. */
  readonly kubeconfigPath: string;
  /** Resolves when serving has ended. */
  readonly finished: Promise<void>;
  /** Ends serving; the sandbox stays open. */
  stop(): Promise<void>;
}

/** Paths that answer without credentials, as a real server's do. */
const OPEN = /^\/(healthz|livez|readyz|version)(\/|\?|$)/;

/**
 * True if the request carries the token. The comparison takes the same time for every wrong token
 * of the right length.
 */
function allowed(request: Request, token: string): boolean {
  const given = Buffer.from(request.headers.get("authorization") ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** So many bytes of a body are read, as by a real API server. */
const BODY_BYTES_MAX = 3 * 1024 * 1024;

/** The body, when it is not longer than the limit; nothing beyond that is held. */
async function readBytes(request: Request): Promise<Uint8Array> {
  if (request.body === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body) {
    size += part.length;
    if (size > BODY_BYTES_MAX) throw entityTooLarge(BODY_BYTES_MAX);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** The body as text; protobuf becomes JSON. */
async function readBody(request: Request): Promise<{ body: string; contentType: string | undefined }> {
  const contentType = request.headers.get("content-type") ?? undefined;
  const bytes = await readBytes(request);
  if (contentType === undefined || !contentType.startsWith(PROTOBUF)) {
    return { body: new TextDecoder().decode(bytes), contentType };
  }
  if (bytes.length === 0) return { body: "", contentType: "application/json" };
  try {
    return { body: JSON.stringify(readProtobuf(getSchema(), bytes)), contentType: "application/json" };
  } catch (error) {
    if (error instanceof ProtobufError) throw badRequest(error.message);
    throw error;
  }
}

/** The address of a request; `undefined` when the host that the client named cannot be part of one. */
function addressOf(request: Request): URL | undefined {
  try {
    return new URL(request.url);
  } catch {
    return undefined;
  }
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

async function handle(sandbox: Sandbox, request: Request, token: string, stopped: AbortSignal): Promise<Response> {
  const url = addressOf(request);
  if (url === undefined) return new Response("400 Bad Request: malformed Host header\n", { status: 400 });
  const path = `${url.pathname}${url.search}`;
  if (!OPEN.test(path) && !allowed(request, token)) {
    const refused = unauthorized();
    return answer(401, refused.body);
  }
  const method = request.method === "HEAD" ? "GET" : request.method;
  if (!METHODS.includes(method)) return new Response("405 method not allowed\n", { status: 405 });
  const given = await readBody(request).catch((error) => error);
  if (given instanceof ApiError) return answer(given.body.code, given.body);
  if (given instanceof Error) throw given;
  const asked: SandboxRequest = {
    method: method as KubeRequest["method"],
    path,
    ...given,
    accept: request.headers.get("accept") ?? undefined,
    userAgent: request.headers.get("user-agent") ?? "",
    // A client that goes away cancels the body of its answer, which ends a watch.
    signal: stopped,
  };
  let response: Response;
  try {
    response = await sandbox.transport(asked);
  } catch (error) {
    // Clients print the message of a `Status`, and would otherwise only report a broken connection.
    if (!isStoreFault(error)) throw error;
    return answer(500, internal(messageOf(error)).body);
  }
  // Compression would hold events back until a block is full.
  if (url.searchParams.has("watch")) response.headers.set("cache-control", "no-cache, private, no-transform");
  return response;
}

/** Returns the kubeconfig. It holds the token, so it must be written with {@linkcode writeKubeconfig}. */
function kubeconfig(url: string, authority: string, token: string): string {
  return `apiVersion: v1
kind: Config
current-context: sandbox
clusters:
- name: sandbox
  cluster:
    server: ${url}
    certificate-authority-data: ${Buffer.from(authority).toString("base64")}
users:
- name: sandbox
  user:
    token: ${token}
contexts:
- name: sandbox
  context:
    cluster: sandbox
    user: sandbox
    namespace: default
`;
}

async function writeKubeconfig(directory: string, text: string): Promise<string> {
  const path = join(directory, "kubeconfig");
  const draft = `${path}.${crypto.randomUUID().slice(0, 8)}`;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    // The new file replaces the old one in one step, so that others can never read the token
    // through the old one's mode.
    await writeFile(draft, text, { mode: 0o600, flag: "wx" });
    await chmod(draft, 0o600);
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => {});
    throw new SkegError("io", `Cannot write ${path}: ${messageOf(cause)}`, { cause });
  }
  return path;
}

/** Resolves after `ms`, without keeping the process alive. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => Deno.unrefTimer(setTimeout(resolve, ms)));
}

/**
 * Serves a sandbox over HTTPS and writes a kubeconfig for it.
 *
 * Every request needs the kubeconfig's token, which is new each time unless
 * one is given.
 */
export async function serveSandbox(sandbox: Sandbox, options: ServeOptions): Promise<ServedSandbox> {
  const { hostname = "127.0.0.1", port = 0, signal } = options;
  const hosts = new Set(["127.0.0.1", "::1", "localhost", "kubernetes.default.svc", hostname]);
  // These mean all interfaces; no client connects to them by that name.
  for (const any of ["0.0.0.0", "::"]) hosts.delete(any);
  const certificates = makeCertificates([...hosts]);
  const token = options.token ?? Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url");
  const stopping = new AbortController();
  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    server = Deno.serve({
      hostname,
      port,
      cert: certificates.certificate,
      key: certificates.key,
      onListen: () => {},
      onError: () => new Response("500 internal server error\n", { status: 500 }),
    }, (request) => handle(sandbox, request, token, stopping.signal));
  } catch (cause) {
    throw new SkegError("io", `Cannot listen on ${hostname}:${port}: ${messageOf(cause)}`, { cause });
  }
  // The kubeconfig names the loopback address where the server listens on all interfaces.
  const shown = ["0.0.0.0", "::"].includes(hostname) ? "127.0.0.1" : hostname;
  const host = `${shown.includes(":") ? `[${shown}]` : shown}:${server.addr.port}`;
  sandbox.announce(host, certificates.authority);
  const url = `https://${host}`;
  const stop = async (): Promise<void> => {
    stopping.abort();
    // Idle connections of clients that stay must not keep the server up.
    await Promise.race([server.shutdown(), pause(300)]);
  };
  signal?.addEventListener("abort", () => void stop(), { once: true });
  // Without a kubeconfig no client has the token, so the server is stopped again.
  const kubeconfigPath = await writeKubeconfig(options.directory, kubeconfig(url, certificates.authority, token))
    .catch(async (error) => {
      await stop();
      throw error;
    });
  // `server.finished` waits for idle connections too; after a stop only this short time is waited.
  const ended = new Promise<void>((resolve) => {
    stopping.signal.addEventListener("abort", () => resolve(pause(300)), { once: true });
  });
  return { url, kubeconfigPath, finished: Promise.race([server.finished, ended]), stop };
}

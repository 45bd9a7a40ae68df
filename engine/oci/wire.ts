/**
 * Requests to one registry and to where it sends us, without knowing who we
 * are to it.
 *
 * A registry on this machine may speak plain HTTP; all others speak HTTPS.
 * What opens a host is shown to that host and to no other: not along a
 * redirect.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { SkegError } from "../../errors.ts";
import { bodyLimits, PATIENCE, type Patience, withAnswerLimit } from "../download/mod.ts";

/** Paths of certificates; empty or absent: none. */
export interface RegistryFiles {
  /** The client's certificate, with the key. */
  readonly certFile?: string | undefined;
  /** The client's key. */
  readonly keyFile?: string | undefined;
  /** Whom to trust besides the usual authorities. */
  readonly caFile?: string | undefined;
}

/** One request. */
export interface WireRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT";
  /** An address, or a path of the registry. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array<ArrayBuffer> | string | undefined;
  /** What opens the target's host. It is shown to no other host, and only where nobody else can listen. */
  readonly authorization?: string | undefined;
}

/** The way to one registry. */
export interface Wire {
  /** Sends a request, and follows redirects of reading ones. */
  send(request: WireRequest): Promise<{ readonly response: Response; readonly url: string }>;
  /** Whether an address belongs to the registry itself. */
  isOwn(url: string): boolean;
  /** How long answers are waited for. */
  readonly patience: Patience;
  /** Lets go of connections. */
  close(): void;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const REDIRECTS_MAX = 10;
const USER_AGENT = "Helm/2.17.0";

/** True for names and addresses of this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || /^127\.\d+\.\d+\.\d+$/.test(hostname) ||
    hostname === "[::1]";
}

/** True for addresses that secrets may go to: over TLS, or within this machine. */
export function isSafe(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || protocol === "http:" && isLoopback(hostname);
}

/** The host of requests for `host`: Docker's registry answers under another name than the one people write. */
function serverOf(host: string): string {
  return ["docker.io", "index.docker.io"].includes(host) ? "registry-1.docker.io" : host;
}

/**
 * Opens the way to a registry; nothing is sent yet.
 *
 * @throws SkegError of kind `config` when certificates cannot be read.
 */
export async function openWire(
  host: string,
  files: RegistryFiles,
  signal: AbortSignal | undefined,
  patience: Patience = PATIENCE,
): Promise<Wire> {
  const clients = await makeClients(files);
  const server = serverOf(host);
  let origin: Promise<string> | undefined;

  const once = async (request: WireRequest, url: string, first = url): Promise<Response> => {
    const { method, headers, body, authorization } = request;
    const sent = new Headers({ "user-agent": USER_AGENT, "accept-encoding": "identity", ...headers });
    if (authorization && new URL(url).origin === new URL(first).origin && isSafe(url)) {
      sent.set("authorization", authorization);
    }
    const what = `${method} ${JSON.stringify(shown(url))}`;
    const ask = (stop: AbortSignal) =>
      fetch(url, {
        method,
        headers: sent,
        redirect: "manual",
        signal: stop,
        ...body === undefined ? {} : { body },
        ...clientFor(isOwn(url)),
      });
    try {
      return await withAnswerLimit(ask, what, bodyLimits(patience, body?.length ?? 0), signal);
    } catch (cause) {
      if (cause instanceof SkegError && cause.kind === "timeout") throw cause;
      if (signal?.aborted && signal.reason instanceof SkegError) throw signal.reason;
      const kind = signal?.aborted ? "aborted" : "io";
      throw new SkegError(kind, `${what}: ${reasonOf(cause)}`, { cause });
    }
  };
  const clientFor = (own: boolean): { client?: Deno.HttpClient } => {
    const client = own ? clients.own : clients.other;
    return client === undefined ? {} : { client };
  };
  /** On this machine the scheme is found out: HTTPS is asked first. */
  const findOrigin = async (): Promise<string> => {
    const secure = `https://${server}`;
    if (!isLoopback(new URL(secure).hostname)) return secure;
    try {
      const answer = await once({ method: "GET", target: "" }, `${secure}/v2/`);
      await answer.body?.cancel();
      return secure;
    } catch (error) {
      if (error instanceof SkegError && ["aborted", "timeout"].includes(error.kind)) throw error;
      if (/certificate/i.test(String((error as Error).message))) throw error; // it speaks TLS
      return `http://${server}`;
    }
  };
  const isOwn = (url: string): boolean => new URL(url).host === new URL(`https://${server}`).host;
  return {
    isOwn,
    patience,
    async send(request) {
      const isAddress = /^https?:/.test(request.target);
      const first = isAddress ? request.target : `${await (origin ??= findOrigin())}${request.target}`;
      let url = first;
      for (let step = 0; step <= REDIRECTS_MAX; step++) {
        const response = await once(request, url, first);
        const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
        if (location === null) return { response, url };
        await response.body?.cancel();
        const next = URL.canParse(location, url) ? new URL(location, url).href : "";
        if (request.method !== "GET" && request.method !== "HEAD" || next === "" || isSafe(url) && !isSafe(next)) {
          throw new SkegError("io", `${request.method} ${JSON.stringify(shown(url))}: refused to be sent elsewhere`);
        }
        url = next;
      }
      throw new SkegError("io", `GET ${JSON.stringify(shown(url))}: stopped after ${REDIRECTS_MAX} redirects`);
    },
    close() {
      clients.own?.close();
      clients.other?.close();
    },
  };
}

/** An address without its query and user, which may hold secrets. */
export function shown(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** A client with all certificates for the registry, one with the authorities alone for others. */
async function makeClients(files: RegistryFiles): Promise<{ own?: Deno.HttpClient; other?: Deno.HttpClient }> {
  const { certFile = "", keyFile = "", caFile = "" } = files;
  const read = (path: string): Promise<string> =>
    readFile(path, "utf8").catch((cause) => {
      throw new SkegError("config", `can't create TLS config: can't read ${path}`, { cause });
    });
  const trust = caFile === "" ? {} : { caCerts: [await read(caFile)] };
  const pair = certFile === "" || keyFile === "" ? {} : { cert: await read(certFile), key: await read(keyFile) };
  try {
    return {
      ...caFile === "" && !("cert" in pair) ? {} : { own: Deno.createHttpClient({ ...trust, ...pair }) },
      ...caFile === "" ? {} : { other: Deno.createHttpClient(trust) },
    };
  } catch (cause) {
    throw new SkegError("config", "can't create TLS config: the certificates cannot be used", { cause });
  }
}

/** Why a request got no answer. */
function reasonOf(cause: unknown): string {
  let text = "";
  for (let each = cause; each instanceof Error; each = each.cause) text = `${text} ${each.message}`;
  if (/connection refused/i.test(text)) return "connection refused";
  if (/lookup|dns|name or service|no such host/i.test(text)) return "no such host";
  if (/UnknownIssuer/i.test(text)) return "certificate signed by unknown authority";
  if (/NotValidForName/i.test(text)) return "the certificate is not valid for this name";
  if (/expired/i.test(text)) return "the certificate has expired";
  if (/reset|closed|broken pipe|EOF/i.test(text)) return "the connection was closed";
  return "no answer came";
}

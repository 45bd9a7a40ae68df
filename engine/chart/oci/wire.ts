/**
 * Sends requests to one registry and follows its redirects. Knows nothing of
 * credentials; callers pass the `Authorization` value.
 *
 * A registry on this machine may use plain HTTP; all others must use HTTPS.
 * Credentials are sent only to the host that they are for, never to the target
 * of a redirect.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { SkegError } from "../../../errors.ts";
import {
  type FaultKind,
  type HttpClient,
  type HttpOptions,
  keyPairProblem,
  NetworkFault,
  type NetworkVariables,
  openHttp,
  responseOf,
} from "../../net/mod.ts";
import { bodyLimits, PATIENCE, type Patience, withAnswerLimit } from "../../net/download/mod.ts";

/** Paths of certificates; empty or absent: none. */
export interface RegistryFiles {
  /** The client's certificate; needs `keyFile`. */
  readonly certFile?: string | undefined;
  /** The client's key. */
  readonly keyFile?: string | undefined;
  /** The only trusted authorities for the registry. For the targets of its redirects the system's are trusted too. */
  readonly caFile?: string | undefined;
}

/** Options of {@linkcode openWire}. */
export interface WireOptions extends RegistryFiles {
  /** Environment variables for proxies and authorities; default: the process's own. */
  readonly variables?: NetworkVariables | undefined;
}

/** One request. */
export interface WireRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT";
  /** An address, or a path on the registry. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array<ArrayBuffer> | string | undefined;
  /** Credentials for the target's host. They are sent to no other host, and only over TLS or within this machine. */
  readonly authorization?: string | undefined;
}

/** An answer, and the address that it came from. */
export interface WireSent {
  readonly response: Response;
  readonly url: string;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const REDIRECTS_MAX = 10;
const USER_AGENT = "Helm/2.17.0";

/** True if the name or address is of this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || /^127\.\d+\.\d+\.\d+$/.test(hostname) ||
    hostname === "[::1]";
}

/** True if credentials may be sent to the address: over TLS, or within this machine. */
export function isSafe(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || protocol === "http:" && isLoopback(hostname);
}

/** Returns the host that serves `host`: Docker's registry has another host name than the one that users write. */
function serverOf(host: string): string {
  return ["docker.io", "index.docker.io"].includes(host) ? "registry-1.docker.io" : host;
}

/**
 * Returns a connection to a registry; sends nothing yet.
 *
 * @throws SkegError of kind `config` when certificates cannot be read.
 */
export async function openWire(
  host: string,
  files: WireOptions,
  signal: AbortSignal | undefined,
  patience: Patience = PATIENCE,
): Promise<Wire> {
  return new Wire(serverOf(host), await makeClients(files), signal, patience);
}

/** Connections to one registry. */
export class Wire {
  /** Time limits. */
  readonly patience: Patience;
  readonly #server: string;
  readonly #clients: Clients;
  readonly #signal: AbortSignal | undefined;
  /** The registry's scheme and host, found with the first request. */
  #origin: Promise<string> | undefined;

  /** Called by {@linkcode openWire}. */
  constructor(server: string, clients: Clients, signal: AbortSignal | undefined, patience: Patience) {
    this.#server = server;
    this.#clients = clients;
    this.#signal = signal;
    this.patience = patience;
  }

  /** Sends a request; follows redirects of GET and HEAD requests. */
  async send(request: WireRequest): Promise<WireSent> {
    const isAddress = /^https?:/.test(request.target);
    const first = isAddress ? request.target : `${await (this.#origin ??= this.#findOrigin())}${request.target}`;
    let url = first;
    for (let step = 0; step <= REDIRECTS_MAX; step++) {
      const response = await this.#once(request, url, first);
      const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
      if (location === null) return { response, url };
      await response.body?.cancel();
      const next = URL.canParse(location, url) ? new URL(location, url).href : "";
      if (request.method !== "GET" && request.method !== "HEAD" || next === "" || isSafe(url) && !isSafe(next)) {
        throw new SkegError("io", `${request.method} ${JSON.stringify(shown(url))}: refused to follow a redirect`);
      }
      url = next;
    }
    throw new SkegError("io", `GET ${JSON.stringify(shown(url))}: stopped after ${REDIRECTS_MAX} redirects`);
  }

  /** True if an address belongs to the registry itself. */
  isOwn(url: string): boolean {
    return new URL(url).host === new URL(`https://${this.#server}`).host;
  }

  /** Closes all connections. */
  close(): void {
    this.#clients.close();
  }

  async #once(request: WireRequest, url: string, first = url): Promise<Response> {
    const { method, headers, body, authorization } = request;
    const signal = this.#signal;
    const sent = new Headers({ "user-agent": USER_AGENT, "accept-encoding": "identity", ...headers });
    if (authorization && new URL(url).origin === new URL(first).origin && isSafe(url)) {
      sent.set("authorization", authorization);
    }
    const what = `${method} ${JSON.stringify(shown(url))}`;
    const ask = async (stop: AbortSignal): Promise<Response> => {
      const client = await (this.isOwn(url) ? this.#clients.own : this.#clients.other);
      return await responseOf(await client.send({ method, url, headers: [...sent], body, signal: stop }));
    };
    try {
      return await withAnswerLimit(ask, what, bodyLimits(this.patience, body?.length ?? 0), signal);
    } catch (cause) {
      if (cause instanceof SkegError && cause.kind === "timeout") throw cause;
      if (signal?.aborted && signal.reason instanceof SkegError) throw signal.reason;
      if (cause instanceof SkegError) throw cause;
      const kind = signal?.aborted ? "aborted" : "io";
      const { text, details } = reasonOf(cause);
      throw new SkegError(kind, `${what}: ${text}`, { cause, details });
    }
  }

  /** Detects the scheme of a registry on this machine: tries HTTPS first. */
  async #findOrigin(): Promise<string> {
    const secure = `https://${this.#server}`;
    if (!isLoopback(new URL(secure).hostname)) return secure;
    try {
      const answer = await this.#once({ method: "GET", target: "" }, `${secure}/v2/`);
      await answer.body?.cancel();
      return secure;
    } catch (error) {
      if (error instanceof SkegError && ["aborted", "timeout"].includes(error.kind)) throw error;
      const { cause } = error as SkegError;
      // A refused certificate means that the server uses TLS.
      if (cause instanceof NetworkFault && /certificate$/.test(cause.kind)) throw error;
      return `http://${this.#server}`;
    }
  }
}

/** Returns an address without its query and user, which may contain secrets. */
export function shown(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** Two clients, each made on first use: for the registry with all certificates, for other hosts with the authorities only. */
export interface Clients {
  readonly own: Promise<HttpClient>;
  readonly other: Promise<HttpClient>;
  close(): void;
}

async function makeClients(files: WireOptions): Promise<Clients> {
  const { certFile = "", keyFile = "", caFile = "", variables } = files;
  const read = (path: string): Promise<string> =>
    readFile(path, "utf8").catch((cause) => {
      throw new SkegError("config", `can't create TLS config: can't read ${path}`, { cause });
    });
  const ca = caFile === "" ? undefined : await read(caFile);
  const [certificate, key] = certFile === "" || keyFile === "" ? [] : [await read(certFile), await read(keyFile)];
  const problem = certificate === undefined || key === undefined ? undefined : await keyPairProblem(certificate, key);
  if (problem !== undefined) throw badFiles(problem);
  const made: Promise<HttpClient>[] = [];
  const make = async (options: HttpOptions): Promise<HttpClient> => {
    const client = openHttp(options).catch((cause) => {
      throw cause instanceof NetworkFault ? badFiles(cause.message) : cause;
    });
    made.push(client);
    return await client;
  };
  let [own, other]: (Promise<HttpClient> | undefined)[] = [];
  return {
    get own(): Promise<HttpClient> {
      return own ??= make({ ca, certificate, key, variables });
    },
    get other(): Promise<HttpClient> {
      return other ??= make({ ca, systemToo: true, variables });
    },
    close: () => made.forEach((client) => client.then((opened) => opened.close(), () => {})),
  };
}

function badFiles(problem: string): SkegError {
  return new SkegError("config", `can't create TLS config: the certificates cannot be used: ${problem}`);
}

/** Short texts for kinds of faults, used instead of Go's longer messages. */
const PROBLEMS: Readonly<Partial<Record<FaultKind, string>>> = {
  "refused": "connection refused",
  "no-host": "no such host",
  "cut": "the connection was closed",
};

/** Returns the reason why a request got no answer, and what to do. */
function reasonOf(cause: unknown): { text: string; details: string | undefined } {
  if (!(cause instanceof NetworkFault)) return { text: "no answer came", details: undefined };
  const { kind, message, advice, isBeforeProxy } = cause;
  return { text: isBeforeProxy ? message : PROBLEMS[kind] ?? message, details: advice };
}

/**
 * Fetches bytes from an address, over HTTP or with a downloader.
 *
 * The credentials of a repository (name, password, client certificate) are only
 * sent to the repository's own host: not to other hosts in its index, and not to
 * the target of a redirect.
 *
 * Source: Helm 2.17.0, `pkg/getter`, `pkg/tlsutil`.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { fileError, SkegError } from "../../../errors.ts";
import { maskAddress, quote } from "../../base/mod.ts";
import { PATIENCE, type Patience, readBody, type Received, withAnswerLimit } from "../../net/download/mod.ts";
import {
  type HttpClient,
  keyPairProblem,
  NetworkFault,
  type NetworkVariables,
  openHttp,
  responseOf,
} from "../../net/mod.ts";
import { parseAddress, sameHost } from "./address.ts";

/** Credentials and certificates for a host. Texts are empty when they are not set. */
export interface Access {
  /** The address whose host the credentials are for. */
  readonly owner: string;
  /** For basic authentication; both or nothing. */
  readonly username: string;
  /** For basic authentication; both or nothing. */
  readonly password: string;
  /** Path of the client's certificate. */
  readonly certFile: string;
  /** Path of the client's key. */
  readonly keyFile: string;
  /** Path of the certificates to trust. */
  readonly caFile: string;
}

/** Fetches bytes from an address with a scheme that it supports. */
export type Downloader = (
  url: string,
  files: Pick<Access, "certFile" | "keyFile" | "caFile">,
) => Promise<Uint8Array>;

/** Options for fetching. */
export interface FetchOptions {
  /** Aborts the fetch. */
  readonly signal?: AbortSignal | undefined;
  /** Environment variables for proxies and authorities; default: the process's own. */
  readonly variables?: NetworkVariables | undefined;
  /** Time limits; default {@linkcode PATIENCE}. */
  readonly patience?: Patience | undefined;
  /** Called with the progress of a download; with `undefined` when it ends. The address contains no credentials. */
  readonly progress?: ((url: string, received: Received | undefined) => void) | undefined;
  /** Returns a downloader for a scheme other than `http` and `https`. */
  readonly downloader?: ((scheme: string) => Promise<Downloader | undefined>) | undefined;
}

/** Fetches the bytes of addresses with the same credentials. */
export interface Getter {
  /** Returns all bytes, at most `bytesMax`. */
  get(url: string, bytesMax: number): Promise<Uint8Array>;
  /** Closes all connections. */
  close(): void;
}

const USER_AGENT = "Helm/2.17.0";
const REDIRECTS_MAX = 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Returns an access without credentials. */
export function plainAccess(owner: string): Access {
  return { owner, username: "", password: "", certFile: "", keyFile: "", caFile: "" };
}

/**
 * Returns a getter for addresses with a scheme.
 *
 * @throws kind `usage` for an unknown scheme; kind `config` for certificates that cannot be read.
 */
export async function makeGetter(scheme: string, access: Access, options: FetchOptions = {}): Promise<Getter> {
  if (scheme === "http" || scheme === "https") return await httpGetter(access, options);
  const download = scheme === "" ? undefined : await options.downloader?.(scheme);
  if (download === undefined) throw new SkegError("usage", `scheme ${quote(scheme)} not supported`);
  const get = async (url: string, bytesMax: number): Promise<Uint8Array> => {
    const bytes = await download(url, access);
    if (bytes.length > bytesMax) throw tooLarge(url, bytesMax);
    return bytes;
  };
  return { get, close: () => {} };
}

/** Advice about an address of another kind. */
export const SCHEMES = "Addresses of repositories begin with http:// or https://; a plugin can add other kinds.";

/**
 * Returns a getter for a repository.
 *
 * @throws the same errors as {@linkcode makeGetter}, with Helm's messages for repositories.
 */
export async function repositoryGetter(access: Access, options: FetchOptions = {}): Promise<Getter> {
  const address = parseAddress(access.owner);
  if (address === undefined) throw new SkegError("usage", `invalid chart URL format: ${access.owner}`);
  try {
    return await makeGetter(address.scheme, access, options);
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    if (error.kind === "usage") {
      throw new SkegError("usage", `Could not find protocol handler for: ${address.scheme}`, {
        cause: error,
        hint: SCHEMES,
      });
    }
    const text = `Could not construct protocol handler for: ${address.scheme} error: ${error.message}`;
    throw new SkegError(error.kind, text, { cause: error });
  }
}

/** Settings of a request. */
interface Way extends FetchOptions {
  readonly access: Access;
  readonly clientFor: (isOwn: boolean) => Promise<HttpClient>;
}

async function httpGetter(access: Access, options: FetchOptions): Promise<Getter> {
  const { variables } = options;
  const certified = await certifiedClient(access, variables);
  let plain: Promise<HttpClient> | undefined;
  /** Returns the client for a host: with the certificates for the owner's host, without for others. */
  const clientFor = async (isOwn: boolean): Promise<HttpClient> =>
    isOwn && certified !== undefined ? certified : await (plain ??= openHttp({ variables }));
  return {
    get: (url, bytesMax) => get(url, bytesMax, { ...options, access, clientFor }),
    close: () => {
      certified?.close();
      plain?.then((client) => client.close(), () => {});
    },
  };
}

/** Returns a client with the access's certificates, which trusts only its authorities; `undefined` when it has none. */
async function certifiedClient(
  access: Access,
  variables: NetworkVariables | undefined,
): Promise<HttpClient | undefined> {
  const { certFile, keyFile, caFile } = access;
  const hasPair = certFile !== "" && keyFile !== "";
  if (!hasPair && caFile === "") return undefined;
  const complain = (text: string, cause?: unknown) =>
    new SkegError("config", `can't create TLS config: ${text}`, { cause });
  const pairFault = `can't load key pair from cert ${certFile} and key ${keyFile}`;
  const readPart = (path: string) =>
    readFile(path, "utf8").catch((error) => {
      throw complain(`${pairFault}: ${fileError("open", path, error).message}`, error);
    });
  const [certificate, key] = hasPair ? await Promise.all([certFile, keyFile].map(readPart)) : [];
  const problem = certificate === undefined || key === undefined ? undefined : await keyPairProblem(certificate, key);
  if (problem !== undefined) throw complain(`${pairFault}: ${problem}`);
  const ca = caFile === "" ? undefined : await readFile(caFile, "utf8").catch((error) => {
    throw complain(`can't read CA file: ${caFile}`, error);
  });
  try {
    return await openHttp({ certificate, key, ca, variables });
  } catch (error) {
    throw complain(`failed to append certificates from file: ${caFile}`, error);
  }
}

/** Fetches an address and follows redirects itself: for every step it decides again which credentials may be sent. */
async function get(url: string, bytesMax: number, way: Way): Promise<Uint8Array> {
  const { signal } = way;
  let target = url;
  for (let step = 0; step < REDIRECTS_MAX; step++) {
    const answer = await request(target, way);
    const location = REDIRECTS.has(answer.status) ? answer.headers.get("location") : null;
    if (location === null) {
      if (answer.status === 200) return await readAll(answer, url, bytesMax, way);
      await answer.body?.cancel();
      const status = `${answer.status} ${answer.statusText || STATUS_TEXTS[answer.status] || ""}`.trim();
      throw new SkegError("io", `Failed to fetch ${maskAddress(url)} : ${status}`);
    }
    await answer.body?.cancel();
    const next = URL.canParse(location, target) ? new URL(location, target) : undefined;
    if (next === undefined || !/^https?:$/.test(next.protocol)) {
      throw getError(url, new Error(`unsupported redirect to ${quote(maskAddress(location))}`), signal);
    }
    target = next.href;
  }
  throw getError(target, new Error(`stopped after ${REDIRECTS_MAX} redirects`), signal);
}

/** Texts of common statuses, because some servers leave them out. */
const STATUS_TEXTS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  407: "Proxy Authentication Required",
  410: "Gone",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

async function request(target: string, { access, clientFor, signal, patience = PATIENCE }: Way): Promise<Response> {
  // Archives and indexes are requested without compression.
  const headers = new Map([["user-agent", USER_AGENT], ["accept-encoding", "identity"]]);
  const isOwn = sameHost(access.owner, target);
  let plain = target;
  let user = { name: access.username, password: access.password };
  let mayTell = isOwn;
  const inline = URL.canParse(target) ? new URL(target) : undefined;
  if (inline !== undefined && (inline.username !== "" || inline.password !== "")) {
    // Credentials in the address itself are for that address.
    if (!isOwn || user.name === "" || user.password === "") {
      user = { name: decodeURIComponent(inline.username), password: decodeURIComponent(inline.password) };
      mayTell = true;
    }
    inline.username = inline.password = "";
    plain = inline.href;
  }
  if (mayTell && user.name !== "" && user.password !== "") {
    const bytes = new TextEncoder().encode(`${user.name}:${user.password}`);
    headers.set("authorization", `Basic ${btoa(String.fromCharCode(...bytes))}`);
  }
  const ask = async (stop: AbortSignal): Promise<Response> => {
    const client = await clientFor(isOwn);
    return await responseOf(await client.send({ method: "GET", url: plain, headers: [...headers], signal: stop }));
  };
  return await withAnswerLimit(ask, `Get ${quote(maskAddress(target))}`, patience, signal).catch((error) => {
    throw error instanceof SkegError ? error : getError(target, error, signal);
  });
}

function tooLarge(url: string, bytesMax: number): SkegError {
  const limit = Math.floor(bytesMax / 1024 / 1024);
  return new SkegError("io", `Failed to fetch ${maskAddress(url)} : larger than ${limit} MiB`);
}

async function readAll(answer: Response, url: string, bytesMax: number, way: Way): Promise<Uint8Array> {
  const { signal, patience = PATIENCE, progress } = way;
  const shown = maskAddress(url);
  try {
    return await readBody(answer, {
      what: `Get ${quote(shown)}`,
      patience,
      bytesMax,
      tooLarge: () => tooLarge(url, bytesMax),
      progress: (received) => progress?.(shown, received),
    });
  } catch (error) {
    throw error instanceof SkegError ? error : getError(url, error, signal);
  } finally {
    progress?.(shown, undefined);
  }
}

function getError(url: string, cause: unknown, signal: AbortSignal | undefined): SkegError {
  if (signal?.aborted && signal.reason instanceof SkegError) return signal.reason;
  if (cause instanceof SkegError) return cause;
  const kind = signal?.aborted ? "aborted" : "io";
  const reason = cause instanceof Error ? cause.message : String(cause);
  const text = `Get ${quote(maskAddress(url))}: ${reason}`;
  return new SkegError(kind, text, { cause, details: cause instanceof NetworkFault ? cause.advice : undefined });
}

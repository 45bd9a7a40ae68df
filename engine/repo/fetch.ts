/**
 * Bytes from an address, over HTTP or by a downloader.
 *
 * What opens a repository – name, password, client certificate – is shown to
 * the repository's own host and to no other: not to hosts that its index
 * names, and not along a redirect.
 *
 * Source: Helm 2.17.0, `pkg/getter`, `pkg/tlsutil`.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { fileError, SkegError } from "../../errors.ts";
import { maskAddress } from "../base/mod.ts";
import { PATIENCE, type Patience, readBody, type Received, withAnswerLimit } from "../download/mod.ts";
import { parseAddress, quote, sameHost } from "./address.ts";

/** What opens a host. Texts are empty when they are not set. */
export interface Access {
  /** The address whose host this is for. */
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

/** Gets bytes from an address whose scheme it knows. */
export type Downloader = (
  url: string,
  files: Pick<Access, "certFile" | "keyFile" | "caFile">,
) => Promise<Uint8Array>;

/** The way out. */
export interface FetchOptions {
  /** Ends the fetch. */
  readonly signal?: AbortSignal | undefined;
  /** How long answers are waited for; default {@linkcode PATIENCE}. */
  readonly patience?: Patience | undefined;
  /** Is told how much of an address has come; of `undefined` when it is done with. The address is without secrets. */
  readonly progress?: ((url: string, received: Received | undefined) => void) | undefined;
  /** Finds a downloader for schemes other than `http` and `https`. */
  readonly downloader?: ((scheme: string) => Promise<Downloader | undefined>) | undefined;
}

/** Gets the bytes of addresses with one access. */
export interface Getter {
  /** Gets all bytes, `bytesMax` at most. */
  get(url: string, bytesMax: number): Promise<Uint8Array>;
  /** Lets go of connections. */
  close(): void;
}

const USER_AGENT = "Helm/2.17.0";
const REDIRECTS_MAX = 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Access with nothing but an address. */
export function plainAccess(owner: string): Access {
  return { owner, username: "", password: "", certFile: "", keyFile: "", caFile: "" };
}

/**
 * Makes a getter for addresses with a scheme.
 *
 * @throws kind `usage` for a scheme that nobody knows; kind `config` for certificates that cannot be read.
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

/**
 * Makes a getter for a repository.
 *
 * @throws as {@linkcode makeGetter}, with the words of repositories.
 */
export async function repositoryGetter(access: Access, options: FetchOptions = {}): Promise<Getter> {
  const address = parseAddress(access.owner);
  if (address === undefined) throw new SkegError("usage", `invalid chart URL format: ${access.owner}`);
  try {
    return await makeGetter(address.scheme, access, options);
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    if (error.kind === "usage") {
      throw new SkegError("usage", `Could not find protocol handler for: ${address.scheme}`, { cause: error });
    }
    const text = `Could not construct protocol handler for: ${address.scheme} error: ${error.message}`;
    throw new SkegError(error.kind, text, { cause: error });
  }
}

/** What a request is made with. */
interface Way extends FetchOptions {
  readonly access: Access;
  readonly certified: Deno.HttpClient | undefined;
}

async function httpGetter(access: Access, options: FetchOptions): Promise<Getter> {
  const certified = await certifiedClient(access);
  return {
    get: (url, bytesMax) => get(url, bytesMax, { ...options, access, certified }),
    close: () => certified?.close(),
  };
}

/** A client with the access's certificates; `undefined` when there are none. */
async function certifiedClient(access: Access): Promise<Deno.HttpClient | undefined> {
  const { certFile, keyFile, caFile } = access;
  const hasPair = certFile !== "" && keyFile !== "";
  if (!hasPair && caFile === "") return undefined;
  const complain = (text: string, cause: unknown) =>
    new SkegError("config", `can't create TLS config: ${text}`, { cause });
  const read = (path: string, text: string) =>
    readFile(path, "utf8").catch((error) => {
      throw complain(text, error);
    });
  const pairFault = `can't load key pair from cert ${certFile} and key ${keyFile}`;
  const readPart = (path: string) =>
    readFile(path, "utf8").catch((error) => {
      throw complain(`${pairFault}: ${fileError("open", path, error).message}`, error);
    });
  const pair = hasPair ? { cert: await readPart(certFile), key: await readPart(keyFile) } : {};
  const trust = caFile === "" ? {} : { caCerts: [await read(caFile, `can't read CA file: ${caFile}`)] };
  if (trust.caCerts !== undefined && !trust.caCerts[0]?.includes("-----BEGIN CERTIFICATE-----")) {
    throw complain(`failed to append certificates from file: ${caFile}`, undefined);
  }
  try {
    return Deno.createHttpClient({ ...pair, ...trust });
  } catch (error) {
    throw complain(hasPair ? pairFault : `failed to append certificates from file: ${caFile}`, error);
  }
}

/** Follows redirects by hand: every step is asked anew who may be shown what. */
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

/** Names of the answers that servers of charts give most; HTTP/2 does not carry them. */
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

async function request(target: string, { access, certified, signal, patience = PATIENCE }: Way): Promise<Response> {
  const headers = new Headers({ "user-agent": USER_AGENT, "accept-encoding": "identity" });
  const isOwn = sameHost(access.owner, target);
  let plain = target;
  let user = { name: access.username, password: access.password };
  let mayTell = isOwn;
  const inline = URL.canParse(target) ? new URL(target) : undefined;
  if (inline !== undefined && (inline.username !== "" || inline.password !== "")) {
    // What stands in the address itself is for that address.
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
    const client = isOwn && certified !== undefined ? { client: certified } : {};
    try {
      return await fetch(plain, { headers, redirect: "manual", signal: stop, ...client });
    } catch (error) {
      if (isRefusedPort(error)) return await requestAnyPort(plain, headers, stop);
      throw error;
    }
  };
  return await withAnswerLimit(ask, `Get ${quote(maskAddress(target))}`, patience, signal).catch((error) => {
    throw error instanceof SkegError ? error : getError(target, error, signal);
  });
}

/** True when the platform asks no server on such a port, because browsers must not. */
function isRefusedPort(error: unknown): boolean {
  return error instanceof TypeError && /port \d+ are blocked|bad port/i.test(innermost(error));
}

/** Asks a server on a port that `fetch` refuses; there are no certificates and no proxies then. */
async function requestAnyPort(url: string, headers: Headers, signal: AbortSignal): Promise<Response> {
  const { request } = await (url.startsWith("https:") ? import("node:https") : import("node:http"));
  const options = { headers: Object.fromEntries(headers), signal };
  return await new Promise((resolve, reject) => {
    request(url, options, (answer) => {
      const kept = new Headers();
      for (const [name, value] of Object.entries(answer.headers)) kept.set(name, String(value));
      const status = answer.statusCode ?? 0;
      const body = Readable.toWeb(answer) as ReadableStream<Uint8Array>;
      const isEmpty = status === 204 || status === 304;
      resolve(new Response(isEmpty ? null : body, { status, statusText: answer.statusMessage ?? "", headers: kept }));
    }).on("error", reject).end();
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
  const kind = signal?.aborted ? "aborted" : "io";
  return new SkegError(kind, `Get ${quote(maskAddress(url))}: ${networkReason(url, cause)}`, { cause });
}

/** Why a request failed, in Go's words where it has some. */
function networkReason(url: string, error: unknown): string {
  const text = innermost(error);
  const { hostname, port, protocol } = URL.canParse(url) ? new URL(url) : { hostname: "", port: "", protocol: "" };
  const place = `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;
  if (/connection refused|ECONNREFUSED/i.test(text)) return `dial tcp ${place}: connect: connection refused`;
  if (/failed to lookup|name or service not known|no such host|dns error/i.test(text)) {
    return `dial tcp: lookup ${hostname}: no such host`;
  }
  if (/UnknownIssuer/.test(text)) return "x509: certificate signed by unknown authority";
  if (/certificate (?:has )?expired|Expired/.test(text)) return "x509: certificate has expired or is not yet valid";
  if (/NotValidForName/.test(text)) return `x509: certificate is not valid for ${hostname}`;
  return text;
}

function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return innermost(error.cause);
  return error.message.replace(/^error sending request(?: from \S+)? for (?:url )?\S+(?: \([^)]*\))?: /, "");
}

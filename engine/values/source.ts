/**
 * Where the contents named by `-f` and `--set-file` come from: a file,
 * standard input or an address.
 *
 * Source: Helm 2.17.0, `cmd/helm/install.go`.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { fileError, SkegError } from "../../errors.ts";
import { quote } from "../golang/mod.ts";
import { type HttpClient, NetworkFault, openHttp } from "../net/mod.ts";

/** Ways to reach contents; all can be replaced. */
export interface Sources {
  /** All of standard input, for `-f -`; without it, `-` is a file. */
  readonly readStdin?: (() => Promise<string | Uint8Array>) | undefined;
  /**
   * Fetches an address, or returns `undefined` when nothing is known about its
   * scheme, which makes it a file name. Default: `http` and `https`.
   */
  readonly readUrl?: ((url: string, scheme: string) => Promise<Uint8Array | undefined> | undefined) | undefined;
  /** Nothing is fetched: every name is a file. */
  readonly localOnly?: boolean | undefined;
  /** Ends a fetch. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads what a name stands for.
 *
 * @throws kind `io`, with Helm's message.
 */
export async function readSource(name: string, sources: Sources): Promise<Uint8Array> {
  const scheme = sources.localOnly ? undefined : schemeOf(name);
  if (scheme !== undefined) {
    const read = sources.readUrl ?? ((url, known) => isHttp(known) ? fetchBytes(url, sources.signal) : undefined);
    const content = await read(name, scheme);
    if (content !== undefined) return content;
  }
  try {
    return await readFile(name);
  } catch (error) {
    const isFolder = (error as { code?: unknown }).code === "EISDIR";
    throw fileError(isFolder ? "read" : "open", name, error);
  }
}

/** The scheme of an address, in lower case; `undefined` for what is none. Helm 2 crashes on names that are no URL. */
function schemeOf(name: string): string | undefined {
  return /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(name)?.[1]?.toLowerCase();
}

function isHttp(scheme: string): boolean {
  return scheme === "http" || scheme === "https";
}

const REDIRECTS_MAX = 10;
const REDIRECTS = [301, 302, 303, 307, 308];

async function fetchBytes(url: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const client = await openHttp();
  try {
    return await follow(client, url, signal);
  } catch (error) {
    if (error instanceof SkegError) throw error;
    const kind = signal?.aborted ? "aborted" : "io";
    const reason = error instanceof Error ? error.message : String(error);
    const hint = error instanceof NetworkFault ? error.advice : undefined;
    throw new SkegError(kind, `Get ${quote(withoutPassword(url))}: ${reason}`, { cause: error, hint });
  } finally {
    client.close();
  }
}

/** Gets an address, and those that it leads to. A name and password are for the host they stand before. */
async function follow(client: HttpClient, given: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  let url = new URL(given);
  for (let step = 0; step < REDIRECTS_MAX; step++) {
    const { status, statusText, headers, body } = await client.send({
      method: "GET",
      url: url.href,
      headers: [["User-Agent", "Helm/2.17.0"], ...authorization(url)],
      signal,
    });
    if (status === 200) return await body.bytes();
    body.cancel();
    const location = REDIRECTS.includes(status) ? headers.get("location") : null;
    if (location === null) {
      const words = `${status} ${statusText}`.trim();
      throw new SkegError("io", `Failed to fetch ${withoutPassword(given)} : ${words}`);
    }
    const next = URL.canParse(location, url) ? new URL(location, url) : undefined;
    if (next === undefined || !isHttp(next.protocol.slice(0, -1))) throw new Error("unsupported redirect");
    url = next;
  }
  throw new Error(`stopped after ${REDIRECTS_MAX} redirects`);
}

function authorization({ username, password }: URL): [string, string][] {
  if (username === "" && password === "") return [];
  const bytes = new TextEncoder().encode(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  return [["Authorization", `Basic ${bytes.toBase64()}`]];
}

function withoutPassword(url: string): string {
  return url.replace(/^([^/]*\/\/[^/@:]*):[^/@]*@/, "$1:***@");
}

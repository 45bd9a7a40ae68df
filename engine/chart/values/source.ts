/**
 * Reads the contents named by `-f` and `--set-file`: a file, standard input or
 * an address.
 *
 * Source: Helm 2.17.0, `cmd/helm/install.go`.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { fileError, SkegError } from "../../../errors.ts";
import { codeOf, maskAddress } from "../../base/mod.ts";
import { PATIENCE, readBody, withAnswerLimit } from "../../net/download/mod.ts";
import { quote } from "../../lang/golang/mod.ts";
import { type HttpClient, NetworkFault, type NetworkVariables, openHttp, responseOf } from "../../net/mod.ts";

/** Functions and settings for reading contents; all can be replaced. */
export interface Sources {
  /** All of standard input, for `-f -`; without it, `-` is a file. */
  readonly readStdin?: (() => Promise<string | Uint8Array>) | undefined;
  /**
   * Fetches an address, or returns `undefined` for an unknown scheme; then the
   * name is read as a file name. Default: fetches `http` and `https`.
   */
  readonly readUrl?: ((url: string, scheme: string) => Promise<Uint8Array | undefined> | undefined) | undefined;
  /** Environment variables for proxies and authorities; default: the process's own. */
  readonly variables?: NetworkVariables | undefined;
  /** True to fetch nothing: every name is a file. */
  readonly localOnly?: boolean | undefined;
  /** Aborts a fetch. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns the bytes of a file, of standard input, or of an address.
 *
 * @throws kind `io`, with Helm's message.
 */
export async function readSource(name: string, sources: Sources): Promise<Uint8Array> {
  const scheme = sources.localOnly ? undefined : schemeOf(name);
  if (scheme !== undefined) {
    const read = sources.readUrl ?? ((url, known) => isHttp(known) ? fetchBytes(url, sources) : undefined);
    const content = await read(name, scheme);
    if (content !== undefined) return content;
  }
  try {
    return await readFile(name);
  } catch (error) {
    const isFolder = codeOf(error) === "EISDIR";
    throw fileError(isFolder ? "read" : "open", name, error);
  }
}

/** Returns an address's scheme in lower case; `undefined` for other names. Helm 2 crashes on names that are not URLs. */
function schemeOf(name: string): string | undefined {
  return /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(name)?.[1]?.toLowerCase();
}

function isHttp(scheme: string): boolean {
  return scheme === "http" || scheme === "https";
}

/** Limits for a fetch. Helm 2 has none for values, but a file larger than a chart may be is surely a mistake. */
const LIMITS = {
  bytesMax: 100 * 1024 * 1024,
  tooLarge: () => new SkegError("io", "values are larger than 100 MiB"),
};

const REDIRECTS_MAX = 10;
const REDIRECTS = [301, 302, 303, 307, 308];

async function fetchBytes(url: string, { signal, variables }: Sources): Promise<Uint8Array> {
  const client = await openHttp({ variables });
  const shown = maskAddress(url);
  const what = `Get ${quote(shown)}`;
  try {
    const ask = (stop: AbortSignal): Promise<Response> => follow(client, url, stop);
    const answer = await withAnswerLimit(ask, what, PATIENCE, signal);
    if (answer.status === 200) return await readBody(answer, { what, patience: PATIENCE, ...LIMITS });
    await answer.body?.cancel();
    throw new SkegError("io", `Failed to fetch ${shown} : ${`${answer.status} ${answer.statusText}`.trim()}`);
  } catch (error) {
    if (error instanceof SkegError) throw error;
    const kind = signal?.aborted ? "aborted" : "io";
    const reason = error instanceof Error ? error.message : String(error);
    const details = error instanceof NetworkFault ? error.advice : undefined;
    throw new SkegError(kind, `${what}: ${reason}`, { cause: error, details });
  } finally {
    client.close();
  }
}

/** Fetches an address and follows its redirects. A name and password are only sent to the host that they were given for. */
async function follow(client: HttpClient, given: string, signal: AbortSignal): Promise<Response> {
  let url = new URL(given);
  for (let step = 0; step < REDIRECTS_MAX; step++) {
    const headers: [string, string][] = [["User-Agent", "Helm/2.17.0"], ...authorization(url)];
    const answer = await responseOf(await client.send({ method: "GET", url: url.href, headers, signal }));
    const location = REDIRECTS.includes(answer.status) ? answer.headers.get("location") : null;
    if (location === null) return answer;
    await answer.body?.cancel();
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

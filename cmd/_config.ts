/**
 * `-f`, `--set` and their kin → the user's own values.
 *
 * Source: Helm 2.17.0, `cmd/helm/install.go` (`vals`, `readFile`).
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { fileError, SkegError } from "../errors.ts";
import { fromBytes } from "../engine/golang/mod.ts";
import { mergeConfig } from "../engine/values/mod.ts";

/** What the flags give. */
export interface ConfigFlags {
  readonly "values": readonly string[];
  readonly "set": readonly string[];
  readonly "set-string": readonly string[];
  readonly "set-file": readonly string[];
  readonly "ca-file"?: string;
  readonly "cert-file"?: string;
  readonly "key-file"?: string;
}

/** Where values may be read from besides local files. */
export interface ConfigSources {
  /** Reads standard input for the name `-`; absent: a file of that name. */
  readonly readStdin?: () => Promise<string>;
  /** Whether names that are web addresses are fetched. */
  readonly fetch: boolean;
  readonly signal: AbortSignal;
}

/** Returns the YAML text of the user's values; `{}` and a newline when there are none. */
export async function readConfig(flags: ConfigFlags, sources: ConfigSources): Promise<string> {
  const files: { name: string; content: string }[] = [];
  for (const name of flags.values) files.push({ name, content: await readValues(name, flags, sources) });
  return await mergeConfig({
    files,
    set: [...flags.set],
    setString: [...flags["set-string"]],
    setFile: [...flags["set-file"]],
  });
}

async function readValues(name: string, flags: ConfigFlags, sources: ConfigSources): Promise<string> {
  if (sources.readStdin !== undefined && name.trim() === "-") return await sources.readStdin();
  if (sources.fetch && /^https?:/i.test(name) && URL.canParse(name)) {
    return await fetchText(name, flags, sources.signal);
  }
  try {
    return fromBytes(await readFile(name));
  } catch (error) {
    throw fileError((error as { syscall?: unknown }).syscall === "read" ? "read" : "open", name, error);
  }
}

async function fetchText(url: string, flags: ConfigFlags, signal: AbortSignal): Promise<string> {
  const client = await httpClient(flags);
  try {
    const response = await fetch(url, { signal, ...client === undefined ? {} : { client } });
    if (!response.ok) {
      await response.body?.cancel();
      throw new SkegError("io", `Failed to fetch ${url} : ${response.status} ${response.statusText}`.trimEnd());
    }
    return fromBytes(new Uint8Array(await response.arrayBuffer()));
  } catch (error) {
    if (error instanceof SkegError) throw error;
    throw new SkegError("io", `Failed to fetch ${url} : ${reasonOf(error)}`, { cause: error });
  } finally {
    client?.close();
  }
}

/** The innermost reason of a failed fetch. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}

/** A client of its own when certificates are named. */
async function httpClient(flags: ConfigFlags): Promise<Deno.HttpClient | undefined> {
  const [ca, cert, key] = await Promise.all(
    [flags["ca-file"], flags["cert-file"], flags["key-file"]].map(async (path) => {
      if (path === undefined || path === "") return undefined;
      return await readFile(path, "utf8").catch((error) => {
        throw fileError("open", path, error);
      });
    }),
  );
  if (ca === undefined && (cert === undefined || key === undefined)) return undefined;
  return Deno.createHttpClient({
    ...ca === undefined ? {} : { caCerts: [ca] },
    ...cert === undefined || key === undefined ? {} : { cert, key },
  });
}

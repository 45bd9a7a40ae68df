/**
 * `-f`, `--set` and their kin → the user's own values.
 *
 * Source: Helm 2.17.0, `cmd/helm/install.go` (`vals`, `readFile`).
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { fileError, SkegError } from "../errors.ts";
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

/** What of the outside is needed. */
export interface ConfigOutside {
  readonly readStdin: () => Promise<string>;
  readonly signal: AbortSignal;
}

/** Returns the YAML text of the user's values; `{}` and a newline when there are none. */
export async function configText(flags: ConfigFlags, { readStdin, signal }: ConfigOutside): Promise<string> {
  const certified = ["ca-file", "cert-file", "key-file"].some((name) => flags[name as keyof ConfigFlags]?.length);
  return await mergeConfig({
    files: [...flags.values],
    set: [...flags.set],
    setString: [...flags["set-string"]],
    setFile: [...flags["set-file"]],
    readStdin,
    signal,
    ...certified ? { readUrl: (url, scheme) => fetchWithCertificates(url, scheme, flags, signal) } : {},
  });
}

/** Fetches values with the certificates that `--ca-file`, `--cert-file` and `--key-file` name. */
function fetchWithCertificates(
  url: string,
  scheme: string,
  flags: ConfigFlags,
  signal: AbortSignal,
): Promise<Uint8Array> | undefined {
  if (scheme !== "http" && scheme !== "https") return undefined;
  return (async () => {
    const client = await httpClient(flags);
    try {
      const answer = await fetch(url, { signal, client });
      if (answer.status === 200) return new Uint8Array(await answer.arrayBuffer());
      await answer.body?.cancel();
      throw new SkegError("io", `Failed to fetch ${url} : ${`${answer.status} ${answer.statusText}`.trim()}`);
    } catch (error) {
      if (error instanceof SkegError) throw error;
      throw new SkegError("io", `Get ${url}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    } finally {
      client.close();
    }
  })();
}

async function httpClient(flags: ConfigFlags): Promise<Deno.HttpClient> {
  const [ca, cert, key] = await Promise.all(
    [flags["ca-file"], flags["cert-file"], flags["key-file"]].map(async (path) => {
      if (path === undefined || path === "") return undefined;
      return await readFile(path, "utf8").catch((error) => {
        throw fileError("open", path, error);
      });
    }),
  );
  const trust = ca === undefined ? {} : { caCerts: [ca] };
  return Deno.createHttpClient(cert === undefined || key === undefined ? trust : { ...trust, cert, key });
}

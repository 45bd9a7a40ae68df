/**
 * `-f`, `--set` and their kin → the user's own values.
 *
 * Source: Helm 2.17.0, `cmd/helm/install.go` (`vals`, `readFile`).
 *
 * @module
 */
import { mergeConfig } from "../../engine/chart/values/mod.ts";
import { type FetchingContext, fetchOptions, givenAccess } from "./fetching.ts";

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
export type ConfigOutside = FetchingContext & { readonly readStdin: () => Promise<string> };

/** Values above this size are refused. */
const BYTES_MAX = 100 * 1024 * 1024;

/** Returns the YAML text of the user's values; `{}` and a newline when there are none. */
export async function configText(flags: ConfigFlags, context: ConfigOutside): Promise<string> {
  return await mergeConfig({
    files: [...flags.values],
    set: [...flags.set],
    setString: [...flags["set-string"]],
    setFile: [...flags["set-file"]],
    readStdin: context.readStdin,
    signal: context.signal,
    readUrl: (url, scheme) => fetchValues(url, scheme, flags, context),
  });
}

/** Fetches values as charts are fetched, with `--ca-file` and its kin; `undefined` when nobody knows the scheme. */
async function fetchValues(
  url: string,
  scheme: string,
  flags: ConfigFlags,
  context: FetchingContext,
): Promise<Uint8Array | undefined> {
  const { makeGetter, plainAccess } = await import("../../engine/chart/repo/mod.ts");
  const options = fetchOptions(context);
  const isKnown = /^https?$/.test(scheme) || await options.downloader?.(scheme) !== undefined;
  if (!isKnown) return undefined;
  const { certFile, keyFile, caFile } = givenAccess(flags);
  const getter = await makeGetter(scheme, { ...plainAccess(url), certFile, keyFile, caFile }, options);
  try {
    return await getter.get(url, BYTES_MAX);
  } finally {
    getter.close();
  }
}

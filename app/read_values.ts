/**
 * Turns the user's values into YAML text, as a release records them.
 *
 * Source: Helm 2.17.0, `cmd/helm/install.go` (`vals`, `readFile`).
 *
 * @module
 */
import { type GivenValues, mergeConfig } from "../engine/chart/values/mod.ts";
import type { Caller } from "./caller.ts";
import { type ChartAccess, fetchOptions, givenAccess } from "./fetching.ts";

/** The user's values and the sources that they are read from. */
export interface ValuesSource extends Omit<GivenValues, "signal" | "readUrl" | "variables"> {
  /** Certificates for values that are fetched. */
  readonly access?: ChartAccess | undefined;
}

/** Values above this size are refused. */
const BYTES_MAX = 100 * 1024 * 1024;

/**
 * Returns the YAML text of the user's values; `{}` and a newline when there are none.
 *
 * @throws SkegError of kind `values`, `io` or `network`, in Helm's words.
 */
export async function readValues({ access, ...given }: ValuesSource, caller: Caller): Promise<string> {
  return await mergeConfig({
    ...given,
    signal: caller.signal,
    readUrl: (url, scheme) => fetchValues(url, scheme, access, caller),
  });
}

/** Fetches values as charts are fetched, with the same certificates; `undefined` for schemes without a downloader. */
async function fetchValues(
  url: string,
  scheme: string,
  access: ChartAccess | undefined,
  caller: Caller,
): Promise<Uint8Array | undefined> {
  const { makeGetter, plainAccess } = await import("../engine/chart/repo/mod.ts");
  const options = fetchOptions(caller);
  const isKnown = /^https?$/.test(scheme) || await options.downloader?.(scheme) !== undefined;
  if (!isKnown) return undefined;
  const { certFile, keyFile, caFile } = givenAccess(access);
  const getter = await makeGetter(scheme, { ...plainAccess(url), certFile, keyFile, caFile }, options);
  try {
    return await getter.get(url, BYTES_MAX);
  } finally {
    getter.close();
  }
}

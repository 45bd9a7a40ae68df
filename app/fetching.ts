/**
 * Options for everything that fetches charts and indexes, and credentials for hosts.
 *
 * @module
 */
import { PATIENCE, type Patience } from "../engine/net/download/mod.ts";
import type { Access, DownloadOptions, FetchOptions } from "../engine/chart/repo/mod.ts";
import type { Caller } from "./caller.ts";
import { networkVariables, type Variables } from "./variables.ts";

/** Credentials and certificates of a repository or a registry. */
export interface ChartAccess {
  /** User name; needs the password. */
  readonly username?: string | undefined;
  /** Password; needs the user name. */
  readonly password?: string | undefined;
  /** Path of the certificates to trust. */
  readonly caFile?: string | undefined;
  /** Path of the client's certificate. */
  readonly certFile?: string | undefined;
  /** Path of the client's key. */
  readonly keyFile?: string | undefined;
}

/** Returns the options that all fetching functions share, with HELM_HOME. */
export function fetchOptions(
  { home, variables, signal, tell, downloader }: Caller,
): FetchOptions & Pick<DownloadOptions, "home" | "notice"> {
  return {
    home,
    signal,
    variables: networkVariables(variables),
    patience: patienceOf(variables),
    progress: tell.progress,
    notice: tell.warn,
    downloader,
  };
}

/** Returns the time limits for repositories and registries: `$SKEG_REPOSITORY_TIMEOUT` sets both, in seconds. */
export function patienceOf(variables: Variables): Patience {
  const text = variables("SKEG_REPOSITORY_TIMEOUT") ?? "";
  if (!/^[0-9]{1,6}$/.test(text) || Number(text) === 0) return PATIENCE;
  const ms = Number(text) * 1000;
  return { answerMs: ms, stallMs: ms };
}

/** Fills missing fields of an access with empty strings. */
export function givenAccess(access: ChartAccess = {}): Omit<Access, "owner"> {
  const { username = "", password = "", certFile = "", keyFile = "", caFile = "" } = access;
  return { username, password, certFile, keyFile, caFile };
}

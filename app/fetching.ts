/**
 * Options for everything that fetches charts and indexes, and what opens a host.
 *
 * @module
 */
import { PATIENCE, type Patience } from "../engine/net/download/mod.ts";
import type { Access, DownloadOptions, FetchOptions } from "../engine/chart/repo/mod.ts";
import type { Caller } from "./caller.ts";
import { networkVariables, type Variables } from "./variables.ts";

/** What opens a repository or a registry. */
export interface ChartAccess {
  /** With the password. */
  readonly username?: string | undefined;
  /** With the name. */
  readonly password?: string | undefined;
  /** Path of the certificates to trust. */
  readonly caFile?: string | undefined;
  /** Path of the client's certificate. */
  readonly certFile?: string | undefined;
  /** Path of the client's key. */
  readonly keyFile?: string | undefined;
}

/** Returns the options of everything that fetches, with HELM_HOME. */
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

/** Fills in an access: what is not given is empty. */
export function givenAccess(access: ChartAccess = {}): Omit<Access, "owner"> {
  const { username = "", password = "", certFile = "", keyFile = "", caFile = "" } = access;
  return { username, password, certFile, keyFile, caFile };
}

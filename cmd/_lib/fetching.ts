/**
 * What commands that download need: the way out, and what opens a host.
 *
 * @module
 */
import { PATIENCE, type Patience } from "../../engine/net/download/mod.ts";
import type { Access, DownloadOptions, FetchOptions } from "../../engine/chart/repo/mod.ts";
import type { Context, Flags, Variables } from "./command.ts";
import { downloadProgress } from "./download_progress.ts";
import { helmHome } from "./home.ts";
import { networkVariables } from "./variables.ts";

/** What downloads need of a running command. */
export type FetchingContext = Pick<Context<Flags>, "globals" | "variables" | "signal" | "print" | "programs">;

/** Options for everything that fetches, with HELM_HOME. */
export function fetchOptions(
  context: FetchingContext,
): FetchOptions & Pick<DownloadOptions, "home" | "notice"> {
  const { globals, variables, signal, print } = context;
  return {
    home: helmHome(globals.home, variables).folder,
    signal,
    variables: networkVariables(variables),
    patience: patienceOf(variables),
    progress: downloadProgress(print),
    notice: (text) => print.err(`WARNING: ${text}\n`),
    downloader: async (scheme) => (await import("./plugins.ts")).pluginDownloader(scheme, context),
  };
}

/** How long repositories and registries are waited for: `$SKEG_REPOSITORY_TIMEOUT` sets both limits, in seconds. */
export function patienceOf(variables: Variables): Patience {
  const text = variables("SKEG_REPOSITORY_TIMEOUT") ?? "";
  if (!/^[0-9]{1,6}$/.test(text) || Number(text) === 0) return PATIENCE;
  const ms = Number(text) * 1000;
  return { answerMs: ms, stallMs: ms };
}

/** Flags that open a host; a command may lack some. */
export interface AccessFlags {
  readonly "username"?: string;
  readonly "password"?: string;
  readonly "cert-file"?: string;
  readonly "key-file"?: string;
  readonly "ca-file"?: string;
}

/** What the flags give to open a host. */
export function givenAccess(flags: AccessFlags): Omit<Access, "owner"> {
  return {
    username: flags.username ?? "",
    password: flags.password ?? "",
    certFile: flags["cert-file"] ?? "",
    keyFile: flags["key-file"] ?? "",
    caFile: flags["ca-file"] ?? "",
  };
}

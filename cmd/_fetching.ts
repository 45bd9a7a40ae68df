/**
 * What commands that download need: the way out, and what opens a host.
 *
 * @module
 */
import type { Access, FetchOptions } from "../engine/repo/mod.ts";
import type { Context, Flags } from "./_command.ts";
import { helmHome } from "./_home.ts";

/** What downloads need of a running command. */
export type FetchingContext = Pick<Context<Flags>, "globals" | "variables" | "signal" | "print" | "programs">;

/** Options for everything that fetches, with HELM_HOME. */
export function fetchOptions(
  context: FetchingContext,
): FetchOptions & { readonly home: string } {
  const { globals, variables, signal } = context;
  return {
    home: helmHome(globals.home, variables).folder,
    signal,
    downloader: async (scheme) => (await import("./_plugins.ts")).pluginDownloader(scheme, context),
  };
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

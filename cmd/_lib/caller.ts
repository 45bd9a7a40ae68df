/**
 * A running command as the caller of functions that it shares with the library.
 *
 * @module
 */
import type { Caller, Tell } from "../../app/caller.ts";
import type { ChartAccess } from "../../app/fetching.ts";
import { ANY_VERSION, type ChartSource, type VersionChoice, versionRange } from "../../app/find_chart.ts";
import { helmHome } from "../../app/home.ts";
import { quote } from "../../engine/base/mod.ts";
import type { PluginHost } from "../../app/plugins.ts";
import type { ValuesSource } from "../../app/read_values.ts";
import type { Context, Flags } from "./command.ts";
import { downloadProgress } from "./download_progress.ts";
import { logTo, tellNote } from "./log.ts";
import { type Printer, say } from "./print.ts";

/** The parts of a running command that plugins use. */
export type PluginContext = Pick<Context, "globals" | "variables" | "print" | "programs">;

/** The parts of a running command that shared functions use. */
export type CallerContext = Pick<Context<Flags>, "globals" | "variables" | "signal" | "print" | "programs">;

/** Returns the command as a caller. */
export function callerOf(context: CallerContext): Caller {
  const { globals, variables, signal, print } = context;
  return {
    home: helmHome(globals.home, variables).folder,
    variables,
    signal,
    tell: {
      say: (text) => say(print, text),
      warn: (text) => print.err(`WARNING: ${text}\n`),
      log: logTo(print),
      note: (text) => tellNote(print, text),
      debug: globals.debug ? (text) => say(print, `[debug] ${text}\n\n`) : undefined,
      progress: downloadProgress(print),
    },
    downloader: async (scheme) => (await import("../../app/plugins.ts")).pluginDownloader(scheme, pluginHost(context)),
  };
}

/** Returns the facts about this program for plugins. */
export function pluginHost({ globals, variables, print, programs }: PluginContext): PluginHost {
  return {
    home: globals.home,
    tillerHost: globals.host,
    tillerNamespace: globals["tiller-namespace"],
    debug: globals.debug,
    variables,
    warn: print.err,
    run: programs.run,
    self: programs.self,
  };
}

/** Flags with credentials and certificates for a host; a command may lack some. */
export interface AccessFlags {
  readonly "username"?: string;
  readonly "password"?: string;
  readonly "cert-file"?: string;
  readonly "key-file"?: string;
  readonly "ca-file"?: string;
}

/** Returns the credentials and certificates of the flags. */
export function accessOf(flags: AccessFlags): ChartAccess {
  return {
    username: flags.username,
    password: flags.password,
    certFile: flags["cert-file"],
    keyFile: flags["key-file"],
    caFile: flags["ca-file"],
  };
}

/** Flags for the verification of archives. */
export interface VerifyFlags {
  readonly "verify"?: boolean;
  readonly "verify-strict"?: boolean;
  readonly "keyring": string;
}

/** Returns the verification options of the flags. */
export function verifyOf(flags: VerifyFlags): Pick<ChartSource, "verify" | "verifyStrict" | "keyring"> {
  return { verify: flags.verify, verifyStrict: flags["verify-strict"], keyring: flags.keyring };
}

/** Flags for the source of a chart. */
export interface SourceFlags extends AccessFlags, VerifyFlags {
  readonly "repo": string;
  readonly "version": string;
  readonly "devel": boolean;
}

/** Returns the chart source of the flags. */
export function sourceOf(flags: SourceFlags): ChartSource {
  const { repo, version, devel } = flags;
  return { ...verifyOf(flags), repo, version, devel, access: accessOf(flags) };
}

/** Prints the version range of `--version` and `--devel`, as `--debug` of install, inspect and others does. */
export function debugVersion(
  source: VersionChoice,
  { globals, print }: Pick<Context, "globals" | "print">,
  original = true,
): void {
  if (!globals.debug) return;
  if (original) print.out(`[debug] Original chart version: ${quote(source.version)}\n`);
  if (versionRange(source) !== source.version) print.out(`[debug] setting version to ${ANY_VERSION}\n`);
}

/** Flags for values. */
export interface ValuesFlags extends AccessFlags {
  readonly "values": readonly string[];
  readonly "set": readonly string[];
  readonly "set-string": readonly string[];
  readonly "set-file": readonly string[];
}

/** Returns the values of the flags. */
export function valuesOfFlags(flags: ValuesFlags, { readStdin }: Pick<Context, "readStdin">): ValuesSource {
  return {
    files: flags.values,
    set: flags.set,
    setString: flags["set-string"],
    setFile: flags["set-file"],
    readStdin,
    access: accessOf(flags),
  };
}

/** Printed for a deprecated chart, before it is used. */
export const DEPRECATED = "WARNING: This chart is deprecated\n";

/**
 * Returns the receivers for messages of install and upgrade about a chart. With a document on standard
 * output, all go to standard error.
 */
export function tellOfChart(print: Printer, isDocument: boolean): Pick<Tell, "log" | "say"> {
  return { log: logTo(print), say: isDocument ? print.err : print.out };
}

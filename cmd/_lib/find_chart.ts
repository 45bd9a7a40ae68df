/**
 * Charts for the library: a path, a name or an address → a local path, as
 * `install` and `upgrade` find them.
 *
 * @module
 */
import { locateChart } from "./chart_path.ts";
import { GLOBAL_FLAGS } from "./command.ts";
import { parseFlags, valuesOf } from "./parse.ts";
import { memoryPrinter } from "./print.ts";
import { processVariables } from "./variables.ts";

/** Where a chart comes from, beside its name. Texts are empty when they are not set. */
export interface ChartOrigin {
  /** A version or a range; default: the newest release. */
  readonly version?: string | undefined;
  /** Address of a repository that need not be in the user's list. */
  readonly repo?: string | undefined;
  /** For the repository or the registry. */
  readonly username?: string | undefined;
  /** With the name. */
  readonly password?: string | undefined;
  /** Path of the certificates to trust. */
  readonly caFile?: string | undefined;
  /** Path of the client's certificate. */
  readonly certFile?: string | undefined;
  /** Path of the client's key. */
  readonly keyFile?: string | undefined;
  /** Path of a keyring: the chart must have a provenance file that one of its keys signed. */
  readonly keyring?: string | undefined;
  /** With a keyring: refuses weak signatures, keys that have run out, and archives with another digest than the index's. */
  readonly verifyStrict?: boolean | undefined;
}

/** What else is known when a chart is looked for. */
export interface FindChartOptions {
  /** HELM_HOME; default: the usual one. */
  readonly home?: string | undefined;
  /** Ends the download. */
  readonly signal?: AbortSignal | undefined;
  /** What starts the commands, for plugins that download: a program and its first arguments. */
  readonly program: readonly string[];
  /** Is told what a user should know. */
  readonly warn: (text: string) => void;
}

/** Finds the chart that `name` names, and downloads it when it lies elsewhere. */
export async function findChart(name: string, origin: ChartOrigin, options: FindChartOptions): Promise<string> {
  const globals = valuesOf(GLOBAL_FLAGS, parseFlags([], GLOBAL_FLAGS, processVariables).values);
  const print = memoryPrinter();
  const path = await locateChart(name, {
    version: origin.version ?? "",
    devel: false,
    repo: origin.repo ?? "",
    verify: origin.keyring !== undefined && origin.keyring !== "",
    "verify-strict": Boolean(origin.keyring) && origin.verifyStrict === true,
    keyring: origin.keyring ?? "",
    "username": origin.username ?? "",
    "password": origin.password ?? "",
    "ca-file": origin.caFile ?? "",
    "cert-file": origin.certFile ?? "",
    "key-file": origin.keyFile ?? "",
  }, {
    globals: { ...globals, debug: false, home: options.home ?? globals.home },
    variables: processVariables,
    signal: options.signal ?? new AbortController().signal,
    print,
    programs: {
      run: async (...call) => (await import("../../engine/chart/plugin/mod.ts")).runProgram(...call),
      self: () => options.program,
    },
  });
  for (const line of `${print.stdout}${print.stderr}`.split("\n")) if (line !== "") options.warn(line);
  return path;
}

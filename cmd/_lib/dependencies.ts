/**
 * Options for bringing in a chart's dependencies, for all commands that do.
 *
 * @module
 */
import { saveArchive } from "../../engine/chart/package/mod.ts";
import type { DependencyOptions } from "../../engine/chart/repo/mod.ts";
import { type FetchingContext, fetchOptions } from "./fetching.ts";
import { logTo } from "./log.ts";
import { type Printer, say } from "./print.ts";
import { verification } from "./verification.ts";

/** What the commands decide. */
export interface DependencyChoices {
  /** Verify what is downloaded. */
  readonly verify?: boolean;
  /** Refuse what is verified, but not well; and verify. */
  readonly "verify-strict"?: boolean;
  /** Path of the keys to verify with. */
  readonly keyring: string;
  /** Leave the cached indexes as they are. */
  readonly skipRefresh?: boolean;
  /** Where progress goes instead of standard output. */
  readonly report?: (text: string) => void;
}

/** Options for `updateDependencies` and `buildDependencies`. */
export function dependencyOptions(
  context: FetchingContext & { readonly print: Printer },
  choices: DependencyChoices,
): DependencyOptions {
  const { print, globals } = context;
  const { verify = false, "verify-strict": strict = false, keyring, skipRefresh = false, report } = choices;
  return {
    ...fetchOptions(context),
    ...verification({ verify, "verify-strict": strict, keyring }, print),
    report: (text) => say({ out: report ?? print.out }, text),
    warn: logTo(print),
    save: (chart, folder) => saveArchive(chart, folder),
    skipRefresh,
    debug: globals.debug,
  };
}

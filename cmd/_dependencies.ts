/**
 * Options for bringing in a chart's dependencies, for all commands that do.
 *
 * @module
 */
import { saveArchive } from "../engine/package/mod.ts";
import type { DependencyOptions } from "../engine/repo/mod.ts";
import { type FetchingContext, fetchOptions } from "./_fetching.ts";
import { logTo } from "./_log.ts";
import { type Printer, say } from "./_print.ts";
import { verification } from "./_verification.ts";

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

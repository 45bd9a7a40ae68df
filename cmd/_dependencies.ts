/**
 * Options for bringing in a chart's dependencies, for all commands that do.
 *
 * @module
 */
import { saveArchive } from "../engine/package/mod.ts";
import type { DependencyOptions } from "../engine/repo/mod.ts";
import { verification } from "./_chart_path.ts";
import { type FetchingContext, fetchOptions } from "./_fetching.ts";
import { logTo } from "./_log.ts";
import { type Printer, say } from "./_print.ts";

/** What the commands decide. */
export interface DependencyChoices {
  /** Verify what is downloaded. */
  readonly verify?: boolean;
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
  { verify = false, keyring, skipRefresh = false, report }: DependencyChoices,
): DependencyOptions {
  const { print, globals } = context;
  return {
    ...fetchOptions(context),
    ...verification({ verify, keyring }),
    report: (text) => say({ out: report ?? print.out }, text),
    warn: logTo(print),
    save: (chart, folder) => saveArchive(chart, folder),
    skipRefresh,
    debug: globals.debug,
  };
}

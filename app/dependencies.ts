/**
 * Options for downloading a chart's dependencies.
 *
 * @module
 */
import { saveArchive } from "../engine/chart/package/mod.ts";
import type { DependencyOptions } from "../engine/chart/repo/mod.ts";
import type { Caller } from "./caller.ts";
import { fetchOptions } from "./fetching.ts";
import { verification, type VerifyOptions } from "./verification.ts";

/** How dependencies are downloaded. */
export interface DependencyChoices extends VerifyOptions {
  /** If true, cached indexes are not refreshed. Default: false. */
  readonly skipRefresh?: boolean | undefined;
  /** Receives progress; default: `tell.say`. */
  readonly report?: ((text: string) => void) | undefined;
}

/** Returns the options of `updateDependencies` and `buildDependencies`. */
export function dependencyOptions(caller: Caller, choices: DependencyChoices): DependencyOptions {
  const { tell } = caller;
  const { skipRefresh = false, report = tell.say } = choices;
  return {
    ...fetchOptions(caller),
    ...verification(choices, tell),
    report,
    warn: tell.log,
    save: (chart, folder) => saveArchive(chart, folder),
    skipRefresh,
    debug: tell.debug !== undefined,
  };
}

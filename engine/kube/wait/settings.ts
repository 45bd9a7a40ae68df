/**
 * How a wait judges, shows and ends.
 *
 * @module
 */

import type { WaitRule } from "../ready/mod.ts";
/** How waits judge, show and end. Everything is optional; without any, a wait is Helm 2's. */
export interface WaitSettings {
  /**
   * `true`: a workload is ready only when its newest change has reached all of its pods. `"all"`: every object of the
   * manifest is waited for, Jobs and custom resources included.
   */
  readonly waitStrict?: boolean | "all" | undefined;
  /** If true, Jobs of the manifest must complete. */
  readonly waitJobs?: boolean | undefined;
  /** Objects that are left out: `KIND` or `KIND/NAME`. */
  readonly waitIgnore?: readonly string[] | undefined;
  /** Rules for custom resources, which come before the built-in ones. */
  readonly waitRules?: readonly WaitRule[] | undefined;
  /**
   * If given, a wait ends as soon as something cannot become ready by itself. The usual grace in seconds; 30 is the
   * default of `--fail-fast`, and all other graces grow and shrink with it.
   */
  readonly failFastSeconds?: number | undefined;
  /** Last lines shown of a container that failed; default 20. 0: no logs are read. */
  readonly logLines?: number | undefined;
  /** Lines of logs that are read during the wait, for a listener that shows them; default 0. */
  readonly liveLogLines?: number | undefined;
}

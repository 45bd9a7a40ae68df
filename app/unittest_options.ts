/**
 * The options of chart tests.
 *
 * @module
 */
import type { Chart } from "../engine/model/mod.ts";
import { type FuncTable, loadHelm3Functions } from "../engine/lang/template/mod.ts";
import { ChartCache, type RunPostRenderer, type Suite } from "../engine/chart/suite/mod.ts";

/** Options of chart tests. */
export interface UnittestOptions {
  /** Patterns of suite files, relative to the chart; `tests/*_test.yaml` when absent or empty. */
  readonly file?: readonly string[] | undefined;
  /** Patterns of values files, relative to the current folder; for all suites, before the values of a job. */
  readonly values?: readonly string[] | undefined;
  /** Replaces stored snapshots that differ. */
  readonly updateSnapshot?: boolean | undefined;
  /** False to leave out the tests of subcharts. */
  readonly withSubchart?: boolean | undefined;
  /** Stops at the first failure. */
  readonly failfast?: boolean | undefined;
  /** Refuses unknown keys of suites. */
  readonly strict?: boolean | undefined;
  /** Folder of a chart that renders suites, relative to the tested chart. */
  readonly chartTestsPath?: string | undefined;
  /**
   * `0.2`: asserts mean what they meant in helm-unittest 0.2. `1.0`: suites run as helm-unittest 1.0.3 runs them, which renders
   * with Helm 3's release service and functions and reads charts of `apiVersion: v2`.
   */
  readonly suiteFormat?: string | undefined;
  /** Gives upstream's verdicts where they are wrong. */
  readonly upstreamBugs?: boolean | undefined;
  /** `.Release.Service`; when absent, `Tiller`, or `Helm` with the suite format `1.0`. */
  readonly releaseService?: string | undefined;
  /** False to ignore `values.schema.json`, as Helm 2 does. */
  readonly schema?: boolean | undefined;
  /** Writes no snapshots; a missing one is a failure. */
  readonly ci?: boolean | undefined;
  /** Runs only jobs whose suite or name contains this text. */
  readonly filter?: string | undefined;
  /** Starts post-renderers; absent: suites that need one fail. */
  readonly postRender?: RunPostRenderer | undefined;
  /** Selects suites; absent: all. */
  readonly selects?: ((suite: Suite, chartPath: string) => boolean) | undefined;
  /** Folder that gets the rendered files. */
  readonly renderPath?: string | undefined;
  /** Counts which lines, branches and values of the templates the tests reach. */
  readonly coverage?: boolean | undefined;
  /** Called with lines about loading a chart. */
  readonly log?: ((text: string) => void) | undefined;
}

/** True if suites run as helm-unittest runs them today. */
export function isHelm3Format({ suiteFormat }: UnittestOptions): boolean {
  return suiteFormat === "1.0";
}

/** Returns the functions of templates; `undefined`: those of Helm 2. */
export async function functionsFor(options: UnittestOptions): Promise<FuncTable | undefined> {
  return isHelm3Format(options) ? await loadHelm3Functions() : undefined;
}

/** Processes that run suites side by side. */
export interface ParallelSuites {
  /** The number of processes, this one included. */
  readonly count: number;
  /** Returns the command that starts another one. It must call `serveSuites()`. */
  readonly command: () => readonly string[];
  /** True to start them at once; otherwise they are started when the rest of a run is long enough to repay it. */
  readonly isEager?: boolean | undefined;
}

/** A chart with its parsed templates. */
export interface KeptChart {
  /** As it was loaded. */
  readonly chart: Chart;
  /** Its parsed templates. */
  readonly cache: ChartCache;
}

/** Charts that stay in memory between runs, by path. */
export class KeptCharts {
  readonly #known = new Map<string, KeptChart>();

  /** Returns the chart at a path; loads it if it is not known. */
  async of(path: string, load: () => Promise<Chart>, functions?: FuncTable): Promise<KeptChart> {
    const known = this.#known.get(path) ?? { chart: await load(), cache: new ChartCache(undefined, functions) };
    this.#known.set(path, known);
    return known;
  }

  /** Forgets a chart whose files changed. */
  drop(path: string): void {
    this.#known.delete(path);
  }
}

/** How {@linkcode UnittestOptions | chart tests} are run; results are the same. */
export interface RunParts {
  /** Lets other processes run suites, too; absent: all run in this one. */
  readonly parallel?: ParallelSuites | undefined;
  /** Keeps charts and their parsed templates for the next run. */
  readonly kept?: KeptCharts | undefined;
}

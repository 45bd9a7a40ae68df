/**
 * Runs suites in groups that share a snapshot file, so that groups can run side by side.
 *
 * @module
 */
import { join } from "node:path";
import { SkegError } from "../errors.ts";
import type { Chart } from "../engine/model/mod.ts";
import {
  type ChartCache,
  runSuite,
  type RunSuiteOptions,
  SnapshotFile,
  type Suite,
  type SuiteResult,
} from "../engine/chart/suite/mod.ts";
import type { CoverageCollector } from "./coverage_report.ts";
import { readSnapshots, readTextFile, snapshotPath, valuesPath, writeWhole } from "./unittest_files.ts";
import { isHelm3Format, type UnittestOptions } from "./unittest_options.ts";
import { unreadableSuite } from "./unittest_suites.ts";

/** Suites that share a snapshot file. */
export interface SuiteGroup {
  /** The snapshot file. */
  readonly path: string;
  /** Positions of the suites in the list of all suites of the chart, ascending. */
  readonly suites: readonly number[];
}

/** The result of a group. Pure data: it can be sent to another process as JSON. */
export interface GroupOutcome {
  /** Results by position; suites that a filter left out, or that were not reached, are missing. */
  readonly results: readonly (readonly [at: number, result: SuiteResult])[];
  /** The new text of the snapshot file; `undefined`: it stays as it is. */
  readonly snapshots?: string | undefined;
}

/** Runs a group. `onResult` is called after each suite. */
export type RunGroup = (group: SuiteGroup, onResult?: (result: SuiteResult) => void) => Promise<GroupOutcome>;

/** Returns the groups of the chosen suites, in the order of their first suites. */
export function groupSuites(suites: readonly Suite[], isChosen: (suite: Suite) => boolean = () => true): SuiteGroup[] {
  const groups = new Map<string, number[]>();
  for (const [at, suite] of suites.entries()) {
    if (!isChosen(suite)) continue;
    const path = snapshotPath(suite.file, suite.snapshotId);
    const known = groups.get(path);
    if (known === undefined) groups.set(path, [at]);
    else known.push(at);
  }
  return [...groups].map(([path, members]) => ({ path, suites: members }));
}

/** The parts that the groups of a chart share. */
export interface GroupParts {
  /** As it was loaded. */
  readonly chart: Chart;
  /** All suites of the chart. */
  readonly suites: readonly Suite[];
  /** The parsed templates. */
  readonly cache: ChartCache;
  /** Gets the coverage. */
  readonly collector?: CoverageCollector | undefined;
  /** The options of the run. */
  readonly options: UnittestOptions;
}

/** Returns the function that runs a group in this process. It writes no snapshots: their new text is in the outcome. */
export function groupRunner(parts: GroupParts): RunGroup {
  const readValues = valuesReader();
  return async (group, onResult) => {
    const results: [number, SuiteResult][] = [];
    let snapshots: SnapshotFile | undefined;
    for (const at of group.suites) {
      const suite = parts.suites[at];
      if (suite === undefined || !suite.jobs.some(({ name }) => selects(suite, name, parts.options))) continue;
      parts.collector?.suite(suite.route);
      let result: SuiteResult;
      try {
        snapshots ??= snapshotsOf(group.path, parts.options);
        result = await runOne(suite, snapshots, readValues, parts);
      } catch (error) {
        if (!(error instanceof SkegError)) throw error;
        result = unreadableSuite(suite.file, error.message);
      }
      results.push([at, result]);
      onResult?.(result);
      if (parts.options.failfast && !result.passed) break;
    }
    // With a filter some jobs did not run: their snapshots are not obsolete.
    return { results, snapshots: snapshots?.result((parts.options.filter ?? "") !== "") };
  };
}

/** Writes the snapshots of a group. */
export function storeSnapshots({ path }: SuiteGroup, { snapshots }: GroupOutcome): void {
  if (snapshots !== undefined) writeWhole(path, snapshots);
}

function snapshotsOf(path: string, { updateSnapshot, ci }: UnittestOptions): SnapshotFile {
  return new SnapshotFile(readSnapshots(path), { update: updateSnapshot, ci });
}

function selects(suite: Suite, job: string, { filter = "" }: UnittestOptions): boolean {
  return filter === "" || suite.name.includes(filter) || job.includes(filter);
}

async function runOne(
  suite: Suite,
  snapshots: SnapshotFile,
  readValues: RunSuiteOptions["readValues"],
  { chart, cache, collector, options }: GroupParts,
): Promise<SuiteResult> {
  const { postRender, failfast, suiteFormat, upstreamBugs, renderPath, releaseService, schema = true } = options;
  return await runSuite(chart, suite, {
    snapshots,
    cache,
    readValues,
    postRender,
    failFast: failfast,
    isOldFormat: suiteFormat === "0.2",
    upstreamBugs: upstreamBugs || isHelm3Format(options),
    service: releaseService ?? (isHelm3Format(options) ? "Helm" : undefined),
    schema,
    filter: ({ name }) => selects(suite, name, options),
    onConfig: collector === undefined ? undefined : (config) => collector.config(config, suite.file),
    onRendered: (_, texts) => {
      collector?.rendered(texts);
      if (renderPath === undefined) return;
      for (const [name, text] of texts) writeWhole(join(renderPath, name), text);
    },
  });
}

/** Returns a reader of values files that reads each file once. */
function valuesReader(): RunSuiteOptions["readValues"] {
  const known = new Map<string, string>();
  return (path, suite) => {
    const file = valuesPath(suite.file, path);
    let text = known.get(file);
    if (text === undefined) known.set(file, text = readTextFile(file));
    return text;
  };
}

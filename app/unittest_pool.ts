/**
 * Runs groups of suites in several processes. Results and files are those of a run in one process: suites are reported in their
 * order, and only this process writes snapshots.
 *
 * @module
 */
import type { Suite, SuiteResult } from "../engine/chart/suite/mod.ts";
import { type GroupOutcome, type RunGroup, storeSnapshots, type SuiteGroup } from "./unittest_groups.ts";
import type { ParallelSuites, UnittestOptions } from "./unittest_options.ts";
import { SuiteProcess } from "./unittest_process.ts";

/** A chart's groups, and how to run them. */
export interface GroupsToRun {
  /** The chart's path. */
  readonly path: string;
  /** All suites of the chart. */
  readonly suites: readonly Suite[];
  /** In the order of their first suites. */
  readonly groups: readonly SuiteGroup[];
  /** Runs a group in this process. */
  readonly run: RunGroup;
  /** The options of the run. */
  readonly options: UnittestOptions;
  /** Other processes; absent: there are none. */
  readonly parallel?: ParallelSuites | undefined;
  /** Called with each result, in the order of the suites. */
  readonly onResult: (result: SuiteResult) => void;
}

/** Runs all groups, one after the other or with other processes. Returns the results in the order of the suites. */
export async function runGroups(work: GroupsToRun): Promise<SuiteResult[]> {
  const { parallel } = work;
  // These stop early, write files during a run, or start programs themselves.
  const isAlone = work.options.failfast || work.options.coverage || work.options.renderPath !== undefined ||
    work.options.postRender !== undefined;
  if (parallel === undefined || parallel.count < 2 || work.groups.length < 2 || isAlone) return await runAlone(work);
  return await runTogether(work, parallel);
}

async function runAlone({ groups, run, options, onResult }: GroupsToRun): Promise<SuiteResult[]> {
  const results: (readonly [at: number, result: SuiteResult])[] = [];
  for (const group of groups) {
    const outcome = await run(group, onResult);
    storeSnapshots(group, outcome);
    results.push(...outcome.results);
    if (options.failfast && outcome.results.some(([, { passed }]) => !passed)) break;
  }
  return results.sort(([left], [right]) => left - right).map(([, result]) => result);
}

/** Time in milliseconds after which the rest of a run is estimated. */
const LOOK_MS = 150;

/** Other processes are started when the rest of a run would take longer than this, in milliseconds, in this process alone. */
const REST_MS = 800;

/** Groups that are sent to a process before its first result, so that it does not wait for the next one. */
const AHEAD = 2;

async function runTogether(work: GroupsToRun, parallel: ParallelSuites): Promise<SuiteResult[]> {
  const { groups, suites, run, onResult } = work;
  const queue = [...groups];
  const ordered = inOrder(groups, onResult);
  const done = (group: SuiteGroup, outcome: GroupOutcome) => {
    storeSnapshots(group, outcome);
    ordered.add(group, outcome);
  };
  const jobsIn = (some: readonly SuiteGroup[]) =>
    some.flatMap((group) => group.suites).reduce((sum, at) => sum + (suites[at]?.jobs.length ?? 0), 0);
  const processes: SuiteProcess[] = [];
  const lanes: Promise<void>[] = [];
  /** Gives groups to a process until none is left. A group that it does not answer is run in this one. */
  const feed = async (process: SuiteProcess) => {
    for (let group = queue.shift(); group !== undefined; group = queue.shift()) {
      done(group, await process.run(group) ?? await run(group));
    }
  };
  const start = () => {
    for (let number = 1; number < parallel.count && queue.length > number; number++) {
      const process = new SuiteProcess(parallel.command, work);
      processes.push(process);
      for (let lane = 0; lane < AHEAD; lane++) lanes.push(feed(process));
    }
  };
  try {
    if (parallel.isEager) start();
    const begun = performance.now();
    const all = jobsIn(groups);
    for (let group = queue.shift(); group !== undefined; group = queue.shift()) {
      done(group, await run(group));
      if (processes.length === 0) {
        const elapsed = performance.now() - begun;
        const rest = jobsIn(queue);
        if (elapsed >= LOOK_MS && elapsed / Math.max(1, all - rest) * rest >= REST_MS) start();
      }
      // Answers of other processes are read between groups.
      if (processes.length > 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await Promise.all(lanes);
  } finally {
    for (const process of processes) await process.end();
  }
  return ordered.results;
}

/** Reports results in the order of the suites, whatever the order of the groups' ends. */
function inOrder(groups: readonly SuiteGroup[], onResult: (result: SuiteResult) => void) {
  const order = groups.flatMap((group) => group.suites).sort((left, right) => left - right);
  const ready = new Map<number, SuiteResult | undefined>();
  const results: SuiteResult[] = [];
  let next = 0;
  return {
    results,
    add(group: SuiteGroup, outcome: GroupOutcome): void {
      for (const at of group.suites) ready.set(at, undefined);
      for (const [at, result] of outcome.results) ready.set(at, result);
      for (; next < order.length && ready.has(order[next] as number); next++) {
        const result = ready.get(order[next] as number);
        if (result === undefined) continue;
        results.push(result);
        onResult(result);
      }
    },
  };
}

/**
 * Releases with many objects: install, upgrades with and without a change,
 * delete; with and without a delay for every request.
 *
 * @module
 */
import { join } from "node:path";
import type { Bench } from "./bench.ts";
import { KIND_COUNT, manyObjects, writeChart } from "./charts.ts";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import type { CountingProxy } from "./counting_proxy.ts";
import {
  earlierRunner,
  helmRunner,
  NAMESPACE,
  type Runner,
  skegRunner,
  type Step,
  STEPS,
  tillerRunner,
} from "./lives.ts";
import type { Entry, Who, Wire } from "./results.ts";
import { measure, median, type Sample } from "./sample.ts";
import { NO_TILLER, startTiller } from "./tiller.ts";

const TITLES: Readonly<Record<Step, string>> = {
  install: "`install`",
  noop: "`upgrade` without a change",
  change: "`upgrade` that changes every object",
  delete: "`delete`",
};

/** A program that takes longer for the life of a release runs only one. */
const LONG_SECONDS = 45;
/** A program that takes less runs at least three. */
const SHORT_SECONDS = 15;

/**
 * Number of requests that every program must send one after the other: those for
 * the record (search, create or read, finish) and one for each kind.
 */
const DEPTH: Readonly<Record<Step, number>> = {
  install: 3 + KIND_COUNT,
  noop: 4 + KIND_COUNT,
  change: 4 + 2 * KIND_COUNT,
  delete: 4 + KIND_COUNT,
};

/** The number of objects, and the delay of every request. */
interface Work {
  readonly count: number;
  readonly delayMs: number;
}

/** Installs, upgrades and deletes. */
export async function objects(bench: Bench): Promise<void> {
  const plane = await startControlPlane(bench);
  const chart = writeChart(join(bench.work, "charts", "many-objects"), manyObjects);
  try {
    await plane.call("POST", "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
    const works = bench.quick
      ? [{ count: 50, delayMs: 20 }]
      : [0, 20].flatMap((delayMs) => [50, 200, 500].map((count) => ({ count, delayMs })));
    for (const work of works) {
      if (STEPS.some((step) => bench.wanted(idOf(step, work)))) await inTurns(bench, plane, chart, work);
    }
    if (!bench.quick && bench.wanted("scale")) await atScale(bench, plane, chart);
  } finally {
    await plane.down();
  }
}

function idOf(step: Step, { count, delayMs }: Work): string {
  return `${step}-${count}-${delayMs}`;
}

type Entries = Partial<Record<Step, Entry>>;

function begin(bench: Bench, { count, delayMs }: Work): Entries {
  return Object.fromEntries(STEPS.map((step) => [
    step,
    bench.results.begin(
      "objects",
      idOf(step, { count, delayMs }),
      `${TITLES[step]}: ${count.toLocaleString("en")} objects, ${delayMs} ms`,
      "Five kinds of objects. All programs go through the proxy, which counts, and adds the milliseconds to every " +
        "request. A program that needs most of a minute for one life of a release has only one. Helm 2's CPU time is the " +
        "client's and Tiller's, its memory the larger of both, its requests and bytes Tiller's. The limit is the depth of the " +
        "order times the delay: requests for the record, and for each kind one that creates or deletes, or reads and, " +
        "when something changes, one that writes.",
    ),
  ]));
}

/** Runs all programs in turns, one life each. */
async function inTurns(bench: Bench, plane: ControlPlane, chart: string, work: Work): Promise<void> {
  const { count, delayMs } = work;
  const entries = begin(bench, work);
  for (const step of STEPS) {
    const entry = entries[step];
    if (entry !== undefined && delayMs > 0) entry.boundSeconds = DEPTH[step] * delayMs / 1000;
  }
  const name = `turns-${count}-${delayMs}`;
  const { proxy, kubeconfig, kubeconfigHttp1 } = await plane.proxy(name, delayMs);
  await plane.call("POST", "/api/v1/namespaces", { metadata: { name } });
  const { before } = bench.programs;
  const tiller = before === undefined ? await startTiller(bench, kubeconfig, name) : NO_TILLER;
  const others = before === undefined
    ? [
      tillerRunner(bench, kubeconfig, tiller),
      helmRunner(bench, kubeconfig, "helm3"),
      helmRunner(bench, kubeconfig, "helm4"),
    ]
    : [earlierRunner(before.skeg, kubeconfigHttp1)];
  const runners = [skegRunner(bench, kubeconfigHttp1), ...others];
  const secondsMax = bench.quick ? 10 : count === 500 ? 70 : 45;
  const isOver = new Set<Runner>(), isShort = new Set<Runner>();
  // The control plane may still have objects of an interrupted run.
  const run = Date.now().toString(36);
  try {
    // The warm-up is small: it only fills caches.
    for (const runner of runners) {
      await live(bench, runner, `${runner.who}-${name}-warm-${run}`, chart, 10, proxy, () => {});
    }
    const started = performance.now();
    for (let round = 0; round < (bench.quick ? 2 : bench.runs); round++) {
      const isLate = round > 0 && (performance.now() - started) / 1000 > secondsMax;
      const next = runners.filter((each) => !isOver.has(each) && (!isLate || (round < 3 && isShort.has(each))));
      if (next.length === 0) break;
      for (const runner of next) {
        const began = performance.now();
        const release = `${runner.who}-${count}-${delayMs}-${round}-${run}`;
        await live(bench, runner, release, chart, count, proxy, (step, sample, wire) => {
          add(bench, entries[step], runner, sample, wire, runner.steps("NAME", "many-objects", count)[step]);
        });
        const seconds = (performance.now() - began) / 1000;
        if (seconds > LONG_SECONDS) isOver.add(runner);
        if (seconds < SHORT_SECONDS) isShort.add(runner);
      }
    }
  } finally {
    tiller.stop();
    await proxy.close();
  }
  for (const step of STEPS) tell(bench, entries[step]);
}

/** Runs skeg and Helm 4 once each, with more objects than any real release has. */
async function atScale(bench: Bench, plane: ControlPlane, chart: string): Promise<void> {
  const { proxy, kubeconfig, kubeconfigHttp1 } = await plane.proxy("scale", 0);
  const run = Date.now().toString(36);
  try {
    for (const count of [10, 1000, 5000]) {
      const entries = begin(bench, { count, delayMs: 0 });
      const { before } = bench.programs;
      const other = before !== undefined
        ? [earlierRunner(before.skeg, kubeconfigHttp1)]
        : count > 1000
        ? []
        : [helmRunner(bench, kubeconfig, "helm4")];
      for (const runner of [skegRunner(bench, kubeconfigHttp1), ...other]) {
        await live(bench, runner, `${runner.who}-scale-${count}-${run}`, chart, count, proxy, (step, sample, wire) => {
          add(bench, entries[step], runner, sample, wire, runner.steps("NAME", "many-objects", count)[step]);
        });
      }
      for (const step of STEPS) tell(bench, entries[step]);
    }
  } finally {
    await proxy.close();
  }
}

/** Runs one life of a release, from install to delete. */
async function live(
  bench: Bench,
  runner: Runner,
  name: string,
  chart: string,
  count: number,
  proxy: CountingProxy,
  done: (step: Step, sample: Sample, wire: Wire) => void,
): Promise<void> {
  const commands = runner.steps(name, chart, count);
  for (const step of STEPS) {
    proxy.take();
    const work = (): Promise<Sample> =>
      measure({ command: commands[step], env: { ...bench.programs.env, ...runner.env }, cwd: bench.programs.home });
    done(step, await (runner.tiller === undefined ? work() : runner.tiller.during(work)), proxy.take());
  }
}

function add(
  bench: Bench,
  entry: Entry | undefined,
  { who }: Runner,
  sample: Sample,
  wire: Wire,
  command: readonly string[],
): void {
  if (entry === undefined) return;
  (entry.samples[who] ??= []).push(sample);
  entry.commands[who] ??= bench.programs.shown(command).replace(/ --host \S+/, "");
  entry.wire[who] = wire;
  bench.results.save();
}

function tell(bench: Bench, entry: Entry | undefined): void {
  if (entry === undefined) return;
  const figures = Object.entries(entry.samples).map(([who, samples]) => {
    const wall = median(samples.map((sample) => sample.wall));
    return `${who} ${wall.toFixed(2)} s/${entry.wire[who as Who]?.requests ?? "?"} (${samples.length})`;
  });
  bench.say(`${entry.id}: ${figures.join(", ")}`);
}

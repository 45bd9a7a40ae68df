/**
 * Releases of many objects: install, upgrades with and without a change,
 * delete; without and with a wire that makes every request take longer.
 *
 * @module
 */
import { join } from "node:path";
import type { Bench } from "./bench.ts";
import { manyObjects, writeChart } from "./charts.ts";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import type { Entry, Who } from "./results.ts";
import { measure, median, type Sample } from "./sample.ts";
import { startTiller, type Tiller } from "./tiller.ts";

const NAMESPACE = "objects";

/** One way to run through the life of a release. */
interface Runner {
  readonly who: Who;
  readonly env: Readonly<Record<string, string>>;
  /** Command lines by step. */
  readonly steps: (name: string, chart: string, count: number) => Readonly<Record<Step, readonly string[]>>;
  readonly tiller?: Tiller;
}

const STEPS = ["install", "noop", "change", "delete"] as const;
type Step = typeof STEPS[number];

const TITLES: Readonly<Record<Step, string>> = {
  install: "`install`",
  noop: "`upgrade` without a change",
  change: "`upgrade` that changes every object",
  delete: "`delete`",
};

/** Installs, upgrades and deletes. */
export async function objects(bench: Bench): Promise<void> {
  const plane = await startControlPlane(bench);
  const chart = writeChart(join(bench.work, "charts", "many-objects"), manyObjects);
  try {
    await plane.call("POST", "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
    const works = bench.quick
      ? [{ count: 50, delayMs: 20 }]
      : [0, 20].flatMap((delayMs) => [50, 200, 500].map((count) => ({ count, delayMs })));
    const entries = new Map(works.map((work) => [work, begin(bench, work)]));
    // Tiller waits for its own client's limit most of the time; its turns are taken side by side, before the others.
    await Promise.all(works.map((work) => withTiller(bench, plane, chart, work, entries.get(work) ?? {})));
    for (const work of works) await inTurns(bench, plane, chart, work, entries.get(work) ?? {});
    if (!bench.quick) await atScale(bench, plane, chart);
  } finally {
    await plane.down();
  }
}

interface Work {
  readonly count: number;
  readonly delayMs: number;
}

type Entries = Partial<Record<Step, Entry>>;

function begin(bench: Bench, { count, delayMs }: Work): Entries {
  return Object.fromEntries(STEPS.map((step) => [
    step,
    bench.results.begin(
      "objects",
      `${step}-${count}-${delayMs}`,
      `${TITLES[step]}: ${count.toLocaleString("en")} objects, ${delayMs} ms`,
      "Five kinds of objects. All programs go through the proxy, which counts, and adds the milliseconds to every " +
        "request. Tiller's client allows itself five requests a second, so its time does not depend on the machine: the six " +
        "sizes are measured side by side, each as often as fits while the largest has its one run.",
    ),
  ]));
}

/** Helm 2: as many lives as end while the largest work has one. */
async function withTiller(
  bench: Bench,
  plane: ControlPlane,
  chart: string,
  work: Work,
  entries: Entries,
): Promise<void> {
  const namespace = `tiller-${work.count}-${work.delayMs}`;
  const { proxy, kubeconfig } = plane.proxy(namespace, work.delayMs);
  await plane.call("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
  const tiller = await startTiller(bench, kubeconfig, namespace);
  const { helm2 } = bench.programs;
  const start = [helm2, "--host", tiller.host];
  const runner: Runner = {
    who: "helm2",
    env: { KUBECONFIG: kubeconfig },
    tiller,
    steps: (name, path, count) => {
      const more = ["--set", `count=${count}`, "--timeout", "3000"];
      return {
        install: [...start, "install", path, "--name", name, "--namespace", NAMESPACE, ...more],
        noop: [...start, "upgrade", name, path, ...more],
        change: [...start, "upgrade", name, path, ...more, "--set", "tag=2.0"],
        delete: [...start, "delete", "--purge", name],
      };
    },
  };
  try {
    const lives = bench.quick ? 1 : Math.max(1, Math.floor(500 / work.count * 0.9));
    for (let round = 0; round < Math.min(lives, bench.runs); round++) {
      await live(bench, runner, `h2-${work.count}-${work.delayMs}-${round}`, chart, work.count, (step, sample) => {
        const entry = entries[step];
        if (entry === undefined) return;
        add(bench, entry, runner, sample, runner.steps("NAME", "many-objects", work.count)[step]);
        entry.wire.helm2 = proxy.take();
      }, () => void proxy.take());
    }
  } finally {
    tiller.stop();
    await proxy.close();
  }
}

/** skeg, Helm 3 and Helm 4, one after the other, life by life. */
async function inTurns(bench: Bench, plane: ControlPlane, chart: string, work: Work, entries: Entries): Promise<void> {
  const { proxy, kubeconfig } = plane.proxy(`turns-${work.count}-${work.delayMs}`, work.delayMs);
  const runners = [
    skegRunner(bench, kubeconfig),
    helmRunner(bench, kubeconfig, "helm3"),
    helmRunner(bench, kubeconfig, "helm4"),
  ];
  const secondsMax = bench.quick ? 10 : work.count === 500 ? 75 : 40;
  const started = performance.now();
  try {
    for (let round = -1; round < (bench.quick ? 2 : bench.runs); round++) {
      // The warm-up is small: it only fills the caches.
      if (round >= 1 && (performance.now() - started) / 1000 > secondsMax) break;
      for (const runner of runners) {
        const count = round === -1 ? 10 : work.count;
        await live(
          bench,
          runner,
          `${runner.who}-${work.count}-${work.delayMs}-${round + 1}`,
          chart,
          count,
          (step, sample) => {
            const entry = entries[step];
            if (round === -1 || entry === undefined) return;
            add(bench, entry, runner, sample, runner.steps("NAME", "many-objects", work.count)[step]);
            entry.wire[runner.who] = proxy.take();
          },
          () => void proxy.take(),
        );
      }
    }
  } finally {
    await proxy.close();
  }
  for (const step of STEPS) tell(bench, entries[step]);
}

/** More objects than anybody has, skeg and Helm 4 alone, once each. */
async function atScale(bench: Bench, plane: ControlPlane, chart: string): Promise<void> {
  const { proxy, kubeconfig } = plane.proxy("scale", 0);
  try {
    for (const count of [10, 1000, 5000]) {
      const entries = begin(bench, { count, delayMs: 0 });
      for (
        const runner of [skegRunner(bench, kubeconfig), ...count > 1000 ? [] : [helmRunner(bench, kubeconfig, "helm4")]]
      ) {
        await live(bench, runner, `${runner.who}-scale-${count}`, chart, count, (step, sample) => {
          const entry = entries[step];
          if (entry === undefined) return;
          add(bench, entry, runner, sample, runner.steps("NAME", "many-objects", count)[step]);
          entry.wire[runner.who] = proxy.take();
        }, () => void proxy.take());
      }
      for (const step of STEPS) tell(bench, entries[step]);
    }
  } finally {
    await proxy.close();
  }
}

/** One life of a release, from install to delete. */
async function live(
  bench: Bench,
  runner: Runner,
  name: string,
  chart: string,
  count: number,
  done: (step: Step, sample: Sample) => void,
  before: () => void,
): Promise<void> {
  const commands = runner.steps(name, chart, count);
  for (const step of STEPS) {
    before();
    const work = (): Promise<Sample> =>
      measure({ command: commands[step], env: { ...bench.programs.env, ...runner.env }, cwd: bench.programs.home });
    done(step, await (runner.tiller === undefined ? work() : runner.tiller.during(work)));
  }
}

function add(bench: Bench, entry: Entry, { who }: Runner, sample: Sample, command: readonly string[]): void {
  (entry.samples[who] ??= []).push(sample);
  entry.commands[who] ??= bench.programs.shown(command).replace(/ --host \S+/, "");
  bench.results.save();
}

function tell(bench: Bench, entry: Entry | undefined): void {
  if (entry === undefined) return;
  const figures = Object.entries(entry.samples).map(([who, samples]) =>
    `${who} ${median(samples.map(({ wall }) => wall)).toFixed(2)} s/${
      entry.wire[who as Who]?.requests ?? "?"
    } (${samples.length})`
  );
  bench.say(`${entry.id}: ${figures.join(", ")}`);
}

function skegRunner({ programs: { skeg } }: Bench, kubeconfig: string): Runner {
  return {
    who: "skeg",
    env: { KUBECONFIG: kubeconfig },
    steps: (name, path, count) => {
      const start = [...skeg, "--tiller-namespace", NAMESPACE];
      const more = ["--set", `count=${count}`];
      return {
        install: [...start, "install", path, "--name", name, "--namespace", NAMESPACE, ...more],
        noop: [...start, "upgrade", name, path, ...more],
        change: [...start, "upgrade", name, path, ...more, "--set", "tag=2.0"],
        delete: [...start, "delete", "--purge", name],
      };
    },
  };
}

function helmRunner({ programs }: Bench, kubeconfig: string, who: "helm3" | "helm4"): Runner {
  return {
    who,
    env: { KUBECONFIG: kubeconfig },
    steps: (name, path, count) => {
      const more = ["-n", NAMESPACE, "--set", `count=${count}`];
      return {
        install: [programs[who], "install", name, path, ...more],
        noop: [programs[who], "upgrade", name, path, ...more],
        change: [programs[who], "upgrade", name, path, ...more, "--set", "tag=2.0"],
        delete: [programs[who], "uninstall", "-n", NAMESPACE, name],
      };
    },
  };
}

/**
 * `unittest --watch`: runs tests again when their chart, values or suite change.
 *
 * @module
 */
import { resolve, sep } from "node:path";
import { isTestFile, touchedSuites } from "../../app/changed_suites.ts";
import type { UnittestOptions, UnittestReport } from "../../app/unittest.ts";
import { KeptCharts } from "../../app/unittest_options.ts";
import { ChartWatcher } from "../../app/watch_suites.ts";
import type { Printer } from "../_lib/print.ts";
import { type Signals, whileHolding } from "../_lib/signals.ts";

/** Which tests a run has. */
export interface WatchedRun {
  /** Selects suites; absent: all. */
  readonly selects?: UnittestOptions["selects"];
  /** True to replace snapshots that differ. */
  readonly update?: boolean;
  /** The charts to run. */
  readonly charts: readonly string[];
  /** Charts that did not change since the last run. */
  readonly kept: KeptCharts;
}

/** A watch of charts. */
export interface WatchJob {
  /** The charts as they were given. */
  readonly charts: readonly string[];
  /** Values files of all suites. */
  readonly values: readonly string[];
  /** Files and folders that runs write. */
  readonly written: readonly string[];
  /** Runs tests and prints their results. */
  readonly run: (run: WatchedRun) => Promise<UnittestReport>;
  /** Prints notes. */
  readonly print: Printer;
  /** The process's signals. */
  readonly signals: Signals;
}

const KEYS = "a: all tests, f: failed tests, u: update snapshots, q: quit";

/**
 * Runs the tests, and those that a change may affect after each change. Ends by the key `q`, or by a signal.
 *
 * @returns 0 if the last result of every suite is a success, 1 otherwise; after a signal, its status.
 */
export async function watchTests(job: WatchJob): Promise<number> {
  const watcher = new ChartWatcher({ charts: job.charts, files: job.values, written: job.written });
  const keys = new Keys();
  const known = new KnownResults();
  const kept = new KeptCharts();
  const run = async (some: Omit<WatchedRun, "charts" | "kept"> & { readonly charts?: readonly string[] } = {}) => {
    known.add(await job.run({ charts: job.charts, ...some, kept }));
    watcher.settle();
  };
  try {
    await run();
    for (;;) {
      if (job.print.hints) {
        job.print.err(keys.isTerminal ? `Watching for changes. ${KEYS}\n` : "Watching for changes.\n");
      }
      const event = await whileHolding(job.signals, () => nextEvent(watcher, keys, job.signals.signal));
      if (event.kind === "signal") return event.status;
      if (event.kind === "change") {
        const changed = changesByChart(job, event.paths);
        for (const [chart, paths] of changed) {
          if ([...paths].some((path) => !isTestFile(chart, path))) kept.drop(chart);
          known.forget(paths);
        }
        const touched = touchedSuites(changed, job.values);
        const isBroken = (chart: string) => known.brokenCharts.has(chart);
        await run({
          charts: [...changed.keys()],
          selects: (suite, chart) => isBroken(chart) || touched(suite, chart),
        });
      } else if (event.key === "q") return known.passed ? 0 : 1;
      else if (event.key === "a") await run();
      else if (event.key === "u") await run({ update: true });
      else if (event.key === "f") await run({ selects: ({ file, name }) => known.hasFailed(file, name) });
    }
  } finally {
    watcher.close();
  }
}

type WatchEvent =
  | { readonly kind: "change"; readonly paths: ReadonlySet<string> }
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "signal"; readonly status: number };

async function nextEvent(watcher: ChartWatcher, keys: Keys, signal: AbortSignal): Promise<WatchEvent> {
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);
  try {
    return await Promise.race([
      watcher.next(until).then((paths): WatchEvent =>
        signal.aborted
          ? { kind: "signal", status: (signal.reason as { exitCode?: number }).exitCode ?? 1 }
          : { kind: "change", paths }
      ),
      keys.next(until).then((key): WatchEvent => ({ kind: "key", key })),
    ]);
  } finally {
    stop.abort();
  }
}

/** Returns the changed files of each chart; a values file of all suites belongs to all charts. */
function changesByChart({ charts, values }: WatchJob, paths: ReadonlySet<string>): Map<string, Set<string>> {
  const isValues = (path: string) => values.some((file) => resolve(file) === path);
  const found = charts.map((chart): [string, Set<string>] => {
    const folder = resolve(chart);
    const own = [...paths].filter((path) => path === folder || path.startsWith(`${folder}${sep}`) || isValues(path));
    return [chart, new Set(own)];
  });
  return new Map(found.filter(([, own]) => own.size > 0));
}

/** The last result of each suite. */
class KnownResults {
  readonly #suites = new Map<string, { readonly file: string; readonly passed: boolean }>();
  /** Charts that could not be tested. */
  readonly brokenCharts = new Set<string>();

  add(report: UnittestReport): void {
    for (const { path, error, suites } of report.charts) {
      if (error === undefined) this.brokenCharts.delete(path);
      else this.brokenCharts.add(path);
      for (const { file, name, passed } of suites) this.#suites.set(`${file}\0${name}`, { file, passed });
    }
  }

  /** Forgets suites whose files changed: they run again, or are gone. */
  forget(paths: ReadonlySet<string>): void {
    for (const [key, { file }] of this.#suites) if (paths.has(resolve(file))) this.#suites.delete(key);
  }

  hasFailed(file: string, name: string): boolean {
    return this.#suites.get(`${file}\0${name}`)?.passed === false;
  }

  get passed(): boolean {
    return this.brokenCharts.size === 0 && [...this.#suites.values()].every(({ passed }) => passed);
  }
}

/** Single keys of a terminal. They are read without Enter only while the program waits for one. */
class Keys {
  readonly isTerminal = Deno.stdin.isTerminal();
  #reading: Promise<string> | undefined;

  /** Returns the next key; never when standard input is no terminal. */
  async next(signal: AbortSignal): Promise<string> {
    if (!this.isTerminal) return await new Promise<never>(() => {});
    Deno.stdin.setRaw(true, { cbreak: true });
    signal.addEventListener("abort", () => Deno.stdin.setRaw(false), { once: true });
    this.#reading ??= this.#read();
    const key = await this.#reading;
    this.#reading = undefined;
    return key;
  }

  async #read(): Promise<string> {
    const bytes = new Uint8Array(16);
    const count = await Deno.stdin.read(bytes);
    return new TextDecoder().decode(bytes.subarray(0, count ?? 0)).slice(0, 1) || "q";
  }
}

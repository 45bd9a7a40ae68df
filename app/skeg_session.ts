/**
 * The session behind `createSkeg`: the open cluster, the listeners for events, and charts prepared for operations.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import type { Cluster } from "../engine/kube/mod.ts";
import type { Chart } from "../engine/model/mod.ts";
import type { Environment, ReleaseEvent } from "../engine/release/mod.ts";
import type { CallOptions } from "./call_options.ts";
import type { Caller } from "./caller.ts";
import { scriptCaller } from "./skeg_caller.ts";
import { type ChartOptions, prepareChart, type PreparedChart } from "./skeg_prepare.ts";
import type { SkegOptions, WaitingOptions } from "./skeg_options.ts";
import { openSkegTarget, type SkegTarget } from "./skeg_target.ts";

/** The operations, and what they act on. */
export type SkegPlace = typeof import("../engine/release/mod.ts") & {
  readonly env: Environment;
  readonly cluster: Cluster;
};

/** The session of one `createSkeg`. Opens nothing until an operation begins. */
export class SkegSession {
  /** As given. */
  readonly options: SkegOptions;
  #opened: Promise<SkegTarget> | undefined;

  /** Takes the options of `createSkeg`. */
  constructor(options: SkegOptions) {
    this.options = options;
  }

  /** Loads the operations and opens what they act on. */
  async begin(given: CallOptions & WaitingOptions): Promise<SkegPlace> {
    const { signal } = given;
    const [operations, { environment, cluster }] = await unlessAborted(
      signal,
      () => Promise.all([import("../engine/release/mod.ts"), this.#target()]),
    );
    const env = { ...environment, report: this.reportTo(given), signal, waiting: waitingOf(given) };
    return { ...operations, cluster, env };
  }

  #target(): Promise<SkegTarget> {
    return this.#opened ??= openSkegTarget(this.options).catch((error) => {
      this.#opened = undefined; // the next call tries again
      throw error;
    });
  }

  /** Returns the listener of one call: it tells the session's, too. */
  reportTo(given: CallOptions): (event: ReleaseEvent) => void {
    return (event) => {
      this.options.onEvent?.(event);
      given.onEvent?.(event);
    };
  }

  /** Returns one call as the caller of functions that commands use too. */
  callerFor(given: CallOptions): Caller {
    return scriptCaller(this.options.home, given, this.reportTo(given));
  }

  /** Returns a chart and values as operations take them; with `allSubcharts`, before subcharts are enabled or disabled. */
  async prepare(chart: string | Chart, given: ChartOptions, allSubcharts = false): Promise<PreparedChart> {
    return await unlessAborted(given.signal, () => prepareChart(chart, given, this.callerFor(given), allSubcharts));
  }

  /** Returns the namespace that a chart is installed into. */
  namespaceFor({ namespace }: { readonly namespace?: string | undefined }, cluster: Cluster): string {
    return namespace ?? this.options.namespace ?? cluster.namespace;
  }

  /** Closes what was opened. A driver that the caller passed stays the caller's to close. */
  async close(): Promise<void> {
    const open = this.#opened;
    this.#opened = undefined;
    const found = await open?.catch(() => undefined);
    if (typeof (this.options.storage ?? "") === "string") await found?.environment.driver.close?.();
    await found?.cluster.close();
  }
}

/** Returns how an operation waits. */
function waitingOf(given: CallOptions & WaitingOptions): WaitingOptions {
  const { waitJobs, waitIgnore, waitRules, failFastSeconds, logLines } = given;
  return { waitJobs, waitIgnore, waitRules, failFastSeconds, logLines };
}

/** Runs `work`, and stops waiting for it when the signal fires. */
export async function unlessAborted<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (signal === undefined) return await work();
  const fault = (): SkegError =>
    signal.reason instanceof SkegError
      ? signal.reason
      : new SkegError("aborted", "the operation was cancelled", { cause: signal.reason });
  if (signal.aborted) throw fault();
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => stopped.reject(fault());
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work(), stopped.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

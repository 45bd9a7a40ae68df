/**
 * Runs the tasks of controllers, one per transaction, and notifies watchers.
 *
 * Tasks are rows in the store: when a process ends before they are done, the next one that opens
 * the file does them.
 *
 * @module
 */
import type { Machine } from "./machine.ts";
import type { Store } from "./store.ts";
import { isStoreFault } from "./store_fault.ts";
import type { Watchers } from "./watch.ts";

/** Interval at which the writes of other processes are looked for while there are watchers. */
const POLL_MS = 100;
/** Tasks due within this time are done early when the sandbox closes. */
const SOON_MS = 2000;
/** Tasks done before the rest of the process gets a turn. */
const BATCH = 20;
/** Pause before tasks are tried again when the state could not be written. */
const AGAIN_MS = 1000;
/** A task that always asks to be run again must not keep a closing sandbox open. */
const TASKS_MAX = 20_000;

/** Options of {@linkcode Pump}. */
export interface PumpOptions {
  /** True when other processes may write to the store. */
  readonly shared: boolean;
}

/** The loop that runs controllers and notifies watches. */
export class Pump implements Watchers {
  readonly #store: Store;
  readonly #shared: boolean;
  readonly #listeners = new Set<() => void>();
  #machine: Machine | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerDue = Infinity;
  #poll: ReturnType<typeof setInterval> | undefined;
  /** True while the listeners are about to be called. */
  #pending = false;
  /** The revision up to which the listeners were called. */
  #seen = 0;
  #stopped = false;

  constructor(store: Store, { shared }: PumpOptions) {
    this.#store = store;
    this.#shared = shared;
  }

  /** Calls `hear` after writes; returns the function that ends this. */
  add(hear: () => void): () => void {
    this.#listeners.add(hear);
    // Writes of this process call `wake`. Those of others show only in the version.
    if (this.#shared && this.#poll === undefined) {
      this.#seen = this.#store.revision();
      this.#poll = setInterval(() => {
        if (this.#store.revision() !== this.#seen) this.#notify();
      }, POLL_MS);
    }
    return () => {
      this.#listeners.delete(hear);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#poll);
      this.#poll = undefined;
    };
  }

  /** Called after a write: notifies watchers and starts due tasks. */
  wake(): void {
    this.#notifySoon();
    this.#schedule(0);
  }

  /** Begins to work. */
  start(machine: Machine): void {
    this.#machine = machine;
    const due = this.#store.nextDue();
    if (due !== undefined) this.#schedule(due);
  }

  /** Runs all tasks that are due within `soonMs`, without waiting for their time. */
  async settle(soonMs: number): Promise<void> {
    for (let n = 0; n < TASKS_MAX && this.#step(Date.now() + soonMs); n++) {
      if (n % BATCH === BATCH - 1) await Promise.resolve();
    }
  }

  /** Stops, after running the tasks that are due soon. */
  async stop(): Promise<void> {
    try {
      if (!this.#stopped) await this.settle(SOON_MS);
    } catch (error) {
      if (!isStoreFault(error)) throw error;
    }
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearInterval(this.#poll);
    this.#listeners.clear();
  }

  // The version is noted before watchers read, so that a write in between is found by the next
  // poll.
  #notify(): void {
    this.#pending = false;
    if (this.#stopped) return;
    this.#seen = this.#store.revision();
    for (const hear of [...this.#listeners]) hear();
  }

  // Watchers are called once for all writes of one turn, and never within a transaction.
  #notifySoon(): void {
    if (this.#pending || this.#listeners.size === 0) return;
    this.#pending = true;
    queueMicrotask(() => this.#notify());
  }

  #schedule(due: number): void {
    if (this.#stopped || due >= this.#timerDue) return;
    clearTimeout(this.#timer);
    this.#timerDue = due;
    // Timers count milliseconds in 32 bits; a later task is looked at again when the shorter timer
    // ends.
    this.#timer = setTimeout(() => this.#work(), Math.min(Math.max(due - Date.now(), 0), 2 ** 30));
  }

  #work(): void {
    this.#timer = undefined;
    this.#timerDue = Infinity;
    if (this.#stopped) return;
    // A batch, then a turn for requests: a long rollout must not hold up clients.
    try {
      for (let n = 0; n < BATCH && this.#step(Date.now()); n++);
      const next = this.#store.nextDue();
      if (next !== undefined) this.#schedule(Math.max(next, Date.now()));
    } catch (error) {
      if (!isStoreFault(error)) throw error;
      // Requests fail for the same reason, and say so. The tasks stay in the queue.
      this.#schedule(Date.now() + AGAIN_MS);
    }
  }

  /** Does one task; false when none was due at `now`. */
  #step(now: number): boolean {
    const machine = this.#machine;
    if (machine === undefined) return false;
    // Taking a task and doing it are one transaction: a process that dies in between leaves the
    // task in the queue.
    return this.#store.transaction(() => {
      const task = this.#store.take(now);
      if (task === undefined) return false;
      const controller = machine.controllers.find((c) => c.name === task.controller);
      const again = controller?.reconcile(machine, task.key);
      // Counted from the task's own time where that is later: `settle` runs tasks early, and must
      // not do so for ever.
      if (typeof again === "number") this.#store.owe({ ...task, due: Math.max(task.due, Date.now()) + again });
      return true;
    });
  }
}

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
import type { Watchers } from "./watch.ts";

/** The loop that runs controllers and notifies watches. */
export interface Pump {
  readonly watchers: Watchers;
  /** Called after a write: notifies watchers and starts due tasks. */
  wake(): void;
  /** Begins to work. */
  start(machine: Machine): void;
  /** Runs all tasks that are due within `soonMs`, without waiting for their time. */
  settle(soonMs: number): Promise<void>;
  /** Stops, after running the tasks that are due soon. */
  stop(): Promise<void>;
}

/** Interval at which the writes of other processes are looked for while there are watchers. */
const POLL_MS = 100;
/** Tasks due within this time are done early when the sandbox closes. */
const SOON_MS = 2000;
/** Tasks done before the rest of the process gets a turn. */
const BATCH = 20;
/** A task that always asks to be run again must not keep a closing sandbox open. */
const TASKS_MAX = 20_000;

/** Creates the pump of a store. `shared` says that other processes may write to it. */
export function createPump(store: Store, shared: boolean): Pump {
  // Long: all methods share the listeners, the timer and the running task.
  const listeners = new Set<() => void>();
  let machine: Machine | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerDue = Infinity;
  let poll: ReturnType<typeof setInterval> | undefined;
  let told = false;
  let seen = "";
  let stopped = false;

  // The version is noted before watchers read, so that a write in between is found by the next
  // poll.
  function tell(): void {
    told = false;
    if (stopped) return;
    seen = store.stamp();
    for (const hear of [...listeners]) hear();
  }
  // Watchers are called once for all writes of one turn, and never within a transaction.
  function tellSoon(): void {
    if (told || listeners.size === 0) return;
    told = true;
    queueMicrotask(tell);
  }
  function schedule(due: number): void {
    if (stopped || due >= timerDue) return;
    clearTimeout(timer);
    timerDue = due;
    // Timers count milliseconds in 32 bits; a later task is looked at again when the shorter timer
    // ends.
    timer = setTimeout(work, Math.min(Math.max(due - Date.now(), 0), 2 ** 30));
  }
  function work(): void {
    timer = undefined;
    timerDue = Infinity;
    if (stopped) return;
    // A batch, then a turn for requests: a long rollout must not hold up clients.
    for (let n = 0; n < BATCH && step(Date.now()); n++);
    const next = store.nextDue();
    if (next !== undefined) schedule(Math.max(next, Date.now()));
  }
  /** Does one task; false when none was due at `now`. */
  function step(now: number): boolean {
    const running = machine;
    if (running === undefined) return false;
    // Taking a task and doing it are one transaction: a process that dies in between leaves the
    // task in the queue.
    return store.transaction(() => {
      const task = store.take(now);
      if (task === undefined) return false;
      const controller = running.controllers.find((c) => c.name === task.controller);
      const again = controller?.reconcile(running, task.key);
      // Counted from the task's own time where that is later: `settle` runs tasks early, and must
      // not do so for ever.
      if (typeof again === "number") store.owe({ ...task, due: Math.max(task.due, Date.now()) + again });
      return true;
    });
  }
  async function settle(soonMs: number): Promise<void> {
    for (let n = 0; n < TASKS_MAX && step(Date.now() + soonMs); n++) {
      if (n % BATCH === BATCH - 1) await Promise.resolve();
    }
  }

  return {
    watchers: {
      add(hear) {
        listeners.add(hear);
        // Writes of this process call `wake`. Those of others show only in the version.
        if (shared && poll === undefined) {
          seen = store.stamp();
          poll = setInterval(() => {
            if (store.stamp() !== seen) tell();
          }, POLL_MS);
        }
        return () => {
          listeners.delete(hear);
          if (listeners.size === 0) {
            clearInterval(poll);
            poll = undefined;
          }
        };
      },
    },
    wake() {
      tellSoon();
      schedule(0);
    },
    start(given) {
      machine = given;
      const due = store.nextDue();
      if (due !== undefined) schedule(due);
    },
    settle,
    async stop() {
      if (!stopped) await settle(SOON_MS);
      stopped = true;
      clearTimeout(timer);
      clearInterval(poll);
      listeners.clear();
    },
  };
}

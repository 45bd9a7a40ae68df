/**
 * Runs what controllers owe, one task a transaction, and tells watchers.
 *
 * Tasks are rows in the store: when a process ends before they are done, the
 * next one that opens the file does them.
 *
 * @module
 */
import type { Machine } from "./machine.ts";
import type { Store } from "./store.ts";
import type { Watchers } from "./watch.ts";

/** The engine behind controllers and watches. */
export interface Pump {
  readonly watchers: Watchers;
  /** Says that something was written. */
  wake(): void;
  /** Begins to work. */
  start(machine: Machine): void;
  /** Does all tasks that are due within `soonMs`, without waiting for their time. */
  settle(soonMs: number): Promise<void>;
  /** Ends work, after all that is due soon. */
  stop(): Promise<void>;
}

/** How often another process's writes are looked for while somebody watches. */
const POLL_MS = 100;
/** Tasks due within this time are done early when the sandbox closes. */
const SOON_MS = 2000;
/** Tasks done before others get a turn. */
const BATCH = 20;
/** A task that calls for itself for ever must not keep a closing sandbox open. */
const TASKS_MAX = 20_000;

/** Makes the pump of a store. `shared` says that other processes may write. */
export function createPump(store: Store, shared: boolean): Pump {
  const listeners = new Set<() => void>();
  let machine: Machine | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerDue = Infinity;
  let poll: ReturnType<typeof setInterval> | undefined;
  let told = false;
  let seen = "";
  let stopped = false;

  function tell(): void {
    told = false;
    if (stopped) return;
    seen = store.stamp();
    for (const hear of [...listeners]) hear();
  }
  function tellSoon(): void {
    if (told || listeners.size === 0) return;
    told = true;
    queueMicrotask(tell);
  }
  function schedule(due: number): void {
    if (stopped || due >= timerDue) return;
    clearTimeout(timer);
    timerDue = due;
    timer = setTimeout(work, Math.min(Math.max(due - Date.now(), 0), 2 ** 30));
  }
  function work(): void {
    timer = undefined;
    timerDue = Infinity;
    if (stopped) return;
    for (let n = 0; n < BATCH && step(Date.now()); n++);
    const next = store.nextDue();
    if (next !== undefined) schedule(Math.max(next, Date.now()));
  }
  /** Does one task; false when none was due at `now`. */
  function step(now: number): boolean {
    const running = machine;
    if (running === undefined) return false;
    return store.transaction(() => {
      const task = store.take(now);
      if (task === undefined) return false;
      const controller = running.controllers.find((c) => c.name === task.controller);
      const again = controller?.reconcile(running, task.key);
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

/**
 * The state of a wait, made of its events: the objects that are not ready, and how many are.
 *
 * @module
 */
import type { KubeProgress } from "../../engine/kube/mod.ts";

/** The state of a wait, made of its events. */
export class WaitBoard {
  /** Objects that are waited for, by namespace and name, in the order of their first event. */
  readonly late = new Map<string, KubeProgress>();
  /** Namespace of all objects; empty when there are several. */
  namespace = "";
  /** 0 when it is not known, as in the wait for a hook. */
  total = 0;
  /** The time limit in seconds; 0: none. */
  timeoutSeconds = 0;
  /** When the wait began, in milliseconds. */
  startMs = 0;
  /** True while something is waited for. */
  isActive = false;

  /** Takes an event; returns false if it is not about a wait. */
  take(progress: KubeProgress, nowMs: number): boolean {
    const { verb } = progress;
    if (verb === "wait-note") return true;
    if (verb === "wait-start") {
      this.clear();
      this.#begin(nowMs - Math.max(0, Date.now() - (progress.since ?? Date.now())));
      this.namespace = progress.namespace;
      this.total = progress.total ?? 0;
      this.timeoutSeconds = progress.timeoutSeconds ?? 0;
      return true;
    }
    if (verb === "wait" || verb === "hook-wait") {
      if (!this.isActive) this.#begin(nowMs);
      this.late.set(keyOf(progress), progress);
      return true;
    }
    if (verb === "ready") {
      this.late.delete(keyOf(progress));
      return true;
    }
    return false;
  }

  /** The wait is over. */
  clear(): void {
    this.late.clear();
    this.isActive = false;
    [this.total, this.timeoutSeconds, this.namespace] = [0, 0, ""];
  }

  /** Returns `4 of 6 ready`; empty when the number of objects is not known. */
  get count(): string {
    return this.total === 0 ? "" : `${Math.max(0, this.total - this.late.size)} of ${this.total} ready`;
  }

  #begin(nowMs: number): void {
    this.isActive = true;
    this.startMs = nowMs;
  }
}

function keyOf({ namespace, object }: KubeProgress): string {
  return `${namespace}/${object}`;
}

/** Returns a duration such as `38 s` or `5 m 10 s`. */
export function durationText(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), Math.floor(seconds % 60)];
  if (minutes === 0) return `${rest} s`;
  return rest === 0 ? `${minutes} m` : `${minutes} m ${rest} s`;
}

/**
 * Notices that no tab is open any more.
 *
 * @module
 */

/** Looks this often, or more often for a short limit. */
const LOOK_MS = 15_000;

/** Counts requests; an open stream is one that lasts. */
export class Idle {
  readonly #limitMs: number;
  readonly #now: () => number;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #open = 0;
  #lastMs: number;

  /**
   * @param limitMs Time without a request; 0: there is no limit.
   * @param now Returns Unix milliseconds.
   * @param ended Called when the time is over.
   */
  constructor(limitMs: number, now: () => number, ended: () => void) {
    this.#limitMs = limitMs;
    this.#now = now;
    this.#lastMs = now();
    if (limitMs <= 0) return;
    this.#timer = setInterval(() => {
      if (this.#open === 0 && this.#now() - this.#lastMs >= this.#limitMs) ended();
    }, Math.min(LOOK_MS, limitMs));
  }

  /** Notes that a request begins; call the result when it has ended. */
  enter(): () => void {
    this.#open++;
    return () => {
      this.#open--;
      this.#lastMs = this.#now();
    };
  }

  /** Ends the timer. */
  stop(): void {
    clearInterval(this.#timer);
  }
}

/**
 * Turns of the event loop for work that waits for no I/O.
 *
 * @module
 */

/** Work may keep the event loop busy for so long, in milliseconds. */
const TURN_MS = 15;

/** Gives other work of the process its turn: timers, and requests that came in. */
export class Turns {
  #nextMs = performance.now() + TURN_MS;

  /** Lets the event loop turn once if this was last done more than 15 milliseconds ago. */
  async give(): Promise<void> {
    if (performance.now() < this.#nextMs) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#nextMs = performance.now() + TURN_MS;
  }
}

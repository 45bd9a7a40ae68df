/**
 * The lines of a log that are kept while it is followed.
 *
 * @module
 */
import { withoutAnsi } from "./ansi.js";

/** @typedef {import("../../app/ui/types.ts").LogLine} LogLine */
/** @typedef {LogLine & { readonly number: number }} KeptLine A line and its number, counted from 1 over the whole log. */

/** The most lines that are kept. */
export const KEPT_LINES = 10_000;

/** A log: the newest lines, up to {@link KEPT_LINES}. */
export class LogBuffer {
  /** @type {KeptLine[]} */
  #lines = [];
  #count = 0;

  /** Number of lines that came, those that are no longer kept included. */
  get count() {
    return this.#count;
  }

  /** Number of lines that are no longer kept. */
  get dropped() {
    return this.#count - this.#lines.length;
  }

  /**
   * Adds lines; the oldest ones go when there are too many.
   *
   * @param {readonly LogLine[]} lines
   */
  add(lines) {
    for (const line of lines) this.#lines.push({ ...line, number: ++this.#count });
    if (this.#lines.length > KEPT_LINES) this.#lines = this.#lines.slice(-KEPT_LINES);
  }

  /** Forgets all lines. */
  clear() {
    this.#lines = [];
    this.#count = 0;
  }

  /**
   * Returns the lines that contain a text, in any case; all when it is empty.
   *
   * @param {string} filter
   * @returns {readonly KeptLine[]}
   */
  matching(filter) {
    const wanted = filter.toLowerCase();
    return wanted === ""
      ? this.#lines.slice()
      : this.#lines.filter(({ text }) => withoutAnsi(text).toLowerCase().includes(wanted));
  }
}

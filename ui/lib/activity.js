/**
 * A journal of this tab, for the page "activity".
 *
 * @module
 */
import { signal } from "@preact/signals";

/** The most entries that are kept. */
const KEPT = 500;

/**
 * @typedef {object} Entry
 * @property {number} at Milliseconds since 1970.
 * @property {string} kind Such as `request`, `operation`, `record`.
 * @property {string} text
 * @property {string} [detail]
 * @property {boolean} [bad] True if something failed.
 */

/**
 * Newest first.
 *
 * @type {import("@preact/signals").Signal<readonly Entry[]>}
 */
export const activity = signal([]);

/**
 * Adds an entry.
 *
 * @param {Omit<Entry, "at">} entry
 */
export function note(entry) {
  activity.value = [{ at: Date.now(), ...entry }, ...activity.peek().slice(0, KEPT - 1)];
}

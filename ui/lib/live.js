/**
 * Results said aloud: a live region for screen readers, and a short line that everyone sees.
 *
 * @module
 */
import { signal } from "@preact/signals";

/** How long a line stays. */
const SEEN_MS = 4000;

/** The text of the live region. */
export const spoken = signal("");
/** A line that is also seen, such as "copied"; empty when there is none. */
export const seen = signal("");

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * Says a text to screen readers.
 *
 * @param {string} text
 */
export function say(text) {
  // The same text twice is said twice only if it differs.
  spoken.value = spoken.peek() === text ? `${text}\u00a0` : text;
}

/**
 * Says a text, and shows it for a moment.
 *
 * @param {string} text
 */
export function tell(text) {
  say(text);
  seen.value = text;
  clearTimeout(timer);
  timer = setTimeout(() => seen.value = "", SEEN_MS);
}

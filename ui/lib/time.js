/**
 * Times: relative to now, exact on demand.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { html } from "./h.js";

/** How often relative times are counted anew. */
const TICK_MS = 20_000;

/** Now, in seconds since 1970. */
export const now = signal(Date.now() / 1000);

/** Lets time pass. Called once. */
export function startClock() {
  setInterval(() => now.value = Date.now() / 1000, TICK_MS);
}

/** @type {readonly (readonly [number, string])[]} Seconds from which a unit is used. */
const UNITS = [[86400, "d"], [3600, "h"], [60, "min"]];

/**
 * Returns an age, such as `2 min`, `3 h` or `212 d`.
 *
 * @param {number} seconds
 * @returns {string}
 */
export function age(seconds) {
  if (seconds < 0) return "soon";
  for (const [size, unit] of UNITS) if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
  return `${Math.floor(seconds)} s`;
}

/**
 * Returns a time to the second, in the browser's zone, such as `2026-11-30 18:04:12`.
 *
 * @param {number} at Unix seconds.
 * @returns {string}
 */
export function exact(at) {
  const shifted = new Date((at - new Date(at * 1000).getTimezoneOffset() * 60) * 1000);
  return Number.isNaN(shifted.getTime()) ? "–" : shifted.toISOString().slice(0, 19).replace("T", " ");
}

/**
 * A time: relative, with the exact one as its title.
 *
 * @param {{ at: number | null | undefined, ago?: boolean, class?: string }} props `ago`: with the word "ago".
 */
export function Time({ at, ago = false, class: name }) {
  if (at === null || at === undefined) return html`<span class="none">–</span>`;
  const date = new Date(at * 1000);
  const text = age(Math.max(0, now.value - at));
  return html`
    <time
      class=${name}
      datetime=${Number.isNaN(date.getTime()) ? undefined : date.toISOString()}
      title=${exact(at)}
    >${text}${ago ? " ago" : ""}</time>
  `;
}

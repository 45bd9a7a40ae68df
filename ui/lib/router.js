/**
 * Addresses: every view has one that can be sent to a colleague.
 *
 * @module
 */
import { computed, signal } from "@preact/signals";
import { link } from "./paths.js";

export { link, matched } from "./paths.js";

/**
 * @typedef {object} Place
 * @property {string} path Such as `/r/prod/shop/web/history`, encoded.
 * @property {Readonly<Record<string, string>>} query Fields after `?`.
 */

/** @returns {Place} */
function here() {
  return { path: location.pathname, query: Object.fromEntries(new URLSearchParams(location.search)) };
}

/** Where the tab is. */
export const place = signal(here());

/** The field of the query, or an empty text. @param {string} name */
export const field = (name) => place.value.query[name] ?? "";

/** The whole address within the page. */
export const address = computed(() => {
  const { path, query } = place.value;
  return link(path, query);
});

/**
 * Goes to an address.
 *
 * @param {string} to From {@link link}.
 * @param {{ replace?: boolean }} [how] `replace`: instead of this entry of the history.
 */
export function go(to, { replace = false } = {}) {
  if (to === location.pathname + location.search) return;
  if (replace) history.replaceState(history.state, "", to);
  else history.pushState(null, "", to);
  place.value = here();
}

/**
 * Changes fields of the query, in this entry of the history.
 *
 * @param {Readonly<Record<string, string | number | undefined>>} fields
 */
export function setFields(fields) {
  const { path, query } = place.peek();
  go(link(path, { ...query, ...fields }), { replace: true });
}

/** Follows links and the browser's own buttons. Called once. */
export function startRouter() {
  addEventListener("popstate", () => place.value = here());
  document.addEventListener("click", (event) => {
    const target = event.target instanceof globalThis.Element ? event.target.closest("a[href]") : null;
    if (!(target instanceof HTMLAnchorElement) || !isPlain(event) || target.target !== "") return;
    if (target.origin !== location.origin || target.hash !== "" || target.hasAttribute("download")) return;
    event.preventDefault();
    go(target.pathname + target.search);
  });
}

/** @param {MouseEvent} event */
function isPlain(event) {
  return event.button === 0 && !event.defaultPrevented &&
    !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

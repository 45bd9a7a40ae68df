/**
 * Addresses: every view has one that can be sent to a colleague.
 *
 * @module
 */
import { computed, signal } from "@preact/signals";

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
 * Returns an address of the page.
 *
 * @param {string | readonly (string | number)[]} path Encoded; or its parts, not encoded.
 * @param {Readonly<Record<string, string | number | undefined>>} [query] Empty fields are left out.
 * @returns {string}
 */
export function link(path, query = {}) {
  const whole = typeof path === "string" ? path : `/${path.map(encodeURIComponent).join("/")}`;
  const fields = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [`${name}=${readable(String(value))}`]
  );
  return fields.length === 0 ? whole : `${whole}?${fields.join("&")}`;
}

/**
 * Encodes a field, but leaves what people read in a filter.
 *
 * @param {string} text
 */
function readable(text) {
  return encodeURIComponent(text).replace(/%(3A|2F|2C|40)/g, decodeURIComponent).replaceAll("%20", "+");
}

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

/**
 * Returns the named parts of a path that fits a pattern, decoded; `undefined` if it does not fit.
 *
 * @param {string} pattern Such as `/r/:ctx/:ns/:name`.
 * @param {string} path
 * @returns {Record<string, string> | undefined}
 */
export function matched(pattern, path) {
  const wanted = pattern.split("/");
  const given = path.length > 1 ? path.replace(/\/$/, "").split("/") : path.split("/");
  if (wanted.length !== given.length) return undefined;
  /** @type {Record<string, string>} */
  const parts = {};
  for (const [at, part] of wanted.entries()) {
    const text = given[at] ?? "";
    if (!part.startsWith(":")) {
      if (part !== text) return undefined;
      continue;
    }
    try {
      parts[part.slice(1)] = decodeURIComponent(text);
    } catch {
      return undefined;
    }
  }
  return parts;
}

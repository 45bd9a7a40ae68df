/**
 * The token, and the requests that the first page will make. This module is small and a script of its own, so that these
 * requests are on their way while the browser still reads the rest.
 *
 * It imports nothing. In the bundle it stays a file of its own (`tools/_page.ts`).
 *
 * @module
 */

/** The key of the token in `sessionStorage`. */
export const TOKEN_KEY = "skeg-token";
/** The path below which the API is. */
export const API_ROOT = "/api/v1";

/** @type {Map<string, Promise<Response>>} Answers to requests that were sent before anything asked for them, by path below {@link API_ROOT}. */
const sent = new Map();

/** The token of this tab; `undefined` when there is none. @type {Promise<string | undefined>} */
export const earlyToken = takeToken();

earlyToken.then((token) => {
  if (token !== undefined) { for (const path of firstPaths(location)) send(path, token); }
});

/**
 * Returns the path of a request: parts are encoded, and fields without a value are left out.
 *
 * @param {readonly (string | number)[]} parts Below {@link API_ROOT}.
 * @param {Readonly<Record<string, string | number | boolean | undefined>>} [query]
 * @returns {string}
 */
export function apiPath(parts, query = {}) {
  const fields = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [`${name}=${encodeURIComponent(value)}`]
  );
  return `/${parts.map(encodeURIComponent).join("/")}${fields.length === 0 ? "" : `?${fields.join("&")}`}`;
}

/**
 * Returns the path of the fleet's list.
 *
 * @param {{ ctx?: string, all?: string, revisions?: string }} fields Of the page's query.
 * @returns {string}
 */
export function fleetPath({ ctx, all, revisions }) {
  return apiPath(["releases"], { ctx, all: all || revisions, revisions });
}

/**
 * Returns the answer to a request that was sent early, once; `undefined` when there is none.
 *
 * @param {string} path Below {@link API_ROOT}.
 * @returns {Promise<Response> | undefined}
 */
export function takeEarly(path) {
  const found = sent.get(path);
  sent.delete(path);
  return found;
}

/**
 * Takes the token of this tab, or exchanges the start code of the fragment for one. The fragment is cleared first: it
 * must not stay in the history.
 *
 * @returns {Promise<string | undefined>}
 */
async function takeToken() {
  const code = /^#k=(.+)$/.exec(location.hash)?.[1];
  const known = sessionStorage.getItem(TOKEN_KEY) ?? undefined;
  if (code === undefined) return known;
  history.replaceState(history.state, "", location.pathname + location.search);
  try {
    const answer = await fetch("/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code }),
    });
    if (!answer.ok) return known;
    const { token } = await answer.json();
    sessionStorage.setItem(TOKEN_KEY, token);
    return token;
  } catch {
    // The server has ended; the page says that there is no session.
    return known;
  }
}

/**
 * The paths that a page asks for first.
 *
 * @param {Location} location
 * @returns {string[]}
 */
function firstPaths({ pathname, search }) {
  return pathname === "/" ? [fleetPath(Object.fromEntries(new URLSearchParams(search))), "/contexts"] : ["/contexts"];
}

/**
 * @param {string} path
 * @param {string} token
 */
function send(path, token) {
  const answer = fetch(API_ROOT + path, { headers: { authorization: `Bearer ${token}` } });
  // A failure is told to the page that takes the request.
  answer.catch(() => undefined);
  sent.set(path, answer);
}

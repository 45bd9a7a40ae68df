/**
 * The session of this tab: the start code of the address becomes a token.
 *
 * @module
 */
import { signal } from "@preact/signals";

const KEY = "skeg-token";

/**
 * - `starting`: the start code is being exchanged.
 * - `open`: there is a token.
 * - `none`: there is none, or the server refused it.
 *
 * @type {import("@preact/signals").Signal<"starting" | "open" | "none">}
 */
export const session = signal("starting");

/** @type {string | undefined} */
let token;

/** Returns the header of a request. */
export function authorization() {
  return token === undefined ? undefined : `Bearer ${token}`;
}

/** Forgets a token that the server refused. */
export function endSession() {
  token = undefined;
  sessionStorage.removeItem(KEY);
  session.value = "none";
}

/**
 * Takes the token of this tab, or exchanges the start code of the fragment for one. The fragment is cleared first: it
 * must not stay in the history.
 */
export async function startSession() {
  const code = /^#k=(.+)$/.exec(location.hash)?.[1];
  if (code !== undefined) history.replaceState(history.state, "", location.pathname + location.search);
  token = sessionStorage.getItem(KEY) ?? undefined;
  if (code !== undefined) await exchange(code);
  session.value = token === undefined ? "none" : "open";
}

/** @param {string} code */
async function exchange(code) {
  try {
    const answer = await fetch("/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code }),
    });
    if (!answer.ok) return;
    ({ token } = await answer.json());
    if (token !== undefined) sessionStorage.setItem(KEY, token);
  } catch {
    // The server has ended; the page says that there is no session.
  }
}

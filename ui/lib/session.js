/**
 * The session of this tab: its token, which was taken early.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { earlyToken, TOKEN_KEY } from "./early.js";

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
  sessionStorage.removeItem(TOKEN_KEY);
  session.value = "none";
}

/** Takes the token of this tab. */
export async function startSession() {
  token = await earlyToken;
  session.value = token === undefined ? "none" : "open";
}

/**
 * Keeps one line of the runtime off the terminal.
 *
 * @module
 */

/** The line begins so. */
const LEGACY = "Deno.serve: request.signal aborts on successful responses";

/**
 * Leaves out Deno's warning that the signal of a request fires after a success, too. Here that is meant: it ends the work of
 * a request either way. The warning comes once in the life of a process, and the flag against it would have to be
 * given at every start.
 */
export function withoutLegacyWarning(): void {
  const { console } = globalThis;
  const warn = console.warn.bind(console);
  console.warn = (...given: unknown[]): void => {
    if (typeof given[0] === "string" && given[0].startsWith(LEGACY)) console.warn = warn;
    else warn(...given);
  };
}

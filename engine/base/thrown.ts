/**
 * Facts about anything that was thrown.
 *
 * @module
 */

/** Returns the message of an error; of anything else, its text. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Returns the code that the system gives an error, such as `ENOENT`; `undefined` when it has none. */
export function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

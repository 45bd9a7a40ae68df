/**
 * Recorded cases for the tests of this room.
 *
 * @module
 */

/** Reads a file of cases from `testdata/yaml`. */
export function readCases<T>(name: string): T[] {
  const text = Deno.readTextFileSync(new URL(`../../../testdata/yaml/${name}`, import.meta.url));
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as T);
}

/** Returns the first few differences; a test compares this with an empty list. */
export function differences<T extends { readonly id: string }>(
  cases: readonly T[],
  check: (one: T) => { readonly got: string; readonly want: string },
): string[] {
  const found: string[] = [];
  for (const one of cases) {
    const { got, want } = check(one);
    if (got !== want) found.push(`${one.id}: want ${JSON.stringify(want)}, got ${JSON.stringify(got)}`);
  }
  return found.slice(0, 5);
}

/** The result of a call, or its error's message. */
export function outcome(run: () => string): string {
  try {
    return run();
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

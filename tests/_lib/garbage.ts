/**
 * Collections of garbage on demand, for tests of memory.
 *
 * @module
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collector: (() => void) | undefined;

/** Makes the runtime free what nothing refers to. */
export function collectGarbage(): void {
  if (collector === undefined) {
    setFlagsFromString("--expose-gc");
    // Only contexts that are made after the flag was set have the function.
    collector = runInNewContext("gc") as () => void;
  }
  collector();
}

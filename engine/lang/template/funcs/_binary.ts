/**
 * When strings must be searched as bytes. Text that is valid UTF-8 can be
 * searched as it is, because no character's bytes are part of another's; only
 * text that holds raw bytes needs the detour.
 *
 * @module
 */

export { fromBinary, toBinary } from "../../golang/mod.ts";

/** True when none of the texts holds raw bytes, so that they can be searched as JavaScript strings. */
export function areSearchable(...texts: readonly string[]): boolean {
  return texts.every((text) => text.isWellFormed());
}

/**
 * New maps.
 *
 * @module
 */

import type { GoMap } from "../golang/mod.ts";

/** Returns a map that is quick to fill: unlike the result of `Object.create(null)` it does not begin as a hash table. */
export function emptyMap(): GoMap {
  return Object.setPrototypeOf({}, null) as GoMap;
}

/**
 * Maps that forget what was not used for the longest time.
 *
 * @module
 */

/**
 * Puts a value into a map as its newest, and removes the oldest ones beyond `max`.
 *
 * @template V
 * @param {Map<string, V>} map
 * @param {string} key
 * @param {V} value
 * @param {number} max
 * @returns {V} `value`.
 */
export function keep(map, key, value, max) {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) if (map.size > max) map.delete(oldest);
  return value;
}

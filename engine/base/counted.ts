/**
 * Numbers with their nouns.
 *
 * @module
 */

/** Returns a number with its noun, such as `1 object` or `2 objects`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

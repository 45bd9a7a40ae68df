/**
 * Work on many items with a limit.
 *
 * @module
 */

/**
 * Calls `work` for every item, for at most `limit` of them at a time; items are begun in order. After an error, calls that
 * have begun go on, and the error is thrown at once.
 *
 * @param work Called with an item and its index.
 */
export async function inPool<T>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}

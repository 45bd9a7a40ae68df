/**
 * A queue between callbacks and a stream.
 *
 * @module
 */

/** Items that come at any time, read one by one. */
export class Queue<T> {
  readonly #items: T[] = [];
  #wake = Promise.withResolvers<void>();
  #end: { readonly error?: unknown } | undefined;

  /** Adds an item. */
  push(item: T): void {
    this.#items.push(item);
    this.#wake.resolve();
  }

  /** Ends the queue: after the items that are in it. With an error, reading then fails with it. */
  end(end: { readonly error?: unknown } = {}): void {
    this.#end ??= end;
    this.#wake.resolve();
  }

  /** Yields the items in their order, as they come. */
  async *read(): AsyncGenerator<T> {
    for (;;) {
      for (let item = this.#items.shift(); item !== undefined; item = this.#items.shift()) yield item;
      if (this.#end !== undefined) {
        if ("error" in this.#end) throw this.#end.error;
        return;
      }
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }
}

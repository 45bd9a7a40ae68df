/**
 * Finds collections that hold themselves while they are written.
 *
 * @module
 */

/**
 * Looks for a cycle among the collections that are open.
 *
 * Each value is compared with one collection only. That one is replaced whenever the depth has
 * doubled, which finds every cycle (Brent's algorithm).
 */
export class CycleCheck {
  /** A collection that is open, and how many levels were open when it was begun. */
  #outer: { readonly value: unknown; readonly depth: number } = { value: undefined, depth: 0 };

  /**
   * Throws a `RangeError` for a collection that holds itself. Helm 2 ends there with a full stack; the
   * text would take all memory first.
   *
   * @param value The collection that is about to be opened, by its identity.
   * @param depth Number of collections that are open.
   */
  check(value: unknown, depth: number): void {
    const isOpen = this.#outer.depth < depth;
    if (isOpen && value === this.#outer.value) {
      throw new RangeError("a map or list that holds itself cannot be written");
    }
    if (!isOpen || depth >= 2 * this.#outer.depth) this.#outer = { value, depth };
  }
}

/**
 * The activity of a server: operations, events, and requests that failed.
 *
 * @module
 */
import type { ActivityAnswer, ActivityEntry } from "./types.ts";

/** Older entries are forgotten. */
const ENTRIES_MAX = 1000;

/** The entries of one server, and their listeners. */
export class Activity {
  readonly #now: () => number;
  readonly #entries: ActivityEntry[] = [];
  readonly #listeners = new Set<(entry: ActivityEntry) => void>();
  #id = 0;
  #running = 0;
  #requests = 0;

  /** @param now Returns Unix milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Adds an entry. */
  add(entry: Pick<ActivityEntry, "kind" | "ctx" | "text"> & Partial<Pick<ActivityEntry, "ms" | "ok">>): void {
    const added = { ms: null, ok: true, ...entry, id: ++this.#id, at: this.#now() / 1000 };
    this.#entries.push(added);
    if (this.#entries.length > ENTRIES_MAX) this.#entries.shift();
    for (const listener of this.#listeners) listener(added);
  }

  /** Counts a request to a cluster that begins; call the result when it has ended. */
  begin(): () => void {
    this.#running++;
    this.#requests++;
    return () => void this.#running--;
  }

  /** Calls a listener with every new entry, until the returned function is called. */
  listen(listener: (entry: ActivityEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Returns everything, the newest first. */
  answer(): ActivityAnswer {
    return { entries: this.#entries.toReversed(), running: this.#running, requests: this.#requests };
  }
}

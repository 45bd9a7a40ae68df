/**
 * The releases of one cluster, followed by one watch for all tabs: while it runs, a list of them costs the cluster nothing.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { FollowedHeads, KnownOutline, ReleaseOutlines } from "../../engine/release/mod.ts";
import type { Skeg } from "../skeg_options.ts";
import { untilAborted } from "./until_aborted.ts";

/** After a failure the watch begins again after this time. */
const RETRY_MS = 5000;
/** The watch goes on for this time after the last tab was closed: a page that is loaded again finds it. */
const LINGER_MS = 30_000;

/** Receives what changed: names of releases; `undefined` when the watch broke off, so that anything may have changed. */
export type FleetListener = (releases: ReadonlySet<string> | undefined) => void;

/** How releases are read. */
export interface FleetReading {
  /** If true, every revision; default: the newest of each release. */
  readonly revisions?: boolean | undefined;
  /** If true, the cluster is asked whatever is known. */
  readonly isFresh?: boolean | undefined;
  readonly signal: AbortSignal;
}

/** The calls of the library that are needed here. */
export type FleetSource = Pick<Skeg, "follow" | "outlines">;

/** Follows the records of a cluster while something holds it. */
export class FollowedFleet {
  readonly #skeg: FleetSource;
  readonly #lingerMs: number;
  #lingering: ReturnType<typeof setTimeout> | undefined;
  /** Outlines of records that were read, by key. */
  readonly #known = new Map<string, KnownOutline>();
  readonly #listeners = new Set<FleetListener>();
  #holds = 0;
  #stop: AbortController | undefined;
  /** Resolves when the heads were read, or could not be. */
  #begun = Promise.withResolvers<void>();
  #heads: FollowedHeads["heads"];
  /** The newest revision of each release, from the heads. */
  #newest: ReadonlyMap<string, number> | undefined;
  /** Outlines of the heads, by the option `revisions`. */
  readonly #made = new Map<boolean, Promise<ReleaseOutlines>>();

  /**
   * Follows nothing yet.
   *
   * @param lingerMs Time for which the records are followed after the last hold has ended.
   */
  constructor(skeg: FleetSource, lingerMs: number = LINGER_MS) {
    this.#skeg = skeg;
    this.#lingerMs = lingerMs;
  }

  /** Follows the records until the result is called, once for each call of this. */
  hold(): () => void {
    clearTimeout(this.#lingering);
    this.#holds++;
    if (this.#stop === undefined) this.#begin();
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      if (--this.#holds > 0 || this.#stop === undefined) return;
      this.#lingering = setTimeout(() => this.close(), this.#lingerMs);
    };
  }

  /** Ends the watch at once. */
  close(): void {
    clearTimeout(this.#lingering);
    this.#stop?.abort();
    this.#stop = undefined;
    this.#forget();
  }

  /** Calls a listener after every change while the records are followed, until the result is called. */
  listen(listener: FleetListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Returns the newest revision of each release, or all. While the records are followed, only new ones are read. */
  async outlines({ revisions = false, isFresh = false, signal }: FleetReading): Promise<ReleaseOutlines> {
    if (!isFresh && this.#stop !== undefined) {
      const made = await this.#followed(revisions, signal);
      if (made !== undefined) return made;
    }
    return await this.#skeg.outlines({ revisions, known: this.#known, signal });
  }

  /** Returns the newest revision of a release; `undefined` when its records are not followed. */
  newestRevision(name: string): number | undefined {
    return (this.#newest ??= newestOf(this.#heads ?? [])).get(name);
  }

  /** Returns outlines of the heads that are followed; `undefined` when there are none to be trusted. */
  async #followed(revisions: boolean, signal: AbortSignal): Promise<ReleaseOutlines | undefined> {
    await untilAborted(this.#begun.promise, signal);
    const [heads, stop] = [this.#heads, this.#stop];
    if (heads === undefined || stop === undefined) return undefined;
    let made = this.#made.get(revisions);
    if (made === undefined) {
      made = this.#skeg.outlines({ revisions, known: this.#known, heads, signal: stop.signal });
      this.#made.set(revisions, made);
      // A failure may pass: the next request reads again.
      made.catch(() => this.#made.get(revisions) === made && this.#made.delete(revisions));
    }
    return await untilAborted(made, signal);
  }

  #begin(): void {
    const stop = this.#stop = new AbortController();
    this.#begun = Promise.withResolvers();
    this.#run(stop.signal).catch(() => {}).finally(() => stop.signal.aborted || this.#forget());
  }

  /** Trusts nothing that was followed, and lets those who wait read by themselves. */
  #forget(): void {
    this.#trust(undefined);
  }

  /** Takes heads for all that was made of earlier ones; `undefined`: there are none to be trusted. */
  #trust(heads: FollowedHeads["heads"]): void {
    this.#heads = heads;
    this.#newest = undefined;
    this.#made.clear();
    this.#begun.resolve();
  }

  /** Follows the records. A watch that ends is begun again. */
  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const state of this.#skeg.follow({ signal })) if (!signal.aborted) this.#take(state);
      } catch (error) {
        if (signal.aborted || !(error instanceof SkegError)) throw error;
      }
      if (signal.aborted) return;
      this.#forget();
      await pause(signal);
      if (!signal.aborted) this.#tell(undefined);
    }
  }

  #take({ heads, releases, problem }: FollowedHeads): void {
    // Without a watch, the heads are older than what a list would give.
    this.#trust(problem === "" ? heads : undefined);
    if (releases.size > 0) this.#tell(releases);
  }

  #tell(releases: ReadonlySet<string> | undefined): void {
    for (const listener of this.#listeners) listener(releases);
  }
}

function newestOf(heads: NonNullable<FollowedHeads["heads"]>): Map<string, number> {
  const newest = new Map<string, number>();
  for (const { name, revision } of heads) if (revision > (newest.get(name) ?? 0)) newest.set(name, revision);
  return newest;
}

async function pause(signal: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, RETRY_MS);
  signal.addEventListener("abort", () => over.resolve(), { once: true });
  await over.promise;
  clearTimeout(timer);
}

/**
 * Tells which files of charts changed while their tests are watched.
 *
 * @module
 */
import { readFileSync, statSync } from "node:fs";
import { basename, dirname, relative, resolve, sep } from "node:path";
import { findFiles } from "./unittest_files.ts";

/** Changes that come within this time, in milliseconds, are one change: editors write a file in several steps. */
const QUIET_MS = 50;

/** Options of {@linkcode ChartWatcher}. */
export interface WatchedPaths {
  /** Folders or archives of charts. */
  readonly charts: readonly string[];
  /** Other files that tests read. */
  readonly files: readonly string[];
  /** Files and folders that runs write: their changes do not count. */
  readonly written: readonly string[];
}

/** Collects changes of charts and other files until they are asked for. */
export class ChartWatcher {
  readonly #watched: WatchedPaths;
  readonly #watchers: readonly Deno.FsWatcher[];
  readonly #changed = new Set<string>();
  #snapshots = new Map<string, string>();
  #last = 0;
  #wake: (() => void) | undefined;

  /** Begins to watch. */
  constructor(watched: WatchedPaths) {
    this.#watched = { ...watched, written: watched.written.map((path) => resolve(path)) };
    const charts = watched.charts.filter(isFolder).map((path) => resolve(path));
    // An editor that replaces a file ends the watch of the file, not that of its folder.
    const files = [...watched.files, ...watched.charts.filter((path) => !isFolder(path))];
    const folders = [...new Set(files.map((path) => dirname(resolve(path))))].filter(isFolder);
    this.#watchers = [
      ...charts.length > 0 ? [Deno.watchFs(charts, { recursive: true })] : [],
      ...folders.length > 0 ? [Deno.watchFs(folders, { recursive: false })] : [],
    ];
    for (const watcher of this.#watchers) void this.#collect(watcher);
  }

  async #collect(watcher: Deno.FsWatcher): Promise<void> {
    for await (const { kind, paths } of watcher) {
      if (kind === "access") continue;
      for (const path of paths.map((each) => resolve(each))) {
        if (!this.#counts(path)) continue;
        this.#changed.add(path);
        this.#last = performance.now();
        this.#wake?.();
      }
    }
  }

  /** True for a file that tests may read. */
  #counts(path: string): boolean {
    const { charts, files, written } = this.#watched;
    if (written.some((each) => isIn(path, each))) return false;
    if (files.some((file) => resolve(file) === path)) return true;
    const chart = charts.find((each) => isIn(path, resolve(each)));
    if (chart === undefined) return false;
    const parts = relative(resolve(chart), path).split(sep);
    // Folders such as .git, and copies that editors make.
    return !parts.some((part) => /^\.(?!helmignore$)/.test(part)) && !/~$|^4913$|^#.*#$/.test(basename(path)) &&
      !isFolder(path);
  }

  /** Notes the snapshots as they are now: what a run wrote is no change. */
  settle(): void {
    this.#snapshots = new Map(
      this.#watched.charts.flatMap((chart) => findFiles(chart, ["**/__snapshot__/*"]))
        .map((path) => [resolve(path), textOf(path) ?? ""]),
    );
  }

  /** Returns the next changed files, as absolute paths; none when `signal` fires first. */
  async next(signal: AbortSignal): Promise<ReadonlySet<string>> {
    while (!signal.aborted) {
      const wait = this.#changed.size === 0 ? undefined : this.#last + QUIET_MS - performance.now();
      if (wait !== undefined && wait <= 0) {
        const isOwn = (path: string) => this.#snapshots.has(path) && this.#snapshots.get(path) === textOf(path);
        const changed = new Set([...this.#changed].filter((path) => !isOwn(path)));
        this.#changed.clear();
        if (changed.size > 0) return changed;
        continue;
      }
      await this.#sleep(wait, signal);
    }
    return new Set();
  }

  #sleep(waitMs: number | undefined, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = waitMs === undefined ? undefined : setTimeout(() => done(), waitMs);
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        this.#wake = undefined;
        resolve();
      };
      // A change during a wait for quiet only makes the wait longer.
      if (waitMs === undefined) this.#wake = done;
      signal.addEventListener("abort", done, { once: true });
    });
  }

  /** Ends watching. */
  close(): void {
    for (const watcher of this.#watchers) watcher.close();
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}${sep}`);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

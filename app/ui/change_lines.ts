/**
 * Changes as they come: rows of releases, and entries of the activity.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { UiCall } from "./call.ts";
import type { UiCluster } from "./clusters.ts";
import { Queue } from "./queue.ts";
import { RELEASE_COLUMNS, rowOf } from "./release_rows.ts";
import type { StreamLine } from "./types.ts";

/** A quiet stream says so often that it is alive. */
const ALIVE_MS = 20_000;
/** After a failure the watch of a context begins again after this time. */
const RETRY_MS = 5000;

/** Yields changes until the client goes away. */
export async function* changeLines(call: UiCall, topics: ReadonlySet<string>): AsyncGenerator<StreamLine> {
  const { ui, query, signal } = call;
  const changes = new Queue<StreamLine>();
  const push = (line: StreamLine): void => changes.push(line);
  const stop = (): void => changes.end();
  const quiet = setInterval(() => push({ topic: "alive" }), ALIVE_MS);
  const unlisten = topics.has("activity")
    ? ui.activity.listen((entry) => push({ topic: "activity", entry }))
    : () => {};
  signal.addEventListener("abort", stop, { once: true });
  try {
    yield { topic: "hello", columns: RELEASE_COLUMNS, contexts: ui.options.contexts.map(({ name }) => name) };
    if (topics.has("releases")) {
      for (const cluster of ui.clusters.all(query.get("ctx"))) follow(cluster, signal, push).catch(() => {});
    }
    yield* changes.read();
  } finally {
    clearInterval(quiet);
    unlisten();
    signal.removeEventListener("abort", stop);
  }
}

/** Pushes the changes of one context. A watch that ends is begun again. */
async function follow(cluster: UiCluster, signal: AbortSignal, push: (line: StreamLine) => void): Promise<void> {
  const { name: ctx, skeg } = cluster;
  while (!signal.aborted) {
    try {
      for await (const { releases } of skeg.watch({ signal })) await pushRows(cluster, releases, signal, push);
    } catch (error) {
      if (signal.aborted || !(error instanceof SkegError)) throw error;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, RETRY_MS);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      }, { once: true });
    });
    if (!signal.aborted) push({ topic: "reload", ctx });
  }
}

/** Pushes the newest rows of releases, or that they are gone. */
async function pushRows(
  cluster: UiCluster,
  changed: ReadonlySet<string>,
  signal: AbortSignal,
  push: (line: StreamLine) => void,
): Promise<void> {
  if (changed.size === 0) return;
  const { name: ctx, skeg, known, health } = cluster;
  const { revisions } = await skeg.outlines({ known, signal });
  const byName = new Map(revisions.map((one) => [one.head.name, one]));
  for (const name of changed) {
    health.delete(name);
    const newest = byName.get(name);
    push(
      newest === undefined
        ? { topic: "gone", ctx, name }
        : { topic: "release", ctx, name, row: rowOf(cluster, newest) },
    );
  }
}

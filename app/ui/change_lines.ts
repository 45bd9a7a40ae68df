/**
 * Changes as they come: rows of releases, the objects of a release, and entries of the activity.
 *
 * @module
 */
import { clusterOf, type UiCall } from "./call.ts";
import type { UiCluster } from "./clusters.ts";
import { wholeNumber } from "./fields.ts";
import { Queue } from "./queue.ts";
import { RELEASE_COLUMNS, rowOf } from "./release_rows.ts";
import { followedAnswers } from "./resources_answer.ts";
import type { StreamLine } from "./types.ts";

/** A quiet stream says so often that it is alive. */
const ALIVE_MS = 20_000;

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
  const ends: (() => void)[] = [];
  try {
    yield { topic: "hello", columns: RELEASE_COLUMNS, contexts: ui.options.contexts.map(({ name }) => name) };
    if (topics.has("releases")) {
      for (const cluster of ui.clusters.all(query.get("ctx"))) ends.push(follow(cluster, signal, push));
    }
    if (topics.has("objects")) pushObjects(call, changes);
    yield* changes.read();
  } finally {
    clearInterval(quiet);
    unlisten();
    for (const end of ends) end();
    signal.removeEventListener("abort", stop);
  }
}

/** Pushes the changes of one context until the result is called. */
function follow(cluster: UiCluster, signal: AbortSignal, push: (line: StreamLine) => void): () => void {
  const { name: ctx, fleet } = cluster;
  const unlisten = fleet.listen((releases) => {
    if (releases === undefined) push({ topic: "reload", ctx });
    else pushRows(cluster, releases, signal, push).catch(() => signal.aborted || push({ topic: "reload", ctx }));
  });
  const release = fleet.hold();
  return () => {
    unlisten();
    release();
  };
}

/** Pushes the objects of the release that the query names, and each change of them. A failure ends the stream. */
function pushObjects(call: UiCall, changes: Queue<StreamLine>): void {
  const { query, signal } = call;
  const cluster = clusterOf(call);
  const name = query.get("release") ?? "";
  const revision = wholeNumber(query.get("revision"), "revision", 1);
  const run = async (): Promise<void> => {
    for await (const resources of followedAnswers(call, cluster, name, revision)) {
      changes.push({ topic: "objects", ctx: cluster.name, name, resources });
    }
  };
  run().catch((error) => signal.aborted || changes.end({ error }));
}

/** Pushes the newest rows of releases, or that they are gone. */
async function pushRows(
  cluster: UiCluster,
  changed: ReadonlySet<string>,
  signal: AbortSignal,
  push: (line: StreamLine) => void,
): Promise<void> {
  const { name: ctx, fleet, health } = cluster;
  for (const name of changed) health.delete(name);
  const { revisions } = await fleet.outlines({ signal });
  const byName = new Map(revisions.map((one) => [one.head.name, one]));
  for (const name of changed) {
    const newest = byName.get(name);
    push(
      newest === undefined
        ? { topic: "gone", ctx, name }
        : { topic: "release", ctx, name, row: rowOf(cluster, newest) },
    );
  }
}

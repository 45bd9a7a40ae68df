/**
 * A list that is kept up to date: its objects, then every change.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";
import type { ApiResource, KubeCallOptions, Transport } from "./types.ts";

/** The objects that are followed. */
export interface FollowQuery extends KubeCallOptions {
  /** Their resource. */
  readonly resource: ApiResource;
  /** Empty for cluster-scoped resources. */
  readonly namespace: string;
  /** Selects objects by labels; default: all. */
  readonly labelSelector?: string | undefined;
}

/** The state of a list after a change. */
export interface FollowedList {
  /** All objects, by `NAMESPACE/NAME`: their metadata alone. */
  readonly objects: ReadonlyMap<string, KubeObject>;
  /** False while the list could not be read yet: `objects` is empty then, and says nothing. */
  readonly isRead: boolean;
  /** Why the list cannot be read, or not be watched; empty when it can. */
  readonly problem: string;
}

/** Changes that come together are told together. */
const SETTLE_MS = 50;

/**
 * Yields the metadata of a resource's objects, first as they are, then after every change, until the signal fires or the
 * server refuses the list for good. A watch that breaks is begun again. Without the right to watch, lists every two seconds.
 */
export async function* followMetadata(transport: Transport, given: FollowQuery): AsyncGenerator<FollowedList> {
  const { resource, namespace, labelSelector, signal } = given;
  const { Feed } = await import("./wait/feed.ts");
  let problem = "";
  let wake = Promise.withResolvers<void>();
  const stop = (): void => wake.resolve();
  const feed = new Feed(transport, { resource, namespace, labelSelector, isMetadata: true }, {
    changed: () => wake.resolve(),
    restricted: (text) => problem = text,
    troubled: () => wake.resolve(),
  });
  signal?.addEventListener("abort", stop, { once: true });
  try {
    feed.follow();
    for (;;) {
      await wake.promise;
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      wake = Promise.withResolvers<void>();
      if (signal?.aborted === true) return;
      if (feed.refusal !== undefined) {
        yield { objects: new Map(), isRead: false, problem: feed.refusal.message };
        return;
      }
      const trouble = feed.trouble instanceof Error ? feed.trouble.message : "";
      if (feed.isRead) yield { objects: new Map(feed.objects), isRead: true, problem: problem || trouble };
      else if (trouble !== "") yield { objects: new Map(), isRead: false, problem: trouble };
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    await feed.pause();
  }
}

/**
 * The objects of one list, kept up to date by one watch.
 *
 * A feed that may not watch lists every two seconds, and one that may not list reads its objects one by one. A watch
 * that ends or breaks goes on from its last position; when the server no longer has that, the list is read again.
 *
 * @module
 */
import { KubeError } from "../../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { sleep } from "../abort.ts";
import { isNotFound, isTransient, send, statusError } from "../call.ts";
import { asList, asText } from "../json.ts";
import { getObject, listObjects } from "../object_calls.ts";
import { collectionPath, query } from "../paths.ts";
import { concurrently } from "../runs.ts";
import type { ApiResource, Transport } from "../types.ts";
import { events, isChange, outcome } from "../watch.ts";

/** Pause before a watch is opened again; it doubles up to {@linkcode REWATCH_MAX_MS} while that fails. */
const REWATCH_MS = 1000;
const REWATCH_MAX_MS = 10_000;
/** Default pause between two reads where watching is not allowed. */
const POLL_MS = 2000;
/** The server ends a watch after this time, so that a connection that died silently is noticed. */
const WATCH_SECONDS = 290;
const METADATA = "application/json;as=PartialObjectMetadata";
const VERSION = ";g=meta.k8s.io;v=v1,application/json";

/** The objects that a feed reads. */
export interface FeedQuery {
  readonly resource: ApiResource;
  /** Empty for cluster-scoped resources. */
  readonly namespace: string;
  readonly labelSelector?: string | undefined;
  /** The names that matter: a single one is selected, and without the right to list each is read by itself. */
  readonly names?: readonly string[] | undefined;
  /** If true, only metadata is read: for kinds without a rule, such as Secrets. */
  readonly isMetadata?: boolean | undefined;
}

/** Callbacks of a {@linkcode Feed}. */
export interface FeedListener {
  /** Called after every change. */
  readonly changed: () => void;
  /**
   * Called once when a right is missing, with a sentence for the user. Without the right to watch, everything is read all
   * the same.
   */
  readonly restricted: (text: string, right: "list" | "watch") => void;
  /** Called after every failure that may pass. */
  readonly troubled?: (() => void) | undefined;
}

/** One list and its watch. */
export class Feed {
  /** By {@linkcode feedKey}. */
  readonly objects: Map<string, KubeObject> = new Map();
  /** The objects that it reads. */
  readonly query: FeedQuery;
  /** True once it was read. */
  isRead = false;
  /** When it was last read as a whole, by `performance.now()`. */
  readAtMs = -Infinity;
  /** The last failure that may pass; `undefined` after a success. */
  trouble: unknown;
  /** The refusal that keeps it from reading; `undefined` when it can. */
  refusal: KubeError | undefined;
  readonly #transport: Transport;
  readonly #listener: FeedListener;
  readonly #pollMs: number;
  #position = "";
  #mode: "watch" | "list" | "get" = "watch";
  #loop: { readonly control: AbortController; readonly done: Promise<void> } | undefined;

  constructor(transport: Transport, given: FeedQuery, listener: FeedListener, pollMs: number = POLL_MS) {
    this.#transport = transport;
    this.query = given;
    this.#listener = listener;
    this.#pollMs = pollMs;
  }

  /**
   * Reads everything afresh. A failure that may pass is kept in `trouble`, a missing right in `refusal`.
   *
   * @throws SkegError when the signal fires.
   */
  async read(signal?: AbortSignal): Promise<void> {
    try {
      if (this.#mode === "get") await this.#get(signal);
      else await this.#list(signal);
      this.#done();
    } catch (error) {
      if (signal?.aborted || !(error instanceof KubeError)) throw error;
      if (error.kind === "aborted") throw error;
      if (isTransient(error)) this.trouble = error;
      else if (this.#mode !== "get" && error.status === 403 && this.query.names !== undefined) {
        this.#mode = "get";
        this.#listener.restricted(
          `${this.#what()} may not be listed, so each is read by itself every ${this.#pollMs / 1000} s`,
          "list",
        );
        await this.read(signal);
      } else this.refusal = error;
    }
  }

  /** Keeps the objects up to date until {@linkcode pause}. Goes on from the last read. */
  follow(): void {
    if (this.#loop !== undefined || this.refusal !== undefined) return;
    const control = new AbortController();
    this.#loop = { control, done: this.#follow(control.signal).catch(() => {}) };
  }

  /** Ends the watch; the objects stay as they are. */
  async pause(): Promise<void> {
    const loop = this.#loop;
    this.#loop = undefined;
    loop?.control.abort();
    await loop?.done;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    let pauseMs = REWATCH_MS;
    while (this.refusal === undefined) {
      try {
        if (!this.isRead || this.#position === "" || this.#mode !== "watch") {
          if (this.isRead && this.#mode !== "watch") await sleep(this.#pollMs, signal);
          await this.read(signal);
          if (this.trouble !== undefined) throw this.trouble;
        }
        if (this.#mode === "watch") await this.#watch(signal);
        pauseMs = REWATCH_MS;
      } catch (error) {
        if (signal.aborted) return;
        const kind = outcome(error);
        if (kind === "stale") this.#position = "";
        else if (kind === "fatal") this.#mayNotWatch(error);
        else this.trouble = error;
        if (this.trouble !== undefined) this.#listener.troubled?.();
        await sleep(pauseMs, signal);
        pauseMs = Math.min(REWATCH_MAX_MS, pauseMs * 2);
      }
    }
    this.#listener.changed();
  }

  #mayNotWatch(error: unknown): void {
    if (error instanceof KubeError && [403, 405].includes(error.status)) {
      this.#mode = "list";
      this.#listener.restricted(
        `${this.#what()} may not be watched, so they are listed every ${this.#pollMs / 1000} s`,
        "watch",
      );
    } else this.#position = ""; // an unexpected answer: read everything again
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { resource, namespace, isMetadata } = this.query;
    const path = collectionPath(resource, namespace) + query({
      ...this.#selectors(),
      resourceVersion: this.#position,
      watch: "true",
      allowWatchBookmarks: "true",
      timeoutSeconds: String(WATCH_SECONDS),
    });
    const accept = isMetadata ? METADATA + VERSION : undefined;
    // The server ends the watch earlier; a dead connection never would.
    const stuck = AbortSignal.timeout((WATCH_SECONDS + 30) * 1000);
    const response = await send(this.#transport, {
      method: "GET",
      path,
      accept,
      signal: AbortSignal.any([signal, stuck]),
    });
    this.trouble = undefined;
    for await (const event of events(response)) {
      if (event.type === "ERROR") throw statusError(event.object, 500);
      this.#position = asText(event.object.metadata?.resourceVersion) || this.#position;
      if (!isChange(event)) continue;
      if (event.type === "DELETED") this.objects.delete(this.#keyOf(event.object));
      else this.#keep(event.object);
      this.#listener.changed();
    }
    // Ended by the server: a pause, so that a server that ends every watch at once is not flooded.
    await sleep(REWATCH_MS, signal);
  }

  async #list(signal: AbortSignal | undefined): Promise<void> {
    const { resource, namespace, isMetadata } = this.query;
    const accept = isMetadata ? `${METADATA}List${VERSION}` : undefined;
    const list = await listObjects(this.#transport, resource, namespace, { ...this.#selectors(), accept }, { signal });
    this.objects.clear();
    for (const object of asList(list.items) as KubeObject[]) {
      this.#keep(object);
    }
    this.#position = asText(list.metadata?.resourceVersion);
  }

  async #get(signal: AbortSignal | undefined): Promise<void> {
    const { resource, namespace, names = [] } = this.query;
    const found = await concurrently(names, async (name) => {
      try {
        return await getObject(this.#transport, { resource, namespace, name, object: {} }, { signal });
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    });
    this.objects.clear();
    for (const object of found) if (object !== undefined) this.#keep(object);
  }

  #keep(object: KubeObject): void {
    this.objects.set(this.#keyOf(object), object);
  }

  #keyOf({ metadata }: KubeObject): string {
    return feedKey(metadata?.namespace ?? this.query.namespace, metadata?.name ?? "");
  }

  #done(): void {
    [this.isRead, this.readAtMs, this.trouble] = [true, performance.now(), undefined];
    this.#listener.changed();
  }

  #selectors(): { readonly fieldSelector?: string; readonly labelSelector?: string | undefined } {
    const { names, labelSelector } = this.query;
    const [name] = names ?? [];
    return names?.length === 1 ? { fieldSelector: `metadata.name=${name}` } : { labelSelector };
  }

  #what(): string {
    const { resource, namespace } = this.query;
    return `${resource.plural}${namespace === "" ? "" : ` in ${namespace}`}`;
  }
}

/** Returns the key of an object in {@linkcode Feed.objects}. */
export function feedKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

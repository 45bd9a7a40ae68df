/**
 * The verb watch: changes as a stream of JSON lines.
 *
 * Source: `apiserver/pkg/endpoints/handlers/watch.go` and `apiserver/pkg/storage/cacher`.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";
import { apiVersionOf, type Call } from "./call.ts";
import { bytesOf } from "./json.ts";
import { readAccept, shaped } from "./negotiate.ts";
import type { Form } from "./table.ts";
import { collection, readVersion, wanted } from "./read.ts";
import type { ObjectTest } from "./selectors.ts";
import { expired } from "./status.ts";
import type { StoreChange } from "./store.ts";

/** The watches that are notified after writes. */
export interface Watchers {
  /** Calls `hear` after writes; returns the function that ends this. */
  add(hear: () => void): () => void;
}

interface Watch {
  readonly call: Call;
  readonly form: Form;
  readonly test: ObjectTest;
  readonly send: (line: unknown) => void;
  seen: number;
}

function event(watch: Watch, type: string, object: KubeObject): void {
  watch.send({ type, object: shaped(watch.call, watch.form, object) });
}

/** Sends the version that the client has seen up to, so that it can go on from there later. */
function bookmark(watch: Watch, annotations?: Record<string, string>): void {
  const { resource } = watch.call;
  const metadata = { resourceVersion: String(watch.seen), ...(annotations ? { annotations } : {}) };
  const object = { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata };
  if (watch.form.as === "object") watch.send({ type: "BOOKMARK", object });
  else watch.send({ type: "BOOKMARK", object: { ...object, ...partial(watch.form) } });
}

function partial(form: Form): Record<string, unknown> {
  const apiVersion = `meta.k8s.io/${form.version}`;
  return form.as === "metadata"
    ? { kind: "PartialObjectMetadata", apiVersion }
    : { kind: "Table", apiVersion, columnDefinitions: null, rows: [] };
}

/**
 * Sends a change as a watch with selectors sees it: an object that begins to match is added, one
 * that no longer matches is deleted.
 */
function tell(watch: Watch, change: StoreChange): void {
  const { namespace } = watch.call.route;
  if (namespace !== "" && watch.call.resource.namespaced && change.key.namespace !== namespace) return;
  if (watch.call.route.name !== "" && change.key.name !== watch.call.route.name) return;
  const before = change.before !== undefined && watch.test(change.before);
  const after = change.type !== "DELETED" && watch.test(change.object);
  if (after) event(watch, before ? "MODIFIED" : "ADDED", change.object);
  else if (before) {
    // An object that no longer matches is sent in its last matching state, with the version of the
    // change.
    const gone = change.type === "DELETED" ? change.object : change.before ?? change.object;
    const metadata = { ...gone.metadata, resourceVersion: String(change.revision) };
    event(watch, "DELETED", { ...gone, metadata });
  }
}

/** Sends all changes since the last call. False when the history does not reach back that far. */
function catchUp(watch: Watch): boolean {
  const { store } = watch.call.machine;
  return store.snapshot(() => {
    if (watch.seen < store.oldest()) {
      const error = expired(`too old resource version: ${watch.seen} (${store.oldest()})`);
      watch.send({ type: "ERROR", object: error.body });
      return false;
    }
    // Of one moment: a change that another process writes in between would be sent now, and once more
    // with the next call.
    const upTo = store.revision();
    for (const change of store.changes(watch.call.resource.storage, watch.seen)) tell(watch, change);
    watch.seen = upTo;
    return true;
  });
}

/** Sends the objects that exist already, unless the client names a version to start from. */
function begin(watch: Watch): void {
  const { query, machine } = watch.call;
  const given = query.get("resourceVersion") ?? "";
  const version = readVersion(given);
  const initial = query.get("sendInitialEvents") === "true";
  if (version > 0 && !initial) {
    watch.seen = version;
    return;
  }
  watch.seen = machine.store.revision();
  if (query.get("sendInitialEvents") === "false") return;
  for (const object of collection(watch.call)) {
    if (watch.call.route.name !== "" && object.metadata?.name !== watch.call.route.name) continue;
    if (watch.test(object)) event(watch, "ADDED", object);
  }
  if (initial && query.get("allowWatchBookmarks") === "true") {
    // Clients that list by watching wait for this mark.
    bookmark(watch, { "k8s.io/initial-events-end": "true" });
  }
}

/**
 * How long a watch lasts when the client does not say, in seconds: the default of
 * `--min-request-timeout`. A real server picks a random time up to twice as long.
 */
const DEFAULT_SECONDS = 1800;
// About as often as a real server sends them.
const BOOKMARK_MS = 60_000;

/** Answers with a stream that ends after the query's `timeoutSeconds`, or when the client goes. */
export function watchObjects(call: Call, watchers: Watchers): Response {
  const form = readAccept(call.request.accept);
  const test = wanted(call);
  readVersion(call.query.get("resourceVersion") ?? "");
  const seconds = Number(call.query.get("timeoutSeconds") ?? 0) || DEFAULT_SECONDS;
  const bookmarks = call.query.get("allowWatchBookmarks") === "true";
  const { machine, request: { signal } } = call;
  let stop = (): void => {};
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      let open = true;
      const send = (line: unknown): void => {
        if (open) controller.enqueue(bytesOf(`${JSON.stringify(line)}\n`));
      };
      const watch: Watch = { call, form, test, send, seen: 0 };
      const end = (): void => {
        if (!open) return;
        open = false;
        stop();
        controller.close();
      };
      const hear = (): void => {
        if (open && !catchUp(watch)) end();
      };
      const timeout = setTimeout(() => {
        if (bookmarks) bookmark(watch);
        end();
      }, seconds * 1000);
      const marks = bookmarks ? setInterval(() => bookmark(watch), BOOKMARK_MS) : undefined;
      // Registered before the first events are read, and called once after them, so that no write
      // falls in between.
      const forget = watchers.add(hear);
      stop = (): void => {
        open = false;
        forget();
        clearTimeout(timeout);
        clearInterval(marks);
        signal?.removeEventListener("abort", abort);
      };
      const abort = (): void => {
        if (!open) return;
        stop();
        controller.error(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      // Objects and version of one moment, so that no object is sent as it is now and again as a change.
      machine.store.snapshot(() => begin(watch));
      hear();
      if (signal?.aborted) abort();
    },
    cancel: () => stop(),
  });
  return new Response(stream, { status: 200, headers: { "content-type": "application/json" } });
}

import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configMap, core, type Fixture, openFixture } from "./_fixture.ts";
import { openStore, Store } from "./store.ts";

interface Event {
  readonly type: string;
  // deno-lint-ignore no-explicit-any
  readonly object: any;
}

/** Reads a watch until it ends, or until `count` events have come. */
async function events(t: Fixture, path: string, count = Infinity): Promise<Event[]> {
  const answer = await t.sandbox.transport({ method: "GET", path });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  const found: Event[] = [];
  let text = "";
  while (found.length < count) {
    const { value, done } = await reader?.read() ?? { done: true, value: undefined };
    if (done) break;
    text += value;
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    found.push(...lines.map((line) => JSON.parse(line) as Event));
  }
  await reader?.cancel();
  return found;
}

function shown(list: readonly Event[]): string[] {
  return list.map((event) => `${event.type} ${event.object.metadata.name}`);
}

Deno.test("a watch without a version begins with what is there", async () => {
  await using t = await openFixture();
  await t.ask("POST", core("configmaps"), configMap("a"));
  deepEqual(shown(await events(t, `${core("configmaps")}?watch=1`, 2)), ["ADDED a", "ADDED kube-root-ca.crt"]);
});

Deno.test("a watch from a version tells every change since", async () => {
  await using t = await openFixture();
  const { body } = await t.ask("GET", core("configmaps"));
  const from = body.metadata.resourceVersion;
  await t.ask("POST", core("configmaps"), configMap("a"));
  await t.ask("PUT", core("configmaps/a"), configMap("a", { x: "1" }));
  await t.ask("DELETE", core("configmaps/a"));
  const told = await events(t, `${core("configmaps")}?watch=true&resourceVersion=${from}`, 3);
  deepEqual(shown(told), ["ADDED a", "MODIFIED a", "DELETED a"]);
});

Deno.test("a watch with a selector sees objects come and go as they fit", async () => {
  await using t = await openFixture();
  const label = (value: string): unknown => ({ ...configMap("a"), metadata: { name: "a", labels: { tier: value } } });
  const { body } = await t.ask("GET", core("configmaps"));
  await t.ask("POST", core("configmaps"), label("other"));
  await t.ask("PUT", core("configmaps/a"), label("mine"));
  await t.ask("PUT", core("configmaps/a"), label("other"));
  const path = `${core("configmaps")}?watch=1&labelSelector=tier=mine&resourceVersion=${body.metadata.resourceVersion}`;
  deepEqual(shown(await events(t, path, 2)), ["ADDED a", "DELETED a"]);
});

Deno.test("a watch with bookmarks ends its time with one", async () => {
  await using t = await openFixture();
  const query = "watch=1&allowWatchBookmarks=true&timeoutSeconds=1&fieldSelector=metadata.name=none";
  const [last] = (await events(t, `${core("configmaps")}?${query}`)).slice(-1);
  equal(last?.type, "BOOKMARK");
  match(last?.object.metadata.resourceVersion, /^\d+$/);
});

Deno.test("sendInitialEvents marks the end of what was there", async () => {
  await using t = await openFixture();
  const query = "watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan";
  const [, mark] = await events(t, `${core("configmaps")}?${query}`, 2);
  equal(mark?.type, "BOOKMARK");
  equal(mark?.object.metadata.annotations["k8s.io/initial-events-end"], "true");
});

Deno.test("a watch ends when its signal fires", async () => {
  await using t = await openFixture();
  const stop = new AbortController();
  const answer = await t.sandbox.transport({
    method: "GET",
    path: `${core("configmaps")}?watch=1&fieldSelector=metadata.name=none`,
    signal: stop.signal,
  });
  const reading = answer.text();
  stop.abort(new Error("enough"));
  await rejects(reading, /enough/);
});

/**
 * Calls `write` once, right after a watch has read the store's revision: as another process may at any
 * moment. The first reading is that of the pump, which only begins to look for other processes.
 */
function afterRevision(write: () => void): Disposable {
  const original = Store.prototype.revision;
  let readings = 0;
  Store.prototype.revision = function (): number {
    const revision = original.call(this);
    if (++readings === 2) write();
    return revision;
  };
  return {
    [Symbol.dispose]() {
      Store.prototype.revision = original;
    },
  };
}

Deno.test("a write of another process while a watch begins is sent once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sandbox-"));
  try {
    const file = join(folder, "state.sqlite");
    await using t = await openFixture({ file });
    const other = openStore(file);
    const key = { resource: "/configmaps", namespace: "default", name: "b" };
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "b", namespace: "default" } };
    let seen: string[];
    {
      using _write = afterRevision(() => other.transaction(() => other.put(key, object, undefined)));
      const query = "watch=1&timeoutSeconds=1&fieldSelector=metadata.name=b";
      seen = (await events(t, `${core("configmaps")}?${query}`)).map((event) => event.type);
    }
    deepEqual(seen, ["ADDED"]);
    other.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});

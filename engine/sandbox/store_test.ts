import { deepEqual, equal, throws } from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubeObject } from "../model/mod.ts";
import { openStore, type Store } from "./store.ts";

const KEY = { resource: "/configmaps", namespace: "default", name: "a" };

function object(name: string): KubeObject {
  return { kind: "ConfigMap", metadata: { name, namespace: "default" } };
}

function withStore(work: (store: Store) => void): void {
  const store = openStore(undefined);
  try {
    work(store);
  } finally {
    store.close();
  }
}

Deno.test("put() gives every change a higher version and remembers it", () => {
  withStore((store) => {
    const first = object("a");
    store.put(KEY, first, undefined);
    store.put(KEY, object("a"), first);
    store.remove(KEY, object("a"));
    deepEqual(store.changes("/configmaps", 0).map((c) => [c.revision, c.type]), [
      [1, "ADDED"],
      [2, "MODIFIED"],
      [3, "DELETED"],
    ]);
    equal(store.get(KEY), undefined);
    equal(store.revision(), 3);
  });
});

Deno.test("transaction() undoes everything when it throws", () => {
  withStore((store) => {
    throws(() =>
      store.transaction(() => {
        store.put(KEY, object("a"), undefined);
        throw new Error("no");
      }), /^Error: no$/);
    equal(store.get(KEY), undefined);
    equal(store.revision(), 0);
  });
});

Deno.test("list() is in the order of namespace and name, and goes on after a place", () => {
  withStore((store) => {
    for (const [namespace, name] of [["b", "x"], ["a", "z"], ["a", "y"]] as const) {
      store.put({ resource: "/pods", namespace, name }, { metadata: { name, namespace } }, undefined);
    }
    const shown = (list: KubeObject[]): string[] => list.map((o) => `${o.metadata?.namespace}/${o.metadata?.name}`);
    deepEqual(shown(store.list("/pods")), ["a/y", "a/z", "b/x"]);
    deepEqual(shown(store.list("/pods", { after: ["a", "y"], limit: 1 })), ["a/z"]);
    deepEqual(shown(store.list("/pods", { namespace: "b" })), ["b/x"]);
  });
});

Deno.test("owe() keeps one task a key, and the earlier time wins", () => {
  withStore((store) => {
    store.owe({ controller: "job", key: "a", due: 50 });
    store.owe({ controller: "job", key: "a", due: 20 });
    store.owe({ controller: "job", key: "a", due: 90 });
    equal(store.nextDue(), 20);
    equal(store.take(10), undefined);
    deepEqual(store.take(20), { controller: "job", key: "a", due: 20 });
    equal(store.nextDue(), undefined);
  });
});

Deno.test("dependents() finds what names an owner", () => {
  withStore((store) => {
    const owned = object("a");
    const owner = { apiVersion: "v1", kind: "Pod", name: "p", uid: "u1" };
    (owned.metadata ??= {}).ownerReferences = [owner];
    store.put(KEY, owned, undefined);
    deepEqual(store.dependents("u1"), [KEY]);
    store.remove(KEY, owned);
    deepEqual(store.dependents("u1"), []);
  });
});

Deno.test("openStore() says so when the file is none of ours", async () => {
  const folder = await mkdtemp(join(tmpdir(), "store-"));
  try {
    const file = join(folder, "x");
    await writeFile(file, "this is not a database, and long enough to be seen as none".repeat(20));
    throws(() => openStore(file), { kind: "sandbox" });
  } finally {
    await rm(folder, { recursive: true });
  }
});

import { deepEqual, equal, throws } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { KubeObject } from "../model/mod.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
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

/** Runs `work` with the path of a file that does not exist yet. */
async function withPath(work: (file: string) => void | Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "skeg-store-"));
  try {
    await work(join(folder, "state.db"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

Deno.test("openStore() refuses a database of another program and adds nothing to it", () =>
  withPath((file) => {
    const other = new DatabaseSync(file);
    other.exec("create table customers (name text)");
    other.close();
    const before = readFileSync(file);
    throws(() => openStore(file), { kind: "sandbox", message: /it is a database of another program$/ });
    deepEqual(readFileSync(file), before);
  }));

Deno.test("openStore() refuses a file of another kind and leaves it as it is", () =>
  withPath(async (file) => {
    await writeFile(file, "shopping list\n");
    throws(() => openStore(file), { kind: "sandbox", message: /it is a file of another kind$/ });
    equal(readFileSync(file, "utf8"), "shopping list\n");
  }));

Deno.test("openStore() refuses a state that a newer skeg has written", () =>
  withPath((file) => {
    openStore(file).close();
    const newer = new DatabaseSync(file);
    newer.exec("pragma user_version = 2");
    newer.close();
    throws(() => openStore(file), {
      kind: "sandbox",
      message: /a newer skeg has written it \(version 2 of the state\)$/,
    });
  }));

Deno.test("openStore() opens a state from before versions were written, and an empty file", () =>
  withPath(async (file) => {
    await writeFile(file, "");
    const store = openStore(file);
    store.put(KEY, object("a"), undefined);
    store.close();
    const older = new DatabaseSync(file);
    older.exec("pragma user_version = 0");
    older.close();
    const again = openStore(file);
    equal(again.get(KEY)?.metadata?.name, "a");
    again.close();
  }));

Deno.test("openStore() says that a truncated state is damaged", () =>
  withPath(async (file) => {
    const store = openStore(file);
    store.put(KEY, object("a"), undefined);
    store.close();
    await writeFile(file, readFileSync(file).subarray(0, 5000));
    throws(() => openStore(file), { kind: "sandbox", message: /it is damaged$/ });
  }));

Deno.test("a full disk is one error in words, and what was stored before is kept", () =>
  withPath((file) => {
    openStore(file).close();
    const small = openStore(file);
    small.put(KEY, object("a"), undefined);
    // SQLite reports the limit of pages as it reports a full disk.
    small.limitPages(30);
    const big: KubeObject = { metadata: { name: "b", annotations: { big: "x".repeat(500_000) } } };
    const write = (): void => small.transaction(() => small.put({ ...KEY, name: "b" }, big, undefined));
    throws(write, {
      kind: "sandbox",
      message: /^Cannot use the sandbox's state .*: the disk is full, or cannot be written$/,
    });
    throws(write, { kind: "sandbox" });
    equal(small.get(KEY)?.metadata?.name, "a");
    small.close();
  }));

Deno.test("processes that open a new file at the same moment all find it their own", () =>
  inFolder({}, async (folder) => {
    const code = `const { openStore } = await import(${JSON.stringify(new URL("./store.ts", import.meta.url).href)});` +
      "for (let at = 0; at < 20; at++) openStore(`${Deno.args[0]}/${at}.db`).close();";
    const script = join(folder, "open.ts");
    await Deno.writeTextFile(script, code);
    const args = ["run", "--quiet", "--no-check", "--no-prompt", "-R", "-W", "-E", script, folder];
    const ended = await Promise.all(
      Array.from({ length: 4 }, () => new Deno.Command(Deno.execPath(), { args, stderr: "piped" }).output()),
    );
    for (const { code, stderr } of ended) equal(code, 0, new TextDecoder().decode(stderr));
  }));

/**
 * Operations that Tiller left half done, and releases that skeg left for Tiller:
 * the owner of objects is found also for releases that both have changed.
 */
import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Arena, good, LACKING, together } from "./_two_programs.ts";

/** Writes a chart of ConfigMaps; with `bad`, also of an object that the server refuses. */
function chart({ folder }: Arena, name: string, maps: readonly string[], bad = false): string {
  const at = join(folder, name);
  mkdirSync(join(at, "templates"), { recursive: true });
  writeFileSync(join(at, "Chart.yaml"), "{name: left, version: 0.1.0}\n");
  for (const map of maps) {
    writeFileSync(
      join(at, "templates", `${map}.yaml`),
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${map}}\ndata: {text: ${name}}\n`,
    );
  }
  if (bad) {
    writeFileSync(
      join(at, "templates", "bad.yaml"),
      "apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 70000}]}\n",
    );
  }
  return at;
}

async function mapsIn({ read, namespace }: Arena): Promise<string[]> {
  const list = await read(`/api/v1/namespaces/${namespace}/configmaps`) as { items?: { metadata: { name: string } }[] };
  return (list.items ?? []).map(({ metadata }) => metadata.name).filter((name) => name !== "kube-root-ca.crt").sort();
}

const aSecond = () => new Promise((resolve) => setTimeout(resolve, 1100));

async function byHand({ send, namespace }: Arena, name: string): Promise<void> {
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { text: "theirs" } };
  equal(await send("POST", `/api/v1/namespaces/${namespace}/configmaps`, body), 201);
  await aSecond();
}

Deno.test({
  name: "story: what Tiller's failed install made goes, and what was there before stays",
  ignore: LACKING,
  fn: () =>
    together(async (arena) => {
      const { helm, skeg, namespace } = arena;
      await byHand(arena, "x");
      const at = chart(arena, "web", ["a", "x"]);
      notEqual((await helm("install", at, "--name", "left", "--namespace", namespace)).code, 0);
      deepEqual(await mapsIn(arena), ["a", "x"]);
      good(await skeg("delete", "--purge", "left"));
      deepEqual(await mapsIn(arena), ["x"]);
    }),
});

Deno.test({
  name: "story: what Tiller's failed upgrade and rollback made and left goes with skeg's next upgrade or delete",
  ignore: LACKING,
  fn: () =>
    together(async (arena) => {
      const { helm, skeg, namespace } = arena;
      good(await helm("install", chart(arena, "one", ["a"]), "--name", "left", "--namespace", namespace));
      notEqual((await helm("upgrade", "left", chart(arena, "two", ["a", "b"], true))).code, 0);
      notEqual((await helm("upgrade", "left", chart(arena, "three", ["a", "c"], true))).code, 0);
      deepEqual(await mapsIn(arena), ["a", "b", "c"]);
      good(await skeg("upgrade", "left", chart(arena, "four", ["a", "c", "d"])));
      deepEqual(await mapsIn(arena), ["a", "c", "d"]);
      // When a rollback by Tiller fails, no revision is DEPLOYED, and the running objects stay.
      good(await helm("upgrade", "left", chart(arena, "five", ["a", "e"])));
      await aSecond();
      await byHand(arena, "c");
      notEqual((await helm("rollback", "left", "4")).code, 0);
      ok((await mapsIn(arena)).includes("e"));
      good(await skeg("delete", "--purge", "left"));
      deepEqual(await mapsIn(arena), ["c"]);
    }),
});

Deno.test({
  name: "story: Tiller goes on with a release whose deletion skeg could not finish",
  ignore: LACKING,
  fn: () =>
    together(async (arena) => {
      const { helm, skeg, namespace, records } = arena;
      const at = chart(arena, "web", ["a", "b"]);
      writeFileSync(
        join(at, "templates", "named.yaml"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: made-}\n",
      );
      good(await skeg("install", at, "--name", "left", "--namespace", namespace));
      const ran = await skeg("delete", "--purge", "left");
      equal(ran.code, 1);
      match(ran.stderr, /The server chose the name of ConfigMap "made-…"/);
      const [record] = await records("left");
      equal(record?.info.status.code, "DELETING");
      match(record?.info.description ?? "", /^Deletion failed: .*; it was DEPLOYED$/);
      good(await helm("status", "left"));
      good(await helm("history", "left"));
      // Tiller deletes the records.
      await helm("delete", "--purge", "left");
      deepEqual(await records("left"), []);
      good(await helm("install", chart(arena, "again", ["a"]), "--name", "left", "--namespace", namespace));
      good(await skeg("delete", "--purge", "left"));
    }),
});

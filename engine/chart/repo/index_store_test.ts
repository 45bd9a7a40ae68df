import { deepEqual, equal, notEqual, rejects } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { loadIndex, openIndex, removeIndex, storeIndex } from "./index_store.ts";

/** Returns an index that is large enough for a quick form. */
function largeIndex(version: string, charts = 3000): string {
  const entries = Array.from({ length: charts }, (_, at) => [
    `chart-${at}`,
    [{ name: `chart-${at}`, version, description: "A chart that is described at some length", urls: [`c-${at}.tgz`] }],
  ]);
  return JSON.stringify({ apiVersion: "v1", entries: Object.fromEntries(entries) });
}

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);
const versionIn = async (path: string) => (await openIndex(path)).versions("chart-7")?.[0]?.version;

Deno.test("openIndex() reads a large index once and then its quick form", () =>
  inFolder({ "index.yaml": largeIndex("1.0.0") }, async (folder) => {
    const path = join(folder, "index.yaml");
    const first = await openIndex(path);
    equal(await exists(`${path}.parsed`), true);
    const second = await openIndex(path);
    notEqual(first, second);
    deepEqual([...second.names()].sort(), [...first.names()].sort());
    for (const name of ["chart-0", "chart-2999"]) deepEqual(second.versions(name), first.versions(name));
    equal(second.versions("nope"), undefined);
    // A change in the quick form is visible, so the quick form is read.
    const parsed = await Deno.readTextFile(`${path}.parsed`);
    await Deno.writeTextFile(`${path}.parsed`, parsed.replaceAll("1.0.0", "7.7.7"));
    equal(await versionIn(path), "7.7.7");
  }));

Deno.test("openIndex() notices a changed index, also one of the same size", () =>
  inFolder({ "index.yaml": largeIndex("1.0.0") }, async (folder) => {
    const path = join(folder, "index.yaml");
    equal(await versionIn(path), "1.0.0");
    await new Promise((resolve) => setTimeout(resolve, 20));
    await Deno.writeTextFile(path, largeIndex("2.0.0"));
    equal(await versionIn(path), "2.0.0");
    await Deno.writeTextFile(path, largeIndex("3.0.0", 3001));
    equal(await versionIn(path), "3.0.0");
  }));

Deno.test("openIndex() makes the quick form anew when it is damaged, and does without where none can be written", () =>
  inFolder({ "index.yaml": largeIndex("1.0.0") }, async (folder) => {
    const path = join(folder, "index.yaml");
    await openIndex(path);
    const parsed = await Deno.readTextFile(`${path}.parsed`);
    for (const damaged of ["", "nonsense", parsed.replace("\n", "\nno json\n"), parsed.slice(0, 200), `x${parsed}`]) {
      await Deno.writeTextFile(`${path}.parsed`, damaged);
      equal(await versionIn(path), "1.0.0", damaged.slice(0, 30));
    }
    await Deno.remove(`${path}.parsed`);
    await Deno.mkdir(`${path}.parsed`);
    equal(await versionIn(path), "1.0.0");
  }));

Deno.test("openIndex() keeps no quick form of a small index", () =>
  inFolder({ "index.yaml": largeIndex("1.0.0", 10) }, async (folder) => {
    const path = join(folder, "index.yaml");
    equal(await versionIn(path), "1.0.0");
    equal(await exists(`${path}.parsed`), false);
  }));

Deno.test("storeIndex() checks first, and leaves the old index alone when the new one is none", () =>
  inFolder({}, async (folder) => {
    const path = join(folder, "index.yaml");
    const bytes = (text: string) => new TextEncoder().encode(text);
    await storeIndex(path, bytes(largeIndex("1.0.0")));
    await rejects(storeIndex(path, bytes("nonsense")), { kind: "yaml" });
    equal(await versionIn(path), "1.0.0");
    await storeIndex(path, bytes(largeIndex("2.0.0", 10)));
    equal(await exists(`${path}.parsed`), false);
    equal(await versionIn(path), "2.0.0");
    await removeIndex(path);
    await removeIndex(path);
    deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  }));

Deno.test("storeIndex() keeps a link a link, and the index that it stands for up to date", () =>
  inFolder({ "local/index.yaml": largeIndex("1.0.0", 10) }, async (folder) => {
    if (Deno.build.os === "windows") return;
    const link = join(folder, "local-index.yaml");
    await Deno.symlink(join(folder, "local", "index.yaml"), link);
    await storeIndex(link, new TextEncoder().encode(largeIndex("2.0.0", 10)));
    equal((await Deno.lstat(link)).isSymlink, true);
    equal(await versionIn(join(folder, "local", "index.yaml")), "2.0.0");
  }));

Deno.test("loadIndex() refuses what is not there, a folder, and more than an index has", () =>
  inFolder({ "folder/x": "" }, async (folder) => {
    const path = join(folder, "index.yaml");
    await rejects(loadIndex(path), { kind: "io", message: `open ${path}: no such file or directory` });
    await rejects(openIndex(path), { kind: "io", message: `open ${path}: no such file or directory` });
    await rejects(loadIndex(join(folder, "folder")), { kind: "io", message: /is a directory$/ });
    await Deno.writeTextFile(path, "");
    await Deno.truncate(path, 64 * 1024 * 1024 + 1);
    for (const read of [loadIndex, openIndex]) {
      await rejects(read(path), { kind: "chart", message: `index ${path} is larger than 64 MiB` });
    }
  }));

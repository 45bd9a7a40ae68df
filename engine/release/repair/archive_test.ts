import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import { makeArchive } from "../../../tests/_lib/archive.ts";
import { readTarGz } from "../../chart/load/mod.ts";
import type { RecordObject } from "../../../storage/mod.ts";
import { type ArchiveFacts, packArchive, unpackArchive } from "./archive.ts";

const FACTS: ArchiveFacts = {
  time: "2026-01-31T12:00:00Z",
  cluster: { uid: "6f0c1f6e", server: "https://127.0.0.1:6443" },
  storage: { kind: "ConfigMap", namespace: "kube-system" },
  repair: { name: "map-apis", release: "web", writes: [{ key: "web.v1", labels: { NAME: "web" }, dataSha256: "00" }] },
};

const record = (name: string): RecordObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, uid: `uid-${name}`, resourceVersion: "7", labels: { NAME: "web" } },
  data: { release: "H4sIÄ" },
});

Deno.test("unpackArchive() gives what packArchive() took, and the same input gives the same bytes", async () => {
  const records = [record("web.v1"), record("web.v2")];
  const bytes = await packArchive(FACTS, records);
  deepEqual(await unpackArchive(bytes), { ...FACTS, records, objects: [], files: [] });
  deepEqual(await packArchive(FACTS, records), bytes);
});

Deno.test("packArchive() writes files that only their owner may read, the index first", async () => {
  const bytes = await packArchive(FACTS, [record("web.v1")]);
  const entries = [...readTarGz(bytes, 1e6)];
  deepEqual(entries.map(({ name, mode }) => [name, mode & 0o777]), [
    ["index.json", 0o600],
    ["records/kube-system/web.v1.json", 0o600],
  ]);
  const index = JSON.parse(new TextDecoder().decode(entries[0]?.data));
  equal(index.formatVersion, 1);
  deepEqual(index.entries.map(({ path }: { path: string }) => path), ["records/kube-system/web.v1.json"]);
});

Deno.test("packArchive() and unpackArchive() refuse an archive above the limit, without compression", async () => {
  const large = { ...record("web.v1"), data: { release: "a".repeat(100_000) } };
  await rejects(packArchive(FACTS, [large], {}, { bytesMax: 100_000 }), {
    kind: "io",
    message: /the limit is 100000$/,
  });
  const bytes = await packArchive(FACTS, [large]);
  ok(bytes.length < 10_000);
  await rejects(unpackArchive(bytes, { bytesMax: 100_000 }), { kind: "io" });
  equal((await unpackArchive(bytes, { bytesMax: 200_000 })).records.length, 1);
});

/** The archive with other files in it. */
async function changed(change: (files: Map<string, string>) => void): Promise<Uint8Array> {
  const bytes = await packArchive(FACTS, [record("web.v1")]);
  const files = new Map([...readTarGz(bytes, 1e6)].map(({ name, data }) => [name, new TextDecoder().decode(data)]));
  change(files);
  return makeArchive([...files].map(([name, data]) => ({ name, data })));
}

Deno.test("unpackArchive() refuses what does not match the index", async () => {
  const path = "records/kube-system/web.v1.json";
  const edited = (from: string, to: string) => (files: Map<string, string>) =>
    void files.set("index.json", (files.get("index.json") ?? "").replace(from, to));
  const cases: readonly [RegExp, (files: Map<string, string>) => void][] = [
    [
      /web\.v1\.json does not match the index$/,
      (files) => void files.set(path, files.get(path)?.replace("7", "8") ?? ""),
    ],
    [/web\.v1\.json is missing$/, (files) => void files.delete(path)],
    [/records\/x\.json is not in the index$/, (files) => void files.set("records/x.json", "{}")],
    [/it has no index\.json$/, (files) => void files.delete("index.json")],
    [/index\.json is not JSON$/, (files) => void files.set("index.json", "{")],
    [/index\.json is not complete$/, (files) => void files.set("index.json", '{"formatVersion":1}')],
    [/index\.json names no format version$/, (files) => void files.set("index.json", "null")],
    [/holds another record$/, edited('"namespace": "kube-system"', '"namespace": "other"')],
  ];
  for (const [message, change] of cases) {
    await rejects(unpackArchive(await changed(change)), { kind: "io", message });
  }
  await rejects(unpackArchive(await changed(edited('"formatVersion": 1', '"formatVersion": 2'))), {
    message: "the archive has format version 2; this program reads 1",
  });
});

Deno.test("unpackArchive() of a torn, changed or strange file rejects with kind io", async () => {
  const bytes = await packArchive(FACTS, [record("web.v1"), record("web.v2")]);
  for (let size = 0; size < bytes.length; size++) await rejects(unpackArchive(bytes.slice(0, size)), { kind: "io" });
  for (let at = 10; at < bytes.length; at++) {
    const flipped = new Uint8Array(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    await rejects(unpackArchive(flipped), { kind: "io" }, `byte ${at}`);
  }
  const tar = gunzipSync(bytes);
  const damaged = new Uint8Array(tar);
  damaged[tar.indexOf("uid-web.v2")] = 0x30;
  await rejects(unpackArchive(new Uint8Array(gzipSync(damaged))), { kind: "io" });
  await rejects(unpackArchive(new TextEncoder().encode("apiVersion: v1\n")), { kind: "io" });
});

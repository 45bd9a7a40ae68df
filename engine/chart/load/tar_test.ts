import type { Damage } from "./byte_source.ts";
import { deepEqual, equal, throws } from "node:assert/strict";
import { concat, makeTar } from "../../../tests/_lib/archive.ts";
import { readTar } from "./tar.ts";

const names = (data: Uint8Array, fault?: Damage): string[] => [...readTar(data, fault)].map((entry) => entry.name);

Deno.test("readTar() reads long names of GNU archives", () => {
  const long = `web/${"x".repeat(150)}`;
  deepEqual(names(makeTar([{ name: "@", type: "L", data: `${long}\0` }, { name: "cut" }, { name: "next" }])), [
    long,
    "next",
  ]);
});

Deno.test("readTar() reads names and sizes of pax records", () => {
  const record = " path=web/é.yaml\n";
  const length = new TextEncoder().encode(record).length + 2;
  deepEqual(names(makeTar([{ name: "@", type: "x", data: `${length}${record}` }, { name: "cut" }])), ["web/é.yaml"]);
});

Deno.test("readTar() refuses pax records that lie about their length", () => {
  for (const data of ["99 path=x\n", "8 path=x\n", "x path=x\n", "10 path=xy"]) {
    throws(() => names(makeTar([{ name: "@", type: "x", data }, { name: "a" }])), {
      message: "archive/tar: invalid tar header",
    });
  }
});

Deno.test("readTar() goes by the pax records that matter, among any others", () => {
  const record = (text: string) => {
    let length = text.length + 3;
    while (`${length} ${text}\n`.length !== length) length++;
    return `${length} ${text}\n`;
  };
  const named = (...records: string[]) =>
    names(makeTar([{ name: "@", type: "x", data: records.map(record).join("") }, { name: "a", data: "1" }]));
  deepEqual(named("pathology=x", "SCHILY.xattr.user.x=\n=\n", "path=b/c", "mtime=1.5"), ["b/c"]);
  deepEqual(named("path=b", "path=c=d"), ["c=d"]);
  deepEqual(named("path=b", "path="), ["a"]);
  deepEqual(named(...Array<string>(10_000).fill("a=b")), ["a"]);
  throws(() => named("GNU.sparse.major=1"), { kind: "chart", message: `chart archive holds a sparse file: "a"` });
  throws(() => named("size=x"), { message: "archive/tar: invalid tar header" });
});

Deno.test("readTar() refuses names that are longer than any path", () => {
  for (const type of ["L", "x"]) {
    const data = new Uint8Array(1024 * 1024 + 1).fill(0x61);
    throws(() => names(makeTar([{ name: "@", type, data }, { name: "a" }])), {
      message: "archive/tar: invalid tar header",
    });
  }
});

Deno.test("readTar() notices a wrong checksum", () => {
  const data = makeTar([{ name: "a" }]);
  data[0] = 0x62;
  throws(() => names(data), { kind: "chart", message: "archive/tar: invalid tar header" });
});

Deno.test("readTar() stops at two zero blocks, whatever follows", () => {
  deepEqual(names(concat([makeTar([{ name: "a" }]), makeTar([{ name: "b" }])])), ["a"]);
});

Deno.test("readTar() takes the end of data between entries for the end", () => {
  deepEqual(names(makeTar([{ name: "a", data: "x" }]).subarray(0, 1024)), ["a"]);
});

Deno.test("readTar() reports data that ends too early", () => {
  throws(() => names(makeTar([{ name: "a", data: "x".repeat(600) }]).subarray(0, 1000)), { message: "unexpected EOF" });
  throws(() => names(makeTar([{ name: "a" }]).subarray(0, 512), "gzip: invalid checksum"), {
    message: "gzip: invalid checksum",
  });
});

Deno.test("readTar() knows folders by type, by a trailing slash of old archives and by mode", () => {
  const entries = [...readTar(makeTar([{ name: "a", type: "5" }, { name: "b/", type: "\0" }, { name: "c" }]))];
  deepEqual(entries.map((entry) => entry.isFolder), [true, true, false]);
  equal(entries[2]?.type, "0");
});

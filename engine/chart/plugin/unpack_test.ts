import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { SkegError } from "../../../errors.ts";
import { concat, makeArchive, makeTar, pack, type TestEntry } from "../../../tests/_lib/archive.ts";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { checkedEntries, unpackPlugin } from "./unpack.ts";

const good: TestEntry = { name: "plugin.yaml", data: "name: x\n" };
const runs = fuzzRuns(200);

Deno.test("unpackPlugin() writes files and folders, with the modes of programs", () =>
  inFolder({}, (folder) => {
    unpackPlugin(
      makeArchive([good, { name: "bin/", type: "5" }, { name: "bin/x", data: "1", mode: 0o755 }, {
        name: "deep\\er/y",
        data: "2",
      }]),
      join(folder, "new"),
    );
    deepEqual(readdirSync(join(folder, "new")).sort(), ["bin", "deep", "plugin.yaml"]);
    equal(readFileSync(join(folder, "new/deep/er/y"), "utf8"), "2");
    if (Deno.build.os !== "windows") equal(statSync(join(folder, "new/bin/x")).mode & 0o100, 0o100);
    return Promise.resolve();
  }));

const refused: readonly (readonly [string, TestEntry, string])[] = [
  ["a path through the parent folder", { name: "a/../../x" }, "path contains '..', which is illegal"],
  ["the same with backslashes", { name: "a\\..\\..\\x" }, "path contains '..', which is illegal"],
  ["an absolute path", { name: "/etc/x" }, "path is absolute, which is illegal"],
  ["an absolute path with backslashes", { name: "\\x" }, "path is absolute, which is illegal"],
  ["a drive", { name: "c:/x" }, "path contains ':', which is illegal"],
  ["a symbolic link", { name: "x", type: "2" }, "unknown type: 110010 in x"],
  ["a hard link", { name: "x", type: "1" }, "unknown type: 110001 in x"],
  ["a device", { name: "x", type: "3" }, "unknown type: 110011 in x"],
  ["a fifo", { name: "x", type: "6" }, "unknown type: 110110 in x"],
];
for (const [what, entry, message] of refused) {
  Deno.test(`unpackPlugin() refuses ${what}, and writes nothing`, () =>
    inFolder({}, (folder) => {
      throws(() => unpackPlugin(makeArchive([good, entry]), join(folder, "new")), { kind: "config", message });
      equal(existsSync(join(folder, "new")), false);
      return Promise.resolve();
    }));
}

Deno.test("unpackPlugin() says what is wrong with a file that is a folder too", () =>
  inFolder({}, (folder) => {
    throws(() => unpackPlugin(makeArchive([{ name: "a" }, { name: "a/b" }]), folder), { kind: "io" });
    return Promise.resolve();
  }));

Deno.test("unpackPlugin() does not follow links that are there", () =>
  inFolder({ "out/x": "" }, async (folder) => {
    symlinkSync(join(folder, "out"), join(folder, "in"));
    await rejects(
      () => Promise.resolve().then(() => unpackPlugin(makeArchive([{ name: "in/evil" }]), folder)),
      /cannot unpack through the symbolic link/,
    );
    deepEqual(readdirSync(join(folder, "out")), ["x"]);
  }));

Deno.test("checkedEntries() refuses more entries than any plugin has", () => {
  const one = makeTar([{ name: "d/", type: "5" }]).subarray(0, 512);
  const many = concat([...Array<Uint8Array>(100_001).fill(one), new Uint8Array(1024)]);
  throws(() => checkedEntries(new Uint8Array(gzipSync(many, { level: 1 }))), {
    kind: "config",
    message: "plugin archive has more than 100000 entries",
  });
});

Deno.test("checkedEntries() stops at a bomb before it fills the memory", () => {
  const file = pack(makeTar([{ name: "zero", data: new Uint8Array(64 * 1024 * 1024) }]).subarray(0, -1024));
  throws(() => checkedEntries(concat(Array<Uint8Array>(5).fill(file))), {
    kind: "chart",
    message: "archive is larger than 256 MiB when unpacked",
  });
  // A gzip member for every byte of a tar.
  const tar = makeTar(Array<TestEntry>(25).fill({ name: "d/", type: "5" }));
  throws(() => checkedEntries(concat(Array.from(tar, (byte) => pack(new Uint8Array([byte]))))), {
    kind: "chart",
    message: "archive has more than 10000 gzip members",
  });
});

Deno.test("checkedEntries() gives paths that stay below the plugin, whatever the entries are called", () => {
  const part = fc.constantFrom("..", ".", "", "a", "bin", "\\", "c:", "é", "\0", "x");
  const name = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("/"));
  fc.assert(
    fc.property(fc.array(name, { maxLength: 4 }), (names) => {
      let entries;
      try {
        entries = checkedEntries(makeArchive(names.map((each) => ({ name: each }))));
      } catch (error) {
        if (!(error instanceof SkegError)) throw error;
        return;
      }
      for (const { path } of entries) {
        ok(!path.startsWith("/") && !/[:\\\0]/.test(path) && !path.split("/").includes(".."), path);
      }
    }),
    { numRuns: runs },
  );
});

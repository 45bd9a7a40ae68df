import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import * as nodeFs from "node:fs";
import * as nodePromises from "node:fs/promises";
import { delimiter as nodeDelimiter, join as nodeJoin, posix as node } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import type { Stats } from "./_stats.ts";
import * as fs from "./fs.ts";
import * as promises from "./fs_promises.ts";
import * as path from "./path.ts";

const piece = fc.constantFrom("a", "b.c", ".", "..", "/", "//", "", "x y", ".d", "é", "\\", "\n");
const anyPath = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
const onPosix = { ignore: Deno.build.os === "windows" };

Deno.test("the stand-in of node:path answers as node:path does", onPosix, () => {
  fc.assert(
    fc.property(fc.array(anyPath, { minLength: 1, maxLength: 4 }), (paths) => {
      const [first = ""] = paths;
      equal(path.join(...paths), node.join(...paths), `join ${JSON.stringify(paths)}`);
      equal(path.resolve(...paths), node.resolve(...paths), `resolve ${JSON.stringify(paths)}`);
      equal(path.dirname(first), node.dirname(first), `dirname ${JSON.stringify(first)}`);
      equal(path.basename(first), node.basename(first), `basename ${JSON.stringify(first)}`);
      equal(path.posix.normalize(first), node.normalize(first), `normalize ${JSON.stringify(first)}`);
      equal(path.isAbsolute(first), node.isAbsolute(first));
      deepEqual({ ...path.parse(first) }, node.parse(first));
      equal(path.basename(first, "b.c"), node.basename(first, "b.c"));
      equal(path.posix.join(...paths), node.join(...paths), `posix.join ${JSON.stringify(paths)}`);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("the stand-in of node:path has its constants", () => {
  equal(path.delimiter, nodeDelimiter);
});

/** Returns the fields of `fs.Stats` that are compared. */
function toldBy(stats: Stats | undefined): unknown[] {
  if (stats === undefined) return [];
  const numbers =
    (onPosix.ignore
      ? ["size"] as const
      : ["size", "mode", "uid", "gid", "dev", "ino", "nlink", "rdev", "blksize", "blocks"] as const).map((
        name,
      ) => stats[name]);
  const kinds = [stats.isFile(), stats.isDirectory(), stats.isSymbolicLink(), stats.isFIFO(), stats.isSocket()];
  return [
    ...numbers,
    ...kinds,
    stats.isBlockDevice(),
    stats.isCharacterDevice(),
    stats.mtime,
    Math.floor(stats.mtimeMs),
  ];
}

/** Returns the code of the error that a function throws. */
function codeOf(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

Deno.test("the stand-in of node:fs answers as node:fs does, also when it fails", async () => {
  await inFolder({ "d/f.txt": "\ufefftext", "d/e/g": "" }, async (folder) => {
    const [file, inner, none] = [nodeJoin(folder, "d/f.txt"), nodeJoin(folder, "d"), nodeJoin(folder, "no")];
    deepEqual(fs.readdirSync(inner).sort(), nodeFs.readdirSync(inner).sort());
    deepEqual(new Uint8Array(fs.readFileSync(file) as Uint8Array), new Uint8Array(nodeFs.readFileSync(file)));
    equal(fs.readFileSync(file, "utf8"), nodeFs.readFileSync(file, "utf8"));
    deepEqual(fs.readFileSync(file, { encoding: "utf8" }), nodeFs.readFileSync(file, "utf8"));
    equal(fs.readdirSync(inner, { withFileTypes: true })[0]?.parentPath, inner);
    equal(fs.statSync(file, { bigint: true }).ino, nodeFs.statSync(file, { bigint: true }).ino);
    for (const one of [file, inner, ...onPosix.ignore ? [] : ["/dev/null"]]) {
      deepEqual(toldBy(fs.lstatSync(one)), toldBy(nodeFs.lstatSync(one)));
      deepEqual(toldBy(await promises.stat(one)), toldBy(nodeFs.statSync(one)));
      deepEqual(fs.existsSync(one), true);
    }
    equal(fs.existsSync(none), false);
    equal(fs.statSync(none, { throwIfNoEntry: false }), undefined);
    equal(fs.lstatSync(none, { throwIfNoEntry: false }), undefined);
    for (const bad of [none, nodeJoin(file, "below"), inner]) {
      equal(codeOf(() => fs.readFileSync(bad)), codeOf(() => nodeFs.readFileSync(bad)));
      equal(codeOf(() => fs.readdirSync(bad)), codeOf(() => nodeFs.readdirSync(bad)));
      equal(codeOf(() => fs.statSync(bad)), codeOf(() => nodeFs.statSync(bad)));
    }
    throws(() => fs.lstatSync(none), { code: "ENOENT" });
  });
});

Deno.test("the stand-in of node:fs changes files as node:fs does, also when it fails", onPosix, async () => {
  /** Returns the files that exist after one module has done the work. */
  const after = async (module: Pick<typeof nodeFs, keyof typeof fs & keyof typeof nodeFs>) => {
    let seen: unknown;
    const umask = Deno.umask(0o027);
    try {
      await inFolder({ "old.txt": "a longer text", "d/e/g": "" }, (folder) => {
        const at = (name: string): string => nodeJoin(folder, name);
        Deno.chmodSync(at("old.txt"), 0o600);
        module.writeFileSync(at("old.txt"), "short");
        module.writeFileSync(at("new.txt"), new Uint8Array([1, 2, 3]), { mode: 0o755, flag: "wx" });
        module.writeFileSync(at("plain.txt"), "é");
        module.mkdirSync(at("x/y/z"), { recursive: true, mode: 0o755 });
        module.mkdirSync(at("x/y"), { recursive: true });
        module.mkdirSync(at("w"), { mode: 0o700 });
        module.renameSync(at("plain.txt"), at("moved.txt"));
        nodeFs.symlinkSync("new.txt", at("link"));
        const errors = [
          () => module.writeFileSync(at("new.txt"), "", { flag: "wx" }),
          () => module.writeFileSync(at("no/new.txt"), ""),
          () => module.writeFileSync(at("d"), ""),
          () => module.mkdirSync(at("d")),
          () => module.mkdirSync(at("no/d")),
          () => module.mkdirSync(at("old.txt/d"), { recursive: true }),
          () => module.renameSync(at("no"), at("yes")),
          () => module.renameSync(at("d"), at("old.txt")),
          () => module.realpathSync(at("no")),
          () => module.rmSync(at("no")),
          () => module.readFileSync(at("no"), "utf8"),
        ].map(codeOf);
        module.rmSync(at("no"), { force: true });
        module.rmSync(at("d"), { recursive: true, force: true });
        const entries = (module.readdirSync(folder) as string[]).sort().map((name) => {
          const { mode } = nodeFs.lstatSync(at(name));
          equal((module.lstatSync(at(name)) as nodeFs.Stats).mode, mode);
          return [name, mode, nodeFs.statSync(at(name)).isFile() ? module.readFileSync(at(name), "utf8") : ""];
        });
        seen = [errors, entries, module.realpathSync(at("link")) === nodeFs.realpathSync(at("new.txt"))];
        return Promise.resolve();
      });
    } finally {
      Deno.umask(umask);
    }
    return seen;
  };
  deepEqual(await after(fs as unknown as typeof nodeFs), await after(nodeFs));
});

Deno.test("the stand-in of node:fs/promises reads and writes as the module does, also when it fails", async () => {
  await inFolder({ "d/f.txt": "\ufefftext" }, async (folder) => {
    const [file, none] = [nodeJoin(folder, "d/f.txt"), nodeJoin(folder, "no")];
    equal(await promises.readFile(file, "utf8"), await nodePromises.readFile(file, "utf8"));
    equal(await promises.readFile(file, { encoding: "utf8" }), await nodePromises.readFile(file, "utf8"));
    deepEqual(new Uint8Array(await promises.readFile(file)), new Uint8Array(await nodePromises.readFile(file)));
    equal((await promises.stat(file, { bigint: true })).ino, (await nodePromises.stat(file, { bigint: true })).ino);
    await promises.mkdir(nodeJoin(folder, "x/y"), { recursive: true });
    await promises.writeFile(nodeJoin(folder, "x/y/bytes"), new Uint8Array([1, 2]));
    await promises.writeFile(nodeJoin(folder, "x/y/text"), "é", { mode: 0o600, flag: "wx" });
    equal(nodeFs.readFileSync(nodeJoin(folder, "x/y/text"), "utf8"), "é");
    deepEqual([...nodeFs.readFileSync(nodeJoin(folder, "x/y/bytes"))], [1, 2]);
    /** The codes of what the same calls throw. */
    const codes = async (module: Pick<typeof nodePromises, "readFile" | "stat" | "mkdir" | "writeFile">) =>
      (await Promise.allSettled([
        module.readFile(none),
        module.readFile(folder, "utf8"),
        module.stat(none),
        module.mkdir(nodeJoin(folder, "d")),
        module.mkdir(nodeJoin(none, "d")),
        module.writeFile(nodeJoin(none, "f"), new Uint8Array()),
        module.writeFile(file, "", { flag: "wx" }),
      ])).map((end) => end.status === "rejected" ? (end.reason as { code?: unknown }).code : "fulfilled");
    deepEqual(await codes(promises as unknown as typeof nodePromises), await codes(nodePromises));
  });
});

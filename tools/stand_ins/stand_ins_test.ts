import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import * as nodeFs from "node:fs";
import { delimiter as nodeDelimiter, join as nodeJoin, posix as node } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import * as fs from "./fs.ts";
import * as promises from "./fs_promises.ts";
import * as path from "./path.ts";
import * as unitFs from "./unit_fs.ts";
import * as unitPromises from "./unit_fs_promises.ts";
import * as unitPath from "./unit_path.ts";

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
      equal(path.parse(first).root, node.parse(first).root);
      equal(unitPath.basename(first), node.basename(first));
      equal(unitPath.basename(first, "b.c"), node.basename(first, "b.c"));
    }),
    { numRuns: 3000 },
  );
});

Deno.test("the stand-in of node:path has its constants", () => {
  equal(unitPath.delimiter, nodeDelimiter);
});

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
    deepEqual([...fs.readFileSync(file)], [...nodeFs.readFileSync(file)]);
    equal(await promises.readFile(file, "utf8"), nodeFs.readFileSync(file, "utf8"));
    equal(await unitPromises.readFile(file, "utf8"), nodeFs.readFileSync(file, "utf8"));
    equal(await unitPromises.readFile(file, { encoding: "utf8" }), nodeFs.readFileSync(file, "utf8"));
    deepEqual(await unitPromises.readFile(file), nodeFs.readFileSync(file));
    for (const one of [file, inner]) {
      const [own, theirs] = [fs.lstatSync(one), nodeFs.lstatSync(one)];
      deepEqual([own?.size, own?.isFile(), own?.isDirectory(), own?.isSymbolicLink()], [
        theirs.size,
        theirs.isFile(),
        theirs.isDirectory(),
        theirs.isSymbolicLink(),
      ]);
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

Deno.test("the stand-in of node:fs in units changes files as node:fs does, also when it fails", onPosix, async () => {
  /** Returns the files that exist after one module has done the work. */
  const after = async (module: Pick<typeof nodeFs, keyof typeof unitFs & keyof typeof nodeFs>) => {
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
  deepEqual(await after(unitFs as unknown as typeof nodeFs), await after(nodeFs));
});

import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import * as nodeFs from "node:fs";
import { delimiter as nodeDelimiter, join as nodeJoin, posix as node } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import * as fs from "./fs.ts";
import * as promises from "./fs_promises.ts";
import * as path from "./path.ts";
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

/** The code of what a function throws. */
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

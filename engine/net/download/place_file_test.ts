import { deepEqual, equal, throws } from "node:assert/strict";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { placeFile, refusePlace } from "./place_file.ts";

const bytes = new TextEncoder().encode("new");
const isWindows = Deno.build.os === "windows";

Deno.test("placeFile() writes a new file, and leaves nothing beside it", () =>
  inFolder({}, (folder) => {
    placeFile(join(folder, "a.tgz"), bytes);
    equal(readFileSync(join(folder, "a.tgz"), "utf8"), "new");
    deepEqual(readdirSync(folder), ["a.tgz"]);
    return Promise.resolve();
  }));

Deno.test("placeFile() keeps a file that is there, unless it is told that it may go", () =>
  inFolder({ "a.tgz": "old" }, (folder) => {
    const path = join(folder, "a.tgz");
    throws(() => placeFile(path, bytes), {
      kind: "exists",
      message: /^refused to write .*a\.tgz: it exists and would be lost$/,
    });
    throws(() => placeFile(path, bytes, { reasonToKeep: () => "it is mine" }), {
      kind: "exists",
      message: /: it is mine$/,
    });
    equal(readFileSync(path, "utf8"), "old");
    deepEqual(readdirSync(folder), ["a.tgz"]);
    if (!isWindows) chmodSync(path, 0o755);
    placeFile(path, bytes, { reasonToKeep: () => undefined });
    equal(readFileSync(path, "utf8"), "new");
    if (!isWindows) equal(statSync(path).mode & 0o111, 0, "no program");
    return Promise.resolve();
  }));

Deno.test(
  "placeFile() writes neither through a link nor over one",
  { ignore: isWindows },
  () =>
    inFolder({ "target": "old" }, (folder) => {
      for (const [name, target] of [["link", "target"], ["dangling", "nothing"], ["loop", "loop"]] as const) {
        const path = join(folder, name);
        symlinkSync(join(folder, target), path);
        throws(() => placeFile(path, bytes, { reasonToKeep: () => undefined }), {
          kind: "exists",
          message: /it exists and is a symbolic link$/,
        });
        equal(lstatSync(path).isSymbolicLink(), true);
      }
      equal(readFileSync(join(folder, "target"), "utf8"), "old");
      deepEqual(readdirSync(folder).sort(), ["dangling", "link", "loop", "target"]);
      return Promise.resolve();
    }),
);

Deno.test("placeFile() and refusePlace() say what else is in the way, in Go's words", () =>
  inFolder({ "f": "" }, (folder) => {
    mkdirSync(join(folder, "d"));
    throws(() => refusePlace(join(folder, "d")), { kind: "io", message: `open ${join(folder, "d")}: is a directory` });
    throws(() => placeFile(join(folder, "none/x"), bytes), { kind: "io", message: /: no such file or directory$/ });
    throws(() => placeFile(join(folder, "f/x"), bytes), { kind: "io", message: /: not a directory$/ });
    refusePlace(join(folder, "free"));
    writeFileSync(join(folder, "g"), "");
    return Promise.resolve();
  }));

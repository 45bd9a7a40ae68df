import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { exists, readText, replaceFile } from "./files.ts";

const names = async (folder: string) => (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();

Deno.test("replaceFile() writes a file as a whole, and leaves nothing when it cannot", () =>
  inFolder({ "a": "before", "folder/x": "" }, async (folder) => {
    const path = join(folder, "a");
    const { size } = await replaceFile(path, "after");
    equal(size, 5n);
    equal(await readText(path), "after");
    await rejects(replaceFile(join(folder, "folder"), "x"), { kind: "io" });
    await rejects(replaceFile(join(folder, "nope", "a"), "x"), {
      kind: "io",
      message: `open ${join(folder, "nope", "a")}: no such file or directory`,
    });
    deepEqual(await names(folder), ["a", "folder"]);
  }));

Deno.test("replaceFile() keeps the mode of a file and the target of a link", () =>
  inFolder({ "a": "before" }, async (folder) => {
    if (Deno.build.os === "windows") return;
    await Deno.chmod(join(folder, "a"), 0o640);
    await Deno.symlink(join(folder, "a"), join(folder, "link"));
    await replaceFile(join(folder, "link"), "after");
    equal((await Deno.lstat(join(folder, "link"))).isSymlink, true);
    equal(await readText(join(folder, "a")), "after");
    equal(((await Deno.stat(join(folder, "a"))).mode ?? 0) & 0o777, 0o640);
  }));

Deno.test("readText() says what is wrong in Helm's words, and exists() whether something is there", () =>
  inFolder({ "a": "text" }, async (folder) => {
    equal(await readText(join(folder, "a")), "text");
    await rejects(readText(join(folder, "b")), { message: `open ${join(folder, "b")}: no such file or directory` });
    await rejects(readText(folder), { message: `read ${folder}: is a directory` });
    deepEqual([await exists(join(folder, "a")), await exists(join(folder, "b"))], [true, false]);
  }));

import { equal, match, notEqual, throws } from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { launcherPath } from "./launcher.ts";

Deno.test("launcherPath() is the program itself when that is one", () => {
  equal(launcherPath(["/usr/bin/skeg"], "/nowhere"), "/usr/bin/skeg");
});

Deno.test({
  name: "launcherPath() makes a script that hands on arguments as they are",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder({}, async (folder) => {
      const path = launcherPath(["/bin/sh", "-c", 'for a; do echo "[$a]"; done', "it's"], join(folder, "it's $HOME"));
      const { stdout } = await new Deno.Command(path, { args: ["a  b", "$x", "'\"", ""] }).output();
      equal(new TextDecoder().decode(stdout), "[a  b]\n[$x]\n['\"]\n[]\n");
    }),
});

Deno.test("launcherPath() keeps one script for each way of being started", () =>
  inFolder({}, (folder) => {
    const path = launcherPath(["/bin/deno", "run", "a.js"], folder);
    const before = statSync(path).ino;
    equal(launcherPath(["/bin/deno", "run", "a.js"], folder), path);
    equal(statSync(path).ino, before);
    notEqual(launcherPath(["/bin/deno", "run", "b.js"], folder), path);
    return Promise.resolve();
  }));

Deno.test("launcherPath() finds another place where its folder cannot be made", () =>
  inFolder({ "file": "" }, (folder) => {
    const path = launcherPath(["/bin/deno", "run", "a.js"], join(folder, "file", "bin"));
    match(path, /skeg-/);
    equal(path.startsWith(tmpdir()), true);
    return Promise.resolve();
  }));

Deno.test("launcherPath() makes a batch file for Windows", () =>
  inFolder({}, (folder) => {
    const path = launcherPath(["C:\\Program Files\\deno.exe", "run", "C:\\100%\\skeg.js"], folder, true);
    match(path, /helm\.cmd$/);
    equal(
      readFileSync(path, "utf8"),
      '@echo off\r\n"C:\\Program Files\\deno.exe" "run" "C:\\100%%\\skeg.js" %*\r\n',
    );
    throws(() => launcherPath(["deno", 'a"b'], folder, true), { kind: "config" });
    return Promise.resolve();
  }));

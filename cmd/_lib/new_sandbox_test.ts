import { equal, match } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import { program } from "../../tests/_lib/program.ts";

const CHART = { "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n", "web/templates/a.yaml": "" };

Deno.test("a command that only reads notes a sandbox file that does not exist, once", () =>
  inFolder({}, async (folder) => {
    const file = join(folder, "new.db");
    const run = (command: string, name: string, watched = false) =>
      program([command, name, `--sandbox=${file}${name}`], { watched });
    match((await run("list", "a")).stderr, /^Note: new sandbox: .*new\.dba$/m);
    match((await run("list", "a")).stderr, /^(?!.*new sandbox)/s);
    match((await run("status", "b", true)).stderr, /^Note: new sandbox: .*\nError: /);
    // In a log, the error is the first line.
    match((await run("status", "c")).stderr, /^Error: (?!.*new sandbox)/s);
  }));

Deno.test("a command that only reads does not make the folder of a sandbox file", () =>
  inFolder(CHART, async (folder) => {
    const sandbox = `--sandbox=${join(folder, "none", "dir", "x.db")}`;
    const web = join(folder, "web");
    const lines = [
      ["list"],
      ["status", "web"],
      ["history", "web"],
      ["get", "web"],
      ["plan", "upgrade", "web", web],
      ["diff", "upgrade", "web", web],
      ["why", "-r", "web", "Pod/x"],
      ["template", web, "--kube-version", "cluster"],
    ];
    for (const line of lines) {
      const { code, stderr } = await program([...line, sandbox], { own: true });
      equal(code, 1, line.join(" "));
      match(stderr, /^Error: no such folder: .*dir\n--sandbox=/, line.join(" "));
    }
    equal(existsSync(join(folder, "none")), false);
    // A command that changes something makes it.
    const installed = await program(["install", web, "--name", "web", "--allow-empty", sandbox]);
    equal(existsSync(join(folder, "none", "dir", "x.db")), true, installed.stderr);
  }));

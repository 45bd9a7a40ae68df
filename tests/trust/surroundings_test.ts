/** Surroundings that are not as programs expect: each ends with an answer in a sentence. */
import { equal, match } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../_lib/folder.ts";

const ROOT = join(import.meta.dirname ?? ".", "..", "..");
const CHART = join(ROOT, "examples", "charts", "web");

/** The program, whose current folder is removed after the runtime began and before the program does. */
async function withoutFolder(folder: string, args: readonly string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "--no-prompt", "--cached-only", "-R", "-W", "-N", "-E", "-S", "--allow-run"],
      `--preload=${join(folder, "leave.js")}`,
      join(ROOT, "main.ts"),
      ...args,
    ],
    env: { HELM_HOME: join(folder, "helm") },
    stdin: "null",
  });
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

const FILES = {
  "leave.js": "const folder = Deno.makeTempDirSync(); Deno.chdir(folder); Deno.removeSync(folder);",
  "helm/repository/repositories.yaml": "apiVersion: v1\ngenerated: 2019-01-01T00:00:00Z\nrepositories: []\n",
};

const NOTE = "The current folder no longer exists. Change to a folder that exists.\n";

Deno.test({
  name: "a current folder that was removed is named by every command that looks into it",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(FILES, async (folder) => {
      const commands: [string[], string][] = [
        [["template", "."], "stat .: no such file or directory"],
        [["inspect", "."], 'path "." not found'],
        [["install", ".", `--sandbox=${join(folder, "s.db")}`], 'path "." not found'],
        [["plugin", "install", "."], "Cannot detect VCS"],
        [["package", CHART], "getwd: no such file or directory"],
        [["create", "x"], "getwd: no such file or directory"],
        [["dependency", "list"], "getwd: no such file or directory"],
        [["dependency", "update"], "getwd: no such file or directory"],
        [["repo", "index", "."], "getwd: no such file or directory"],
        [["serve", "--repo-path", "x"], "getwd: no such file or directory"],
      ];
      for (const [command, message] of commands) {
        const { code, stderr } = await withoutFolder(folder, command);
        equal(code, 1, command.join(" "));
        equal(stderr, `Error: ${message}\n${NOTE}`, command.join(" "));
      }
      // Errors that name what they looked for keep their words.
      const values = await withoutFolder(folder, ["template", CHART, "-f", "v.yaml"]);
      equal(values.stderr, `Error: open v.yaml: no such file or directory\n${NOTE}`);
    }),
});

Deno.test({
  name: "a current folder that was removed is no trouble for commands that do not look into it",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(FILES, async (folder) => {
      const state = `--sandbox=${join(folder, "s.db")}`;
      for (
        const [args, wanted] of [
          [["version", "--client"], /^Client: /],
          [["template", CHART], /^---\n# Source: /],
          [["install", CHART, "--name", "web", state], /STATUS: DEPLOYED/],
          [["list", state], /DEPLOYED/],
          [["delete", "--purge", "web", state], /deleted/],
        ] as const
      ) {
        const { code, stdout, stderr } = await withoutFolder(folder, args);
        equal(stderr.includes("no longer exists"), false, stderr);
        match(stdout, wanted);
        equal(code, 0);
      }
    }),
});

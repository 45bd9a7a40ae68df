/** The script that npm links as `skeg`, with Node and a package that stands in for the `deno` of the registry. */
import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../tests/_lib/folder.ts";

const script = await Deno.readTextFile(join(import.meta.dirname ?? ".", "skeg.cjs"));

async function node(args: readonly string[], env: Record<string, string> = {}) {
  const output = await new Deno.Command("node", { args: [...args], env, stdin: "null" }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
}

const hasNode = await node(["--version"]).then(({ code }) => code === 0, () => false);

/** The package as npm lays it out. `modules/skeg.js` tells what it was given. */
const PACKAGE = {
  "skeg/skeg.cjs": script,
  "skeg/modules/skeg.js": `console.log(JSON.stringify(Deno.args)); Deno.exit(Deno.args.length);`,
};

const DENO = { "node_modules/deno/install_api.cjs": `exports.runInstall = () => process.env.REAL_DENO;` };

Deno.test({
  name: "the npm script hands arguments on and exit statuses back",
  ignore: !hasNode,
  fn: () =>
    inFolder({ ...PACKAGE, ...DENO }, async (folder) => {
      const run = await node([join(folder, "skeg", "skeg.cjs"), "list", "--debug", "a b"], {
        REAL_DENO: Deno.execPath(),
      });
      deepEqual(run, { code: 3, stdout: '["list","--debug","a b"]\n', stderr: "" });
    }),
});

Deno.test({
  name: "without its dependency the npm script takes the Deno of the PATH, or says what to do",
  ignore: !hasNode || Deno.build.os === "windows",
  fn: () =>
    inFolder(PACKAGE, async (folder) => {
      const path = join(folder, "skeg", "skeg.cjs");
      const executable = (await new Deno.Command("node", { args: ["-p", "process.execPath"] }).output()).stdout;
      const nodePath = new TextDecoder().decode(executable).trim();
      await Deno.mkdir(join(folder, "bin"));
      const without = await new Deno.Command(nodePath, { args: [path], env: { PATH: join(folder, "bin") } }).output();
      equal(without.code, 1);
      match(new TextDecoder().decode(without.stderr), /^Error: cannot find Deno: .*\nInstall this package again .*\n$/);
      await Deno.symlink(Deno.execPath(), join(folder, "bin", "deno"));
      const found = await new Deno.Command(nodePath, { args: [path, "x"], env: { PATH: join(folder, "bin") } })
        .output();
      deepEqual([found.code, new TextDecoder().decode(found.stdout)], [1, '["x"]\n']);
    }),
});

Deno.test({
  name: "the npm script passes SIGTERM on, and its status tells of the signal",
  ignore: !hasNode || Deno.build.os === "windows",
  fn: () =>
    inFolder({
      ...PACKAGE,
      ...DENO,
      "skeg/modules/skeg.js": `console.log("ready"); setInterval(() => {}, 1000);`,
    }, async (folder) => {
      const child = new Deno.Command("node", {
        args: [join(folder, "skeg", "skeg.cjs")],
        env: { REAL_DENO: Deno.execPath() },
        stdin: "null",
        stdout: "piped",
      }).spawn();
      const reader = child.stdout.getReader();
      await reader.read();
      child.kill("SIGTERM");
      await reader.cancel();
      equal((await child.status).code, 143);
    }),
});

Deno.test({
  name: "when npx is ended and its shell with it, the npm script passes SIGTERM on",
  ignore: !hasNode || Deno.build.os === "windows",
  fn: () =>
    inFolder({
      ...PACKAGE,
      ...DENO,
      "skeg/modules/skeg.js": `Deno.addSignalListener("SIGTERM", () => {
        Deno.writeTextFileSync(Deno.args[0], "SIGTERM");
        Deno.exit(143);
      });
      console.log("ready");
      setInterval(() => {}, 1000);`,
    }, async (folder) => {
      const ended = join(folder, "ended");
      const parent = new Deno.Command("sh", {
        // The shell waits, as that of npx does, and ends on SIGTERM without telling its child.
        args: ["-c", 'node "$0" "$1" & wait', join(folder, "skeg", "skeg.cjs"), ended],
        env: { REAL_DENO: Deno.execPath(), npm_command: "exec" },
        stdin: "null",
        stdout: "piped",
      }).spawn();
      const reader = parent.stdout.getReader();
      await reader.read();
      parent.kill("SIGKILL");
      await parent.status;
      // The script holds the pipe until the program has ended.
      while (!(await reader.read()).done);
      equal(await Deno.readTextFile(ended), "SIGTERM");
    }),
});

Deno.test({
  name: "the npm script gives the program the name of its link",
  ignore: !hasNode || Deno.build.os === "windows",
  fn: () =>
    inFolder({
      ...PACKAGE,
      ...DENO,
      "skeg/modules/skeg.js": `console.log(Deno.env.get("SKEG_NAME"));`,
    }, async (folder) => {
      await Deno.symlink(join(folder, "skeg", "skeg.cjs"), join(folder, "helm"));
      const name = async (file: string, env: Record<string, string> = {}) =>
        (await node([join(folder, file)], { REAL_DENO: Deno.execPath(), ...env })).stdout.trim();
      deepEqual(
        [await name("helm"), await name("skeg/skeg.cjs"), await name("helm", { SKEG_NAME: "skeg" })],
        ["helm", "undefined", "skeg"],
      );
    }),
});

/** Runs the script from a shell that sets the surroundings first; the shell takes the place of no program of the package. */
async function nodeAfter(shell: string, script: string, env: Record<string, string> = {}) {
  const command = new Deno.Command("sh", {
    args: ["-c", `${shell}; exec node "$0" version`, script],
    env: { REAL_DENO: Deno.execPath(), ...env },
    stdin: "null",
  });
  const { code, stderr } = await command.output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test({
  name: "the npm script says in a sentence why Deno could not begin, and what to do",
  ignore: !hasNode || Deno.build.os === "windows",
  fn: () =>
    inFolder({ ...PACKAGE, ...DENO, "file": "", "gone/x": "" }, async (folder) => {
      const script = join(folder, "skeg", "skeg.cjs");
      const cases: [string, string, Record<string, string>?][] = [
        [`cd "${folder}/gone" && rm -r "${folder}/gone"`, "Error: the current folder no longer exists.\nChange to a "],
        [":", `Error: HOME is ${folder}/file, which is not a folder.\nSet HOME `, { HOME: join(folder, "file") }],
        [":", `Error: HOME is ${folder}/file/x, which is not a folder.\nSet HOME `, {
          HOME: join(folder, "file", "x"),
        }],
      ];
      if (Deno.build.os === "linux") {
        cases.push(
          [
            "ulimit -n 24",
            "Error: the limit of open files is 24, and Deno needs 32.\nRaise it, such as by 'ulimit -n 1024'.",
          ],
          ["ulimit -v 8000000", "Error: the limit of address space is 8000000 KiB, and Deno reserves 34000000 KiB"],
        );
      }
      for (const [shell, message, env] of cases) {
        const { code, stderr } = await nodeAfter(shell, script, env);
        equal(stderr.slice(0, message.length), message);
        equal(stderr.trimEnd().split("\n").length, 2, stderr);
        equal(code, 1, shell);
      }
      // What Deno can live with is left alone.
      for (const env of [{ HOME: join(folder, "none") }, { HOME: "" }, { HOME: folder }]) {
        deepEqual(await nodeAfter("ulimit -n 32", script, env), { code: 1, stderr: "" });
      }
    }),
});

Deno.test({
  name: "the npm script says so when Deno crashes, and its status tells of the signal",
  ignore: !hasNode || Deno.build.os === "windows",
  fn: () =>
    inFolder({
      ...PACKAGE,
      ...DENO,
      "skeg/modules/skeg.js": `const { default: process } = await import("node:process");
        process.kill(Deno.pid, "SIG" + Deno.args[0]); await new Promise((end) => setTimeout(end, 9000));`,
    }, async (folder) => {
      for (
        const [signal, number, words] of [["ABRT", 134, / crashed \(SIGABRT\)/], [
          "KILL",
          137,
          / ended by SIGKILL/,
        ]] as const
      ) {
        const { code, stderr } = await node([join(folder, "skeg", "skeg.cjs"), signal], { REAL_DENO: Deno.execPath() });
        equal(code, number);
        match(stderr, words);
        match(stderr, /^Error: .* or ask for less at once\.\n$/);
      }
      const asked = await node([join(folder, "skeg", "skeg.cjs"), "TERM"], { REAL_DENO: Deno.execPath() });
      deepEqual([asked.code, asked.stderr], [143, ""]);
    }),
});

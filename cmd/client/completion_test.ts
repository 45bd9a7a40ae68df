import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import { asHelm } from "../../tests/_lib/program.ts";
import { SHELLS } from "../_lib/completion_scripts.ts";

const root = join(import.meta.dirname ?? ".", "../..");

/** A chart that installs one object. */
const WEB = {
  "web/Chart.yaml": "name: web\nversion: 1.2.3\n",
  "web/templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: '{{ .Release.Name }}' }\n",
};

/** Returns a program's output, or `undefined` when it is not on this machine. */
async function output(
  command: string,
  args: readonly string[],
  options: { stdin?: string; env?: Record<string, string> } = {},
): Promise<{ code: number; stdout: string; stderr: string } | undefined> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(command, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      ...options.env === undefined ? {} : { env: options.env },
    }).spawn();
  } catch {
    return undefined;
  }
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(options.stdin ?? "")).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("completion refuses what it does not know, as Helm does", async () => {
  const stderr = async (...words: string[]) => (await asHelm(["completion", ...words])).stderr;
  equal(await stderr(), "Error: shell not specified\n");
  equal(await stderr("bash", "zsh"), "Error: too many arguments, expected only the shell type\n");
  equal(await stderr("tcsh"), 'Error: unsupported shell type "tcsh"\n');
});

for (const shell of SHELLS.filter((name) => name !== "powershell")) {
  Deno.test(`${shell} reads the script for it`, async (t) => {
    const { stdout } = await asHelm(["completion", shell]);
    match(stdout, /__complete/);
    await t.step({
      name: "the syntax is right",
      ignore: await output(shell, ["-c", "true"]) === undefined,
      fn: async () => {
        const checked = await output(shell, ["-n"], { stdin: stdout });
        deepEqual([checked?.code, checked?.stderr], [0, ""]);
      },
    });
  });
}

Deno.test("the script for PowerShell asks the program", async () => {
  match(
    (await asHelm(["completion", "powershell"])).stdout,
    /Register-ArgumentCompleter -Native .*__complete --line/s,
  );
});

/** A folder with three releases and a `helm` on the PATH that is this program. */
function withHelm(work: (folder: string, env: Record<string, string>) => Promise<void>): Promise<void> {
  return inFolder({ ...WEB, "bin/.keep": "" }, async (folder) => {
    const state = join(folder, "state.db");
    for (const name of ["web-one", "web-two", "other"]) {
      equal((await asHelm(["install", join(folder, "web"), "--name", name, `--sandbox=${state}`])).code, 0);
    }
    const run = `'${Deno.execPath()}' run -R -W -N -E -S --allow-run --no-check --quiet '${join(root, "main.ts")}'`;
    await Deno.writeTextFile(join(folder, "bin", "helm"), `#!/bin/sh\nexec ${run} "$@"\n`, { mode: 0o755 });
    await work(folder, {
      PATH: `${join(folder, "bin")}:${Deno.env.get("PATH") ?? ""}`,
      SKEG_SANDBOX: state,
      HOME: Deno.env.get("HOME") ?? folder,
    });
  });
}

/** True if a shell cannot be tested here. */
async function isMissing(shell: string): Promise<boolean> {
  return Deno.build.os === "windows" || await output(shell, ["-c", "true"]) === undefined;
}

Deno.test({
  name: "bash completes the name of a release",
  ignore: await isMissing("bash"),
  fn: () =>
    withHelm(async (folder, env) => {
      await Deno.writeTextFile(join(folder, "helm.bash"), (await asHelm(["completion", "bash"])).stdout);
      const complete = async (line: string) => {
        const script = `source '${join(folder, "helm.bash")}'
COMP_LINE='${line}' COMP_POINT=${line.length} COMP_WORDS=(${line} '') COMP_CWORD=0
__start_helm
printf '%s\\n' "\${COMPREPLY[@]}"`;
        const result = await output("bash", ["--norc", "-c", script], { env });
        return result?.stdout.trimEnd().split("\n");
      };
      deepEqual(await complete("helm status web-"), ["web-one", "web-two"]);
      deepEqual(await complete("helm get values other --output=j"), ["json"]);
      deepEqual(await complete("helm rollback web-one "), ["1"]);
    }),
});

Deno.test({
  name: "fish completes the name of a release",
  ignore: await isMissing("fish"),
  fn: () =>
    withHelm(async (folder, env) => {
      await Deno.writeTextFile(join(folder, "helm.fish"), (await asHelm(["completion", "fish"])).stdout);
      const complete = async (line: string) => {
        const script = `source '${join(folder, "helm.fish")}'; complete -C '${line}'`;
        return (await output("fish", ["--no-config", "-c", script], { env }))?.stdout.trimEnd().split("\n");
      };
      deepEqual(await complete("helm status web-"), ["web-one\tDEPLOYED", "web-two\tDEPLOYED"]);
      deepEqual(await complete("helm get values other --output=j"), ["--output=json"]);
    }),
});

Deno.test({
  name: "zsh completes the name of a release",
  ignore: await isMissing("zsh"),
  fn: () =>
    withHelm(async (folder, env) => {
      await Deno.writeTextFile(join(folder, "helm.zsh"), (await asHelm(["completion", "zsh"])).stdout);
      const complete = async (line: string) => {
        // The functions of zsh's completion system take what was found; here they print it.
        const script = `compdef() { : }
_describe() { print -l -- "\${(@P)3}" }
source '${join(folder, "helm.zsh")}'
words=(\${(z):-'${line}'}) CURRENT=\${#words}
__helm_complete`;
        return (await output("zsh", ["--no-rcs", "-c", script], { env }))?.stdout.trimEnd().split("\n");
      };
      deepEqual(await complete("helm status web-"), ["web-one:DEPLOYED", "web-two:DEPLOYED"]);
      deepEqual(await complete("helm get values other --output=j"), ["--output=json:"]);
    }),
});

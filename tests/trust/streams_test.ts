/**
 * Unusual environments: streams that are full or closed, variables with
 * unusual values, long names and files. The program ends with a regular exit
 * status and a message, never with a stack trace.
 *
 * @module
 */
import { equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { chartArchive } from "../_lib/chart_server.ts";
import { inFolder } from "../_lib/folder.ts";
import { program } from "../_lib/program.ts";

const MAIN = join(import.meta.dirname ?? ".", "..", "..", "main.ts");
/** The program, for a shell. */
const RUN = `'${Deno.execPath()}' run --quiet --no-check --no-prompt -R -W -N -E -S --allow-run '${MAIN}'`;

const CHART: Readonly<Record<string, string>> = {
  "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
  "web/values.yaml": "a: 1\n",
  "web/templates/a.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata: {a: {{ .Values.a | quote }}}\n",
  "web/templates/NOTES.txt": "Deployed.\n",
};
/** Its output is longer than a pipe holds. */
const LONG = { "web/templates/b.yaml": `a: ${"x".repeat(99)}\n`.repeat(5000) };

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function shell(script: string, cwd: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", script],
    cwd,
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH") ?? "",
      HOME: cwd,
      DENO_DIR: Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "/", ".cache/deno"),
      ...env,
    },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Fails when the program ended by a failure of its own. */
function checkWords(what: string, { code, stdout, stderr }: Ended): void {
  ok(
    !/Uncaught|panicked|\n {4}at |TypeError|is not a function|Cannot read|call stack|file:\/\//.test(stdout + stderr),
    `${what}: ${stderr.slice(0, 600)}`,
  );
  ok([0, 1].includes(code), `${what}: exit status ${code} ${stderr.slice(0, 300)}`);
}

/** Shell scripts; `S` stands for the program, whose status they end with. */
const SCRIPTS: readonly (readonly [what: string, script: string, code?: number])[] = [
  ["a reader that has enough", "set -o pipefail; S template web | head -1", 0],
  ["a reader that is gone", "set -o pipefail; S template web | true", 0],
  ["a reader that is gone before an error", "set -o pipefail; S template nowhere | true", 1],
  ["a reader of errors that is gone", "S lint nowhere 2> >(true)", 1],
  ["a full device for output", "S template web >/dev/full", 1],
  [
    "a full device, named",
    "S template web 2>&1 >/dev/full | grep -qx 'Error: cannot write standard output: no space left on device'",
    0,
  ],
  ["a full device for short output", "S version --client >/dev/full", 1],
  ["a full device for help", "S help >/dev/full", 1],
  ["a full device for errors", "S lint nowhere 2>/dev/full", 1],
  ["a full device for both", "S template nowhere >/dev/full 2>&1", 1],
  ["a closed output", "S template web >&-"],
  ["closed errors", "S template web 2>&- | tail -c 5", 0],
  ["a closed input", "S template web <&- | tail -c 5", 0],
  ["a closed input for values", "S template web -f - <&-"],
  ["all streams closed", "S template web <&- >&- 2>&-"],
  ["values from a device without end of line", "S template web -f /dev/null", 0],
  ["values from a pipe", "S template web -f <(echo 'a: 2') | grep -q 'a: .2'", 0],
  ["values from a folder", "S template web -f .", 1],
  ["an output file that may not be there", "S template web --output-dir /dev/null/x", 1],
  ["a folder of output that is a file", "S template web --output-dir web/Chart.yaml", 1],
  ["a file too large for the limit", "ulimit -f 1; S package web -d . --save=false"],
  ["no words of a language", "LANG=C LC_ALL=C S template web", 0],
  ["Turkish", "LANG=tr_TR.UTF-8 S template web --set a=I", 0],
  ["a language that is none", "LC_ALL=../../etc/passwd S template web", 0],
  ["another encoding", "LANG=ja_JP.SJIS S template web", 0],
  ["a time zone that is none", "TZ=Nowhere/City S list --sandbox=state.db", 0],
  ["a time zone that is a file", "TZ=../../etc/passwd S list --sandbox=state.db", 0],
  ["a time zone that is a path", "TZ=:/etc/localtime S list --sandbox=state.db", 0],
  ["no time zone", "TZ= S list --sandbox=state.db", 0],
  ["a temporary folder that is not there", "TMPDIR=/nowhere S package web -d . --save=false", 0],
  ["a mask that leaves no rights", "umask 0777; S template web", 0],
  [
    "no search path",
    `PATH= '${Deno.execPath()}' run --quiet --no-check --no-prompt -R -W -N -E -S --allow-run '${MAIN}' template web`,
    0,
  ],
  ["an argument that is not UTF-8", "S template $'web\\xff'", 1],
  ["a value that is not UTF-8", "S template web --set $'a=\\xff\\xfe'"],
  ["an argument of 100,000 characters", "S template $(printf 'a%.0s' {1..100000})", 1],
];

const onUnix = { ignore: Deno.build.os === "windows" };

Deno.test(
  `streams, languages and time zones that are odd: ${SCRIPTS.length} commands`,
  onUnix,
  () =>
    inFolder({ ...CHART, ...LONG }, async (folder) => {
      const queue = [...SCRIPTS];
      const work = async (): Promise<void> => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const [what, script, wanted] = next;
          const ended = await shell(script.replaceAll(/\bS (?=[a-z])/g, `${RUN} `), folder);
          // The shell and other programs may say that they were stopped.
          checkWords(what, /pipefail|ulimit/.test(script) && ended.code > 1 ? { ...ended, code: 1 } : ended);
          if (wanted !== undefined) {
            equal(ended.code, wanted, `${what}: ${ended.stdout.slice(0, 200)} ${ended.stderr.slice(0, 600)}`);
          }
        }
      };
      await Promise.all([work(), work(), work()]);
    }),
);

/** Variables and their odd values. */
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  HOME: ["", "/nowhere", "relative/home", "/dev/null", "a b\nc", "/" + "h".repeat(5000), "\0"],
  HELM_HOME: ["", "/dev/null", "relative", "/" + "h".repeat(5000), "/nowhere/é ü", "~"],
  KUBECONFIG: ["/dev/null", "/", "::::", "/nowhere", "relative", ":" + "/x".repeat(3000)],
  TILLER_NAMESPACE: ["../..", "a/b", "é", "x".repeat(300), "a b"],
  HELM_HOST: ["x", "http://[::1", "\x1b]52;c;eA==\x07"],
  HELM_DEBUG: ["maybe", "2"],
  HELM_PLUGIN: ["/dev/null", "/nowhere:/nowhere"],
  HTTPS_PROXY: ["x y", "http://[", "socks9://h"],
  SKEG_REPOSITORY_TIMEOUT: ["-1", "x", "1e99"],
  SKEG_HINTS: ["maybe"],
  SKEG_NAME: ["", "../x", "helm"],
  COLUMNS: ["0", "-5", "999999999999", "x"],
};

const VARIABLE_COUNT = Object.values(VARIABLES).flat().length;

Deno.test(`variables with values that nobody means: ${VARIABLE_COUNT} of them, each with 5 commands`, () =>
  inFolder(CHART, async (folder) => {
    for (const [name, values] of Object.entries(VARIABLES)) {
      for (const value of values) {
        for (
          const args of [
            ["template", join(folder, "web")],
            ["repo", "list"],
            ["list", ...name === "KUBECONFIG" ? [] : [`--sandbox=${join(folder, "state.db")}`]],
            ["plugin", "list"],
            ["home"],
          ]
        ) {
          const variables = { HOME: folder, [name]: value };
          checkWords(`${name}=${value.slice(0, 40)} ${args[0]}`, await program(args, { variables }));
        }
      }
    }
  }));

Deno.test("names and texts that are long: 10 commands", () =>
  inFolder(CHART, async (folder) => {
    const web = join(folder, "web");
    const sandbox = `--sandbox=${join(folder, "state.db")}`;
    const long = "n".repeat(5000);
    for (
      const args of [
        ["install", web, "--name", long, sandbox],
        ["install", web, "--name", "", "--name-template", long, sandbox],
        ["install", web, "--name", "a", "--namespace", long, sandbox],
        ["status", long, sandbox],
        ["history", "x".repeat(54), sandbox],
        ["template", join(folder, long)],
        ["template", web, "--set", `a=${"v".repeat(1_000_000)}`],
        ["template", web, "--set", `${"k".repeat(1_000_000)}=1`],
        ["search", long],
        [long],
      ]
    ) {
      const ended = await program(args, { variables: { HOME: folder } });
      checkWords(args.map((arg) => arg.slice(0, 20)).join(" "), ended);
      if (args[0] !== "template" || args.length < 3) {
        equal(
          ended.code,
          1,
          args.map((arg) => arg.slice(0, 20)).join(" "),
        );
      }
    }
    const file = join(web, "f".repeat(255));
    await Deno.writeTextFile(file, "x");
    equal((await program(["template", web])).code, 0);
  }));

Deno.test("values of 10 MB are merged and printed", () =>
  inFolder({ ...CHART, "values.yaml": `a: ${"v".repeat(10 * 1024 * 1024)}\n` }, async (folder) => {
    const { code, stdout } = await program(["template", join(folder, "web"), "-f", join(folder, "values.yaml")]);
    equal(code, 0);
    ok(stdout.length > 10_000_000);
  }));

Deno.test("a chart of 3 MB does not fit into a record, which is told before anything is created", () => {
  const noise = Array.from(
    { length: 48 },
    () => crypto.getRandomValues(new Uint8Array(49_152)).toBase64(),
  );
  const files = Object.fromEntries(noise.map((text, at) => [`web/files/${at}`, text]));
  return inFolder({ ...CHART, ...files }, async (folder) => {
    const sandbox = `--sandbox=${join(folder, "state.db")}`;
    const { code, stderr } = await program(["install", join(folder, "web"), "--name", "big", sandbox]);
    equal(code, 1);
    match(stderr, /record/i);
    equal((await program(["list", "--all", "-q", sandbox])).stdout, "");
    equal((await program(["status", "big", sandbox])).code, 1);
  });
});

Deno.test("an archive that is many archives is read to its end only", () =>
  inFolder({}, async (folder) => {
    const archive = new Uint8Array(chartArchive("web", "1.0.0"));
    const path = join(folder, "web-1.0.0.tgz");
    await Deno.writeFile(path, new Uint8Array([...archive, ...archive, 0, 1, 2]));
    equal((await program(["inspect", "chart", path])).code, 0);
  }));

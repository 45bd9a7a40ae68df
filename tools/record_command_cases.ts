/**
 * Records what the real Helm 2.17.0 makes of folders of files, command after
 * command.
 *
 * Reads cases from a JSONL file, one object a line with `name`, `files` (path to
 * text; a path that ends with `/` is an empty folder), `files_b64` (path to
 * base64) and `commands`, each the words of a command line. Runs them one after
 * the other in a folder that holds the files, and writes the case with
 * `answers`: for each command `exit`, `stdout`, `warnings` (what Helm logged,
 * sorted, without times) and `error`, or `crash`. The words `contents FILE`
 * are no command of Helm: their answer is what a packaged chart holds, path to
 * text. A case that answers differently from run to run is left out.
 *
 * Run: `deno run -A tools/record_command_cases.ts HELM CASES.jsonl OUT.jsonl`
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";

/** Files and what is asked of them. */
interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly files_b64?: Readonly<Record<string, string>>;
  readonly commands: readonly (readonly string[])[];
}

/** Runs that must agree. */
const RUNS = 2;
const LOGGED = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /;

/** Returns the names and texts of a packed tar archive, in its order. */
function contents(file: string): Record<string, unknown> {
  const names = spawnSync("tar", ["-tzf", file], { encoding: "utf8" }).stdout.split("\n").filter((name) => name !== "");
  const texts = names.map((name) => [name, spawnSync("tar", ["-xzOf", file, name], { encoding: "utf8" }).stdout]);
  return { contents: Object.fromEntries(texts) };
}

function answer(helm: string, folder: string, words: readonly string[]): Record<string, unknown> {
  if (words[0] === "contents") return contents(join(folder, words[1] ?? ""));
  const { status, stdout, stderr } = spawnSync(helm, [...words], {
    cwd: folder,
    encoding: "utf8",
    env: {
      HOME: join(folder, "home"),
      HELM_HOME: join(folder, "home", ".helm"),
      TZ: "UTC",
      PATH: process.env["PATH"] ?? "",
    },
    maxBuffer: 1 << 28,
  });
  if (/^(panic|fatal error): /m.test(stderr)) return { crash: true };
  const lines = stderr.split("\n");
  const warnings = lines.filter((line) => LOGGED.test(line)).map((line) => line.replace(LOGGED, "")).sort();
  const error = lines.filter((line) => !LOGGED.test(line)).join("\n").trim();
  return { exit: status, stdout, ...(warnings.length > 0 ? { warnings } : {}), ...(error !== "" ? { error } : {}) };
}

function writeFiles(folder: string, one: Case): void {
  const write = (path: string, data: string | Uint8Array): void => {
    const file = join(folder, path);
    mkdirSync(path.endsWith("/") ? file : dirname(file), { recursive: true });
    if (!path.endsWith("/")) writeFileSync(file, data);
  };
  for (const [path, text] of Object.entries(one.files)) write(path, text);
  for (const [path, coded] of Object.entries(one.files_b64 ?? {})) write(path, Buffer.from(coded, "base64"));
}

/** The answers of one run, without the folder's name. */
function run(helm: string, one: Case): string {
  const folder = mkdtempSync(join(tmpdir(), "skeg-record-"));
  try {
    writeFiles(folder, one);
    spawnSync(helm, ["init", "--client-only", "--skip-refresh", "--stable-repo-url", "http://127.0.0.1:1/"], {
      env: { HOME: join(folder, "home"), HELM_HOME: join(folder, "home", ".helm") },
    });
    const answers = one.commands.map((words) => answer(helm, folder, words));
    return JSON.stringify(answers).replaceAll(`${folder}/`, "");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function record(helm: string, one: Case): string | undefined {
  const answers = new Set(Array.from({ length: RUNS }, () => run(helm, one)));
  const [first = "[]"] = answers;
  return answers.size > 1 ? undefined : JSON.stringify({ ...one, answers: JSON.parse(first) });
}

function main([helm, input, output]: readonly string[]): void {
  if (helm === undefined || input === undefined || output === undefined) {
    throw new Error("usage: record_command_cases.ts HELM CASES.jsonl OUT.jsonl");
  }
  const cases = readFileSync(input, "utf8").split("\n").filter((line) => line !== "");
  let count = 0;
  writeFileSync(output, "");
  for (const line of cases) {
    const recorded = record(helm, JSON.parse(line) as Case);
    if (recorded === undefined) continue;
    appendFileSync(output, `${recorded}\n`);
    count += 1;
  }
  process.stderr.write(`${count} of ${cases.length} recorded\n`);
}

if (import.meta.main) main(process.argv.slice(2));

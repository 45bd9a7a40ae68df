/**
 * Records the output of the real Helm 2.17.0 for whole charts.
 *
 * Reads cases from a JSONL file, one object per line with `name`, `command` (the
 * words of the command line, run in the folder with the files) and `files` (path
 * → text). Runs them, and writes them with `exit`, `stdout`, `warnings` (Helm's
 * log, sorted, without times) and `error`. A case that crashes Helm has `crash`
 * instead. A case whose output varies between runs, because Go's map order is
 * random, is left out.
 *
 * Run: `deno run -A tools/record_chart_cases.ts HELM CASES.jsonl OUT.jsonl`
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";

/** A command line and its files. */
interface Case {
  readonly name: string;
  readonly command: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

/** Number of runs that must agree. */
const RUNS = 5;
const LOGGED = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /;

function run(helm: string, folder: string, words: readonly string[]): Record<string, unknown> {
  const { status, stdout, stderr } = spawnSync(helm, [...words], {
    cwd: folder,
    encoding: "utf8",
    env: { HOME: folder, HELM_HOME: join(folder, "home"), TZ: "UTC", PATH: process.env["PATH"] ?? "" },
    maxBuffer: 1 << 28,
  });
  if (/^(panic|fatal error): /m.test(stderr)) return { crash: true };
  const lines = stderr.split("\n");
  const warnings = lines.filter((line) => LOGGED.test(line)).map((line) => line.replace(LOGGED, "")).sort();
  const error = lines.filter((line) => !LOGGED.test(line)).join("\n").trim();
  return { exit: status, stdout, ...(warnings.length > 0 ? { warnings } : {}), ...(error !== "" ? { error } : {}) };
}

function record(helm: string, one: Case): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "skeg-record-"));
  try {
    for (const [path, text] of Object.entries(one.files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const answers = new Set(Array.from({ length: RUNS }, () => JSON.stringify(run(helm, folder, one.command))));
    const [answer = "{}"] = answers;
    if (answers.size > 1 || answer.includes(folder)) return undefined;
    return JSON.stringify({ ...one, ...JSON.parse(answer) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function main([helm, input, output]: readonly string[]): void {
  if (helm === undefined || input === undefined || output === undefined) {
    throw new Error("usage: record_chart_cases.ts HELM CASES.jsonl OUT.jsonl");
  }
  const cases = readFileSync(input, "utf8").split("\n").filter((line) => line !== "");
  const recorded = cases.map((line) => record(helm, JSON.parse(line) as Case)).filter((line) => line !== undefined);
  writeFileSync(output, recorded.join("\n") + "\n");
  process.stderr.write(`${recorded.length} of ${cases.length} recorded\n`);
}

if (import.meta.main) main(process.argv.slice(2));

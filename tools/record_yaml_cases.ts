/**
 * Records how the real Helm 2.17.0 reads and writes YAML.
 *
 * Reads cases from a JSONL file, one object per line with `yaml`, the text of a
 * chart's `values.yaml`. Renders a chart with each text by `helm template`, and
 * writes the cases with `id` and either `json` (output of `toJson .Values`) and
 * `text` (output of `toYaml .Values.x`), or `error` (the reason why the values
 * could not be read).
 *
 * Run: `deno run -A tools/record_yaml_cases.ts HELM CASES.jsonl OUT.jsonl`
 * The two files may be the same.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

const TEMPLATE = "{{ .Values | toJson }}\n{{ toYaml .Values.x }}{{ `<end>` }}";
const HEAD = "---\n# Source: c/templates/main.yaml\n";
const END = "<end>";

/** A recorded case. */
interface Recorded {
  readonly id: string;
  readonly yaml: string;
  readonly json?: string;
  readonly text?: string;
  readonly error?: string;
}

function record(helm: string, folder: string, yaml: string): Recorded | undefined {
  writeFileSync(join(folder, "c", "values.yaml"), yaml);
  const { stdout, stderr, status } = spawnSync(helm, ["template", join(folder, "c")], {
    env: { ...process.env, HELM_HOME: join(folder, "home") },
    encoding: "utf8",
  });
  const id = `yr-${createHash("sha1").update(yaml).digest("hex").slice(0, 10)}`;
  if (status !== 0) {
    const prefix = `Error: Error: Reading chart 'c' default values (${yaml}): `;
    if (!stderr.startsWith(prefix)) return undefined;
    return { id, yaml, error: stderr.slice(prefix.length).replace(/\n$/, "") };
  }
  if (!stdout.startsWith(HEAD)) return undefined;
  const [json = "", ...rest] = stdout.slice(HEAD.length).split("\n");
  const text = rest.join("\n");
  return { id, yaml, json, text: text.slice(0, text.lastIndexOf(END)) };
}

const [helm, from, to] = process.argv.slice(2);
if (helm === undefined || from === undefined || to === undefined) {
  process.stderr.write("usage: record_yaml_cases.ts HELM CASES.jsonl OUT.jsonl\n");
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "skeg-record-"));
try {
  mkdirSync(join(folder, "c", "templates"), { recursive: true });
  writeFileSync(join(folder, "c", "Chart.yaml"), "apiVersion: v1\nname: c\nversion: 1.0.0\n");
  writeFileSync(join(folder, "c", "templates", "main.yaml"), TEMPLATE);
  const cases = readFileSync(from, "utf8").split("\n").filter((line) => line !== "");
  const out: string[] = [];
  for (const line of cases) {
    const { yaml } = JSON.parse(line) as { yaml: string };
    const recorded = record(helm, folder, yaml);
    if (recorded === undefined) process.stderr.write(`left out: ${JSON.stringify(yaml)}\n`);
    else out.push(JSON.stringify(recorded));
  }
  writeFileSync(to, out.join("\n") + "\n");
} finally {
  rmSync(folder, { recursive: true, force: true });
}

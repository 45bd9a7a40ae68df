/**
 * Records the output of the real Helm 2.17.0 for templates.
 *
 * Reads cases from a JSONL file, one object per line with `group`, `template`,
 * and optionally `values_yaml` and `partials` (file name to text), renders each
 * with `helm template` in the fixture chart that `testdata/templates/README.md`
 * describes, and writes them with `id` and either `output` or `error` added. Bytes
 * that are not UTF-8 are written as base64 in `output_b64` or `error_b64`.
 *
 * Run: `deno run -A tools/record_template_cases.ts HELM CASES.jsonl OUT.jsonl`
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** A template to render. */
interface Case {
  readonly group: string;
  readonly template: string;
  readonly values_yaml?: string;
  readonly partials?: Readonly<Record<string, string>>;
}

const CHART_YAML = `apiVersion: v1
name: conf
version: 1.2.3-beta.1+build.5
appVersion: 4.5.6
description: A conformance chart
keywords: [alpha, beta]
home: https://example.com/conf
sources: [https://example.com/src]
icon: https://example.com/icon.png
maintainers:
- {name: Ann, email: ann@example.com}
- {name: Bob, url: https://example.com/bob}
engine: gotpl
tillerVersion: ">=2.0.0"
kubeVersion: ">=1.9.0"
annotations: {k1: v1, k2: v2}
`;
const FLAGS = ["--name", "myrel", "--namespace", "myns", "--is-upgrade", "--kube-version", "1.14"];
const HEAD = "---\n# Source: conf/templates/main.yaml\n";

function writeChart(folder: string, { template, values_yaml, partials }: Case): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "conf", "templates"), { recursive: true });
  writeFileSync(join(folder, "conf", "Chart.yaml"), CHART_YAML);
  writeFileSync(join(folder, "conf", "templates", "main.yaml"), template);
  for (const [name, text] of Object.entries(partials ?? {})) {
    writeFileSync(join(folder, "conf", "templates", name), text);
  }
  writeFileSync(join(folder, "values.yaml"), values_yaml ?? "");
}

/** Returns a field with the bytes as text when they are UTF-8, else as base64 under another key. */
function asField(key: "output" | "error", bytes: Buffer): Record<string, string> {
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) ? { [key]: text } : { [`${key}_b64`]: bytes.toString("base64") };
}

function record(helm: string, folder: string, one: Case): Record<string, string> {
  writeChart(folder, one);
  const chart = join(folder, "conf");
  const { status, stdout, stderr } = spawnSync(helm, ["template", chart, "-f", join(folder, "values.yaml"), ...FLAGS], {
    env: { HOME: folder, HELM_HOME: join(folder, "home"), TZ: "UTC", PATH: process.env["PATH"] ?? "" },
    maxBuffer: 1 << 28,
  });
  if (status === 0) return asField("output", stdout.subarray(HEAD.length, stdout.length - 1));
  const prefix = "Error: ".length;
  return asField("error", stderr.subarray(prefix, stderr.length - 1));
}

function main([helm, input, output]: readonly string[]): void {
  if (helm === undefined || input === undefined || output === undefined) {
    throw new Error("usage: record_template_cases.ts HELM CASES.jsonl OUT.jsonl");
  }
  const folder = mkdtempSync(join(tmpdir(), "skeg-record-"));
  const lines = readFileSync(input, "utf8").split("\n").filter((line) => line !== "").map((line) => {
    const one = JSON.parse(line) as Case;
    const key = createHash("sha256").update(JSON.stringify([one.template, one.values_yaml, one.partials])).digest(
      "hex",
    );
    const { group, ...rest } = one;
    return JSON.stringify({ id: `${group}-${key.slice(0, 10)}`, group, ...rest, ...record(helm, folder, one) });
  });
  writeFileSync(output, lines.join("\n") + "\n");
  rmSync(folder, { recursive: true, force: true });
}

if (import.meta.main) main(process.argv.slice(2));

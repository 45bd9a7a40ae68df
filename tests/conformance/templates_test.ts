/**
 * Renders every case of `testdata/templates/` and compares the bytes with the
 * output of Helm 2.17.0.
 *
 * @module
 */

import { deepEqual, equal } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readdirSync, readFileSync } from "node:fs";
import { TemplateError, YamlError } from "../../errors.ts";
import { chartFromFiles, renderChart, toBytes } from "../../mod.ts";

const FOLDER = new URL("../../testdata/templates/", import.meta.url);

interface Case {
  readonly id: string;
  readonly template: string;
  readonly values_yaml?: string;
  readonly partials?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly files_b64?: Readonly<Record<string, string>>;
  /** The template that counts, when it is not the chart's `main.yaml`. */
  readonly shows?: string;
  /** The chart went to Tiller and came out there. */
  readonly wire?: boolean;
  readonly output?: string;
  readonly error?: string;
  readonly output_b64?: string;
  readonly error_b64?: string;
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

const RELEASE = { name: "myrel", namespace: "myns", service: "Tiller", isInstall: false, isUpgrade: true };

/** The facts with which the cases from the engine itself were rendered. */
const ENGINE_FIXTURE = {
  release: { ...RELEASE, revision: 7, time: { seconds: 1580000000, nanos: 5 } },
  capabilities: {
    apiVersions: ["v1", "apps/v1", "apps/v1/Deployment", "batch/v1beta1", "networking.k8s.io/v1beta1"],
    kubeVersion: {
      major: "1",
      minor: "14+",
      gitVersion: "v1.14.10-eks.1",
      gitCommit: "f0efb3cb883751c5ffdbe6d515f3cb4fbe7b7acd",
      gitTreeState: "clean",
      buildDate: "2019-12-01T10:11:12Z",
      goVersion: "go1.12.12",
      compiler: "gc",
      platform: "linux/amd64",
    },
    tillerVersion: { semVer: "v2.17.0", gitCommit: "a690bad98af45b015bd3da1a41f6218b1a451dbe", gitTreeState: "clean" },
  },
};

/** The facts of `helm template` in the recorder. */
const RECORDER_FIXTURE = { release: { ...RELEASE, revision: 0 }, capabilities: { kubeVersion: "1.14.0" } };

/** Returns the field of a case for a text; text that is not UTF-8 is written as base64. */
function asField(key: "output" | "error", text: string): Partial<Case> {
  const bytes = Buffer.from(toBytes(text));
  const plain = bytes.toString("utf8");
  return Buffer.from(plain, "utf8").equals(bytes) ? { [key]: plain } : { [`${key}_b64`]: bytes.toString("base64") };
}

/** The day on which the cases were recorded: some functions take today for what is no date. */
const clock = () => ({ seconds: Date.UTC(2026, 10, 30, 12) / 1000, nanos: 0 });

async function render(one: Case, fixture: typeof ENGINE_FIXTURE | typeof RECORDER_FIXTURE): Promise<Partial<Case>> {
  const files: Record<string, string | Uint8Array> = {
    "Chart.yaml": CHART_YAML,
    "templates/main.yaml": one.template,
    ...one.files,
  };
  for (const [path, coded] of Object.entries(one.files_b64 ?? {})) files[path] = Buffer.from(coded, "base64");
  for (const [name, text] of Object.entries(one.partials ?? {})) files[`templates/${name}`] = text;
  try {
    const wasSent = one.wire ?? false;
    const options = { values: one.values_yaml ?? "", wasSent, clock, ...fixture };
    const rendered = await renderChart(chartFromFiles(files), options);
    return asField("output", rendered[one.shows ?? "conf/templates/main.yaml"] ?? "");
  } catch (error) {
    if (!(error instanceof TemplateError || error instanceof YamlError)) throw error;
    return asField("error", error.message);
  }
}

function expected({ output, error, output_b64, error_b64 }: Case): Partial<Case> {
  const fields = { output, error, output_b64, error_b64 };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Dates were recorded with UTC as local time. */
const isUtc = ["UTC", "Etc/UTC", "GMT"].includes(new Intl.DateTimeFormat().resolvedOptions().timeZone);
const holdsDates = (file: string): boolean =>
  /^(?:cases-sprig|engine-.*|recorded-(?:dates|mixed(?:-2)?|text))\.jsonl$/.test(file);

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".jsonl")).sort()) {
  const ignore = holdsDates(file) && !isUtc;
  Deno.test({ name: `renderChart() answers ${file} as Helm 2.17.0 does`, ignore }, async () => {
    const lines = readFileSync(new URL(file, FOLDER), "utf8").split("\n").filter((line) => line !== "");
    equal(lines.length > 0, true);
    const fixture = /^(?:cases|engine)-/.test(file) ? ENGINE_FIXTURE : RECORDER_FIXTURE;
    for (const line of lines) {
      const one = JSON.parse(line) as Case;
      deepEqual(await render(one, fixture), expected(one), `${one.id}: ${one.template}`);
    }
  });
}

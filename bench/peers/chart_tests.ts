/**
 * Tests of a chart without a cluster, beside helm-unittest.
 *
 * @module
 */
import { join } from "node:path";
import { type Bench, compare } from "./bench.ts";
import { writeChart } from "./charts.ts";

const TEMPLATES = 40;
const JOBS_PER_SUITE = 25;

const HELPERS = `{{- define "big.labels" -}}
app: {{ .Chart.Name }}
release: {{ .Release.Name }}
{{- range $k, $v := .Values.labels }}
{{ $k }}: {{ $v | quote }}
{{- end }}
{{- end -}}
`;

function template(number: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-${number}
  labels:
{{ include "big.labels" . | indent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  template:
    metadata:
      labels:
{{ include "big.labels" . | indent 8 }}
    spec:
      containers:
      - name: c
        image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
        {{- if .Values.resources }}
        resources:
{{ toYaml .Values.resources | indent 10 }}
        {{- end }}
        ports:
        - containerPort: 80
`;
}

function suite(number: number): string {
  const jobs = Array.from({ length: JOBS_PER_SUITE }, (_, job) =>
    `- it: job ${job}
  set: {replicas: ${job}, image.tag: "${number}.${job}"}
  template: t${number}.yaml
  asserts:
  - isKind: {of: Deployment}
  - equal: {path: spec.replicas, value: ${job}}
  - equal: {path: "spec.template.spec.containers[0].image", value: "nginx:${number}.${job}"}
  - matchRegex: {path: metadata.name, pattern: "-${number}$"}
`);
  return `suite: s${number}\ntests:\n${jobs.join("")}`;
}

/** Returns the files of a chart of 40 templates with 1,000 tests, each of which renders all templates. */
export function testedChart(): Record<string, string> {
  const numbers = Array.from({ length: TEMPLATES }, (_, number) => number);
  return {
    "Chart.yaml": "apiVersion: v1\nname: big\nversion: 1.0.0\n",
    "values.yaml": 'replicas: 1\nimage: {repository: nginx, tag: "1"}\nlabels: {a: b}\n',
    "templates/_helpers.tpl": HELPERS,
    ...Object.fromEntries(numbers.map((number) => [`templates/t${number}.yaml`, template(number)])),
    ...Object.fromEntries(numbers.map((number) => [`tests/s${number}_test.yaml`, suite(number)])),
  };
}

/** `unittest` of 1,000 tests, also with coverage, which helm-unittest 1.0.3 does not have. */
export async function chartTests(bench: Bench): Promise<void> {
  const { skeg, empty, unittest } = bench.programs;
  const chart = writeChart(join(bench.work, "charts", "tested"), testedChart);
  const entry = { family: "tests", runs: 5 };
  await compare(bench, {
    ...entry,
    id: "unittest",
    title: "`unittest`: 1,000 tests of a chart of 40 templates",
    candidates: [
      { who: "skeg", run: [...skeg, "unittest", chart] },
      ...unittest === undefined ? [] : [{ who: "unittest" as const, run: [unittest, chart] }],
      { who: "limit", run: empty },
    ],
  });
  await compare(bench, {
    ...entry,
    id: "unittest-coverage",
    title: "`unittest --coverage`: the same, with coverage",
    candidates: [{ who: "skeg", run: [...skeg, "unittest", "--coverage", chart] }],
  });
}

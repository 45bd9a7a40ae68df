import { deepEqual, equal } from "node:assert/strict";
import type { Chart } from "../../model/mod.ts";
import { ChartCoverage } from "./chart_coverage.ts";
import { renderChart } from "./render.ts";

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

function chartOf(name: string, text: string, dependencies: Chart[] = []): Chart {
  const templates = [{ path: "templates/a.yaml", data: bytes(text) }];
  return { metadata: { name }, templates, dependencies, files: [] };
}

Deno.test("renderChart() adds to the coverage that it is given, and writes the same", async () => {
  const chart = chartOf("web", "{{ if .Values.on }}\non: true\n{{ else }}\non: false\n{{ end }}");
  const coverage = new ChartCoverage();
  const plain = await renderChart(chart, { values: { on: true } });
  deepEqual(await renderChart(chart, { values: { on: true }, coverage }), plain);
  await renderChart(chart, { coverage });
  const [file] = coverage.result().files;
  equal(file?.name, "web/templates/a.yaml");
  deepEqual(file?.lines, [{ line: 1, hits: 2 }, { line: 2, hits: 1 }, { line: 4, hits: 1 }]);
});

Deno.test("ChartCoverage adds up renders of changed copies of a chart", async () => {
  const chart = chartOf("web", "v: {{ .Chart.Version }}");
  const coverage = new ChartCoverage();
  await renderChart(chart, { coverage });
  await renderChart({ ...chart, metadata: { name: "web", version: "2.0.0" } }, { coverage });
  deepEqual(coverage.result().files.map(({ lines }) => lines), [[{ line: 1, hits: 2 }]]);
});

Deno.test("ChartCoverage has the values of subcharts as the top chart sees them", async () => {
  const chart = chartOf("web", "{{ .Values.a }}{{ .Values.db.port }}", [
    chartOf(
      "db",
      "{{ .Values.host }}{{ with .Values.auth }}{{ .user }}{{ end }}{{ .Release.Name }}{{ .Values.global.g }}",
    ),
  ]);
  const coverage = new ChartCoverage();
  await renderChart(chart, {
    coverage,
    values: { a: 1, db: { host: "h", port: 2, auth: { user: "u" } }, global: { g: 1 } },
  });
  deepEqual(coverage.result().values.map(({ path }) => path.join(".")), [
    "Release.Name",
    "Values.a",
    "Values.db.auth",
    "Values.db.auth.user",
    "Values.db.host",
    "Values.db.port",
    "Values.global.g",
  ]);
  deepEqual(coverage.result().files.map(({ name }) => name), [
    "web/charts/db/templates/a.yaml",
    "web/templates/a.yaml",
  ]);
});

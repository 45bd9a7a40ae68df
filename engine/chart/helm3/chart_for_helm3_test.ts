import { deepEqual, equal } from "node:assert/strict";
import { chartFromFiles, loadRequirements } from "../load/mod.ts";
import { type Capabilities, type Chart, defaultCapabilities } from "../../model/mod.ts";
import { processRequirements } from "../values/mod.ts";
import { chartForHelm3, renderHelm3 } from "./mod.ts";

const SUB = (name: string, values: string): Record<string, string> => ({
  [`charts/${name}/Chart.yaml`]: `name: ${name}\nversion: 0.1.0\n`,
  [`charts/${name}/values.yaml`]: values,
  [`charts/${name}/templates/s.yaml`]: "sub: {{ .Chart.Name }} {{ .Values | toJson }}\n",
});

const CHART = chartFromFiles({
  "Chart.yaml": "name: web\nversion: 1.0.0\nengine: gotpl\ntillerVersion: '>=2.0.0'\n",
  "values.yaml": "db: {enabled: true}\nmq: {enabled: false}\nport: 1\n",
  "requirements.yaml": "dependencies:\n" +
    "- {name: db, version: 0.1.0, repository: r, alias: store, condition: db.enabled, import-values: [out]}\n" +
    "- {name: mq, version: 0.1.0, repository: r, condition: mq.enabled}\n" +
    "- {name: old, version: 9.0.0, repository: r}\n",
  "templates/a.yaml": "a: {{ .Values | toJson }}\nb: {{ range .Chart.Dependencies }}{{ .Name }} {{ end }}\n",
  ...SUB("db", "exports: {out: {port: 5, host: h}}\n"),
  ...SUB("mq", "x: 1\n"),
  ...SUB("old", "y: 1\n"),
});

/** The chart as Helm 2 records it. */
const RECORDED: Chart = processRequirements(CHART, "");

Deno.test("chartForHelm3() lists the subcharts that a record has, by their names there", () => {
  const chart = chartForHelm3(RECORDED);
  deepEqual(chart.metadata, { name: "web", version: "1.0.0", apiVersion: "v1" });
  deepEqual(
    loadRequirements(chart)?.dependencies?.map((
      { name, version, alias, condition },
    ) => [name, version, alias, condition]),
    [["store", "0.1.0", "", "db.enabled"], ["old", "0.1.0", "", ""]],
  );
  equal(chart.dependencies.every(({ metadata }) => metadata.apiVersion === "v1"), true);
});

Deno.test("chartForHelm3() keeps a chart without requirements as it is", () => {
  const plain = chartFromFiles({
    "Chart.yaml": "name: web\nversion: 1.0.0\n",
    "templates/a.yaml": "a: 1\n",
    "x.txt": "x",
  });
  deepEqual(chartForHelm3(plain), { ...plain, metadata: { ...plain.metadata, apiVersion: "v1" } });
});

Deno.test("renderHelm3() renders a recorded chart with the subcharts and imported values that it has", async () => {
  const capabilities: Capabilities = defaultCapabilities();
  const release = { name: "rel", namespace: "space", revision: 2, isUpgrade: true };
  const { manifest } = await renderHelm3(chartForHelm3(RECORDED), { config: "", release, capabilities });
  const lines = manifest.split("\n");
  deepEqual(lines.filter((line) => /^sub: /.test(line)).map((line) => line.split(" ")[1]).sort(), ["old", "store"]);
  equal(lines.find((line) => line.startsWith("b: ")), "b: store old");
  equal(lines.find((line) => line.startsWith("a: "))?.includes('"host":"h"'), true);
});

import { deepEqual } from "node:assert/strict";
import { chartFromFiles } from "../../engine/chart/load/mod.ts";
import { valueLeaves } from "./value_leaves.ts";

const chart = chartFromFiles({
  "Chart.yaml": "name: web\nversion: 1.0.0\n",
  "values.yaml": "",
  "requirements.yaml": "dependencies:\n- name: db\n  version: 1.0.0\n  repository: x\n  condition: db.enabled\n",
  "templates/a.yaml":
    "a: {{ .Values.image.tag }}\n{{ if .Values.ingress.enabled }}b: 1{{ end }}\n{{ with .Values.pod }}{{ .x }}{{ end }}\n",
  "charts/db/Chart.yaml": "name: db\nversion: 1.0.0\n",
  "charts/db/values.yaml": "",
  "charts/db/templates/b.yaml": "c: {{ .Values.size }} {{ .Values.global.zone }}\n",
});

/** Answers of a chart that read nothing in what it wrote. */
const why = { source: (path: string) => ({ path, text: "", source: "values.yaml of the chart" }), isRead: () => false };

Deno.test("valueLeaves() tells which values no template or requirement names", () => {
  const computed = {
    image: { tag: "1", pull: "x" },
    ingress: { enabled: false, hosts: ["a"] },
    pod: { x: { y: 1 } },
    db: { enabled: true, size: 1, other: 2 },
    global: { zone: "z" },
    list: [{ a: 1 }],
    empty: {},
  };
  const leaves = valueLeaves({ computed, masked: computed, user: { db: { size: 1 } }, why, chart });
  deepEqual(leaves.map(({ path, dead, source }) => [path, dead, source]), [
    ["image.tag", false, "chart"],
    ["image.pull", true, "chart"],
    ["ingress.enabled", false, "chart"],
    ["ingress.hosts[0]", true, "chart"],
    ["pod.x.y", false, "chart"],
    ["db.enabled", false, "chart"],
    ["db.size", false, "user"],
    ["db.other", true, "chart"],
    ["global.zone", false, "chart"],
    ["list[0].a", true, "chart"],
    ["empty", true, "chart"],
  ]);
});

Deno.test("valueLeaves() does not know what is dead without a rendered chart, and writes keys as --set takes them", () => {
  const computed = { "a.b": { "c,d": "x" } };
  deepEqual(valueLeaves({ computed, masked: { "a.b": { "c,d": "(secret)" } }, user: {} }), [{
    path: "a\\.b.c\\,d",
    value: '"(secret)"',
    source: "chart",
    from: "values.yaml of the chart",
    dead: null,
    masked: true,
  }]);
});

Deno.test("valueLeaves() takes a template that names all values at once as one that reads each", () => {
  const all = chartFromFiles({
    "Chart.yaml": "name: web\nversion: 1.0.0\n",
    "templates/a.yaml": "{{ toYaml .Values }}\n",
  });
  deepEqual(valueLeaves({ computed: { a: 1 }, masked: { a: 1 }, user: {}, why, chart: all })[0]?.dead, false);
});

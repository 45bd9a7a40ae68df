import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Chart } from "../../model/mod.ts";
import { toBytes } from "../../lang/golang/mod.ts";
import { chartFromFiles, readTarGz } from "../load/mod.ts";
import { type Origin, renderChart, traceChart } from "../render/mod.ts";
import { parseValues, processRequirements } from "../values/mod.ts";
import { explainChart } from "./explain.ts";
import { whyMissing } from "./missing.ts";
import { linesOfPath, parseObjectName } from "./objects.ts";
import { findPath } from "./object_path.ts";

const FILES = {
  "Chart.yaml": "name: web\nversion: 1.2.0\n",
  "values.yaml":
    "image:\n  repository: nginx\n  tag: '1'\nreplicas: 2\nlabels: {a: b}\ningress:\n  enabled: false\nunused: 1\n",
  "templates/_helpers.tpl":
    '{{- define "web.image" -}}\n{{ .Values.image.repository }}:{{ .Values.image.tag }}\n{{- end -}}\n',
  "templates/deployment.yaml": `kind: Deployment
metadata:
  name: web
  labels:
    chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{ toYaml .Values.labels | indent 4 }}
spec:
{{- if .Values.replicas }}
  replicas: {{ .Values.replicas }}
{{- end }}
  containers:
  - name: nginx
    image: {{ include "web.image" . | quote }}
  - name: side
    image: busybox
`,
  "templates/ingress.yaml": `{{- if .Values.ingress.enabled }}
{{- range .Values.ingress.hosts }}
---
kind: Ingress
metadata:
  name: {{ . }}
{{- end }}
{{- else }}
kind: Other
metadata: {name: x}
{{- end }}
`,
  "charts/db/Chart.yaml": "name: db\nversion: 3.0.0\n",
  "charts/db/values.yaml": "size: 1\n",
  "charts/db/templates/a.yaml":
    "kind: Db\nmetadata: {name: db}\nsize: {{ .Values.size }}\nchart: {{ .Chart.Version }}\n",
};
const CHART = chartFromFiles(FILES);
const DEPLOYMENT = parseObjectName("deployment/web");

function explain(config = "", given: Parameters<typeof explainChart>[1]["given"] = []) {
  return explainChart(CHART, { config, given });
}

Deno.test("field() names template lines from the outside, values with their lines, and conditions", async () => {
  const { field } = await explain();
  deepEqual(field(DEPLOYMENT, "spec.containers[nginx].image"), {
    object: "Deployment/web",
    path: "spec.containers[nginx].image",
    text: "nginx:1",
    places: [
      {
        file: "templates/deployment.yaml",
        line: 13,
        text: 'image: {{ include "web.image" . | quote }}',
        define: undefined,
      },
      {
        file: "templates/_helpers.tpl",
        line: 2,
        text: "{{ .Values.image.repository }}:{{ .Values.image.tag }}",
        define: "web.image",
      },
    ],
    values: [
      { path: "image.repository", text: "nginx", source: "values.yaml:2 of the chart" },
      { path: "image.tag", text: "1", source: "values.yaml:3 of the chart" },
    ],
    conditions: [],
  });
  deepEqual(field(DEPLOYMENT, "spec.replicas").conditions, [
    { path: "replicas", text: "2", source: "values.yaml:4 of the chart" },
  ]);
});

Deno.test("field() knows which flag or file gave a value, the last one first", async () => {
  const text = "# site\nreplicas: 5\n";
  const file = { name: "site.yaml", text, values: parseValues(text) };
  equal((await explain(text, [file])).field(DEPLOYMENT, "spec.replicas").values[0]?.source, "site.yaml:2");
  const flag = { name: "--set", values: parseValues("replicas: 6") };
  const { values } = (await explain("replicas: 6", [file, flag])).field(DEPLOYMENT, "spec.replicas");
  deepEqual(values, [{ path: "replicas", text: "6", source: "--set" }]);
});

Deno.test("field() finds values and facts of subcharts in their own files", async () => {
  const { field } = await explain();
  const name = parseObjectName("Db/db");
  deepEqual(field(name, "size").values, [
    { path: "db.size", text: "1", source: "charts/db/values.yaml:1 of the chart" },
  ]);
  deepEqual(field(name, "chart").values, [
    { path: "Chart.Version", text: "3.0.0", source: "charts/db/Chart.yaml" },
  ]);
});

Deno.test("field() refuses objects and fields that are not there, and says what is", async () => {
  const { field } = await explain();
  await rejects(async () => await Promise.resolve(field(parseObjectName("Pod/x"), "")), {
    message: "the chart does not render Pod/x",
    hint: "it renders:\n  Db/db\n  Deployment/web\n  Other/x\n--missing Pod/x says why one is missing",
  });
  await rejects(async () => await Promise.resolve(field(DEPLOYMENT, "spec.containers[other].image")), {
    message: "there is no spec.containers[other].image",
    hint: "spec.containers has [nginx], [side]",
  });
});

Deno.test("templateLine() names the fields that a line writes", async () => {
  const { templateLine } = await explain();
  deepEqual(templateLine("templates/_helpers.tpl", 2).map(({ path }) => path), ["spec.containers[nginx].image"]);
  deepEqual(templateLine("templates/deployment.yaml", 15).map(({ path }) => path), ["spec.containers[side].image"]);
  throws(() => templateLine("templates/deployment.yaml", 99), { message: "templates/deployment.yaml has no line 99" });
});

Deno.test("value() names the fields that depend on a value; none for one that nothing reads", async () => {
  const { value } = await explain();
  deepEqual(value("image.tag"), [
    { object: "Deployment/web", path: "spec.containers[nginx].image", isCondition: false },
  ]);
  deepEqual(value("labels.a").map(({ path }) => path), ["metadata.labels.a"]);
  deepEqual(value("ingress.enabled").map(({ path, isCondition }) => [path, isCondition]), [["kind", true], [
    "metadata.name",
    true,
  ]]);
  deepEqual(value("unused"), []);
});

Deno.test("whyMissing() says which of the actions around an object does not hold", async () => {
  const missing = async (config: string) => {
    const options = { config };
    const { finder } = await explainChart(CHART, options);
    const [found] = await whyMissing(CHART, parseObjectName("Ingress/web"), options, finder);
    return found?.gates.map(({ action, holds }) => [action, holds]);
  };
  deepEqual(await missing(""), [["if .Values.ingress.enabled", false], ["range .Values.ingress.hosts", undefined]]);
  deepEqual(await missing("ingress: {enabled: true, hosts: []}"), [["if .Values.ingress.enabled", true], [
    "range .Values.ingress.hosts",
    false,
  ]]);
  const options = { config: "ingress: {enabled: true, hosts: [a]}" };
  const { finder } = await explainChart(CHART, options);
  const [other] = await whyMissing(CHART, parseObjectName("Other/x"), options, finder);
  deepEqual(other?.gates.map(({ action, holds }) => [action, holds]), [[
    "else (of if .Values.ingress.enabled)",
    false,
  ]]);
});

/** The charts of `testdata/unittest/` that render with their defaults. */
async function charts(): Promise<Chart[]> {
  const archive = join(import.meta.dirname ?? "", "../../../testdata/unittest/charts.tar.gz");
  const files = new Map<string, Record<string, Uint8Array>>();
  for (const { name, data, isFolder } of readTarGz(readFileSync(archive), 64 * 1024 * 1024)) {
    const [, chart, path] = /^([^/]+\/[^/]+)\/(.+)$/.exec(name) ?? [];
    if (isFolder || chart === undefined || path === undefined) continue;
    files.set(chart, { ...files.get(chart), [path]: data });
  }
  const found: Chart[] = [];
  for (const each of files.values()) {
    try {
      const chart = processRequirements(chartFromFiles(each), "");
      await renderChart(chart);
      found.push(chart);
    } catch {
      // a chart for Helm 3, or one that is meant to fail
    }
  }
  return found;
}

/** Returns the chart tree with two templates and the partials only, which is faster to render. */
function withTemplates(chart: Chart, wanted: readonly string[], route = chart.metadata.name): Chart {
  const templates = chart.templates.filter(({ path }) =>
    /(?:^|\/)_[^/]*$/.test(path) || wanted.includes(`${route}/${path}`)
  );
  const below = (child: Chart) => withTemplates(child, wanted, `${route}/charts/${child.metadata.name}`);
  return { ...chart, templates, dependencies: chart.dependencies.map(below) };
}

/** Returns the chart with more text at a place of a template, or without the action that the place is in. */
function withChange(chart: Chart, origin: Origin, route = chart.metadata.name): Chart {
  const { template, line, column } = origin;
  return {
    ...chart,
    templates: chart.templates.map((file) => {
      if (`${route}/${file.path}` !== template) return file;
      const lines = new TextDecoder().decode(file.data).split("\n");
      const old = lines[line - 1] ?? "";
      const action = old.lastIndexOf("{{", column);
      const end = action < 0 ? -1 : old.indexOf("}}", action);
      lines[line - 1] = end >= column
        ? `${old.slice(0, action)}Z${old.slice(end + 2)}`
        : `${old.slice(0, column)}Z${old.slice(column)}`;
      return { ...file, data: toBytes(lines.join("\n")) };
    }),
    dependencies: chart.dependencies.map((child) =>
      withChange(child, origin, `${route}/charts/${child.metadata.name}`)
    ),
  };
}

/** Lines of one chart that are tried. */
const LINES_MAX = 200;

Deno.test("the first template line that a trace names for an output line changes that line when it is changed", async () => {
  let checked = 0;
  for (const chart of await charts()) {
    const traced = await traceChart(chart);
    const plain = await renderChart(chart);
    const changed = new Map<string, Record<string, string>>();
    const before = checked;
    for (const [name, lines] of Object.entries(traced)) {
      const original = plain[name]?.split("\n") ?? [];
      for (const [at, { text, origins }] of lines.entries()) {
        const origin = origins.find(({ isTpl }) => !isTpl);
        if (origin === undefined || text.trim() === "" || checked - before >= LINES_MAX) continue;
        const key = `${origin.template}:${origin.line}:${origin.column} ${name}`;
        if (!changed.has(key)) {
          changed.set(
            key,
            await renderChart(withChange(withTemplates(chart, [name, origin.template]), origin)).catch(() => ({})),
          );
        }
        const rendered = changed.get(key)?.[name];
        // A change inside of an action's text cannot be parsed: that line decides, too.
        if (rendered === undefined) continue;
        ok(rendered.split("\n")[at] !== original[at], `${key} for ${name}:${at + 1} ${text}`);
        checked++;
      }
    }
  }
  ok(checked >= 1000, `${checked} lines`);
});

Deno.test("linesOfPath() covers a field with everything inside it", async () => {
  const { objects } = await explain();
  const object = objects.find(({ kind }) => kind === "Deployment");
  ok(object !== undefined);
  const texts = (path: string) => {
    const { from, to } = linesOfPath(object, findPath(object.value, path));
    return object.lines.slice(from, to).map(({ text }) => text.trim());
  };
  deepEqual(texts("spec.containers[nginx]"), ["- name: nginx", 'image: "nginx:1"']);
  deepEqual(texts("metadata.labels"), ["labels:", "chart: web-1.2.0", "a: b", ""]);
  deepEqual(texts("spec.replicas"), ["replicas: 2"]);
});

Deno.test("field() names the lines of values.yaml as it was loaded when requirements.yaml changed the values", async () => {
  const loaded = chartFromFiles({
    "Chart.yaml": "name: web\nversion: 1.0.0\n",
    "values.yaml": "# The copies.\nreplicas: 2\nport: 1\nglobal: {domain: a}\nanother: 3\n",
    "requirements.yaml": "dependencies:\n- name: db\n  version: 1.x\n  import-values: [connection]\n",
    "templates/a.yaml": "kind: A\nmetadata: {name: a}\nreplicas: {{ .Values.replicas }}\nport: {{ .Values.port }}\n",
    "charts/db/Chart.yaml": "name: db\nversion: 1.0.0\n",
    "charts/db/values.yaml": "\nsize: 1\nexports: {connection: {port: 5432}}\n",
    "charts/db/templates/b.yaml":
      "kind: B\nmetadata: {name: b}\nsize: {{ .Values.size }}\ndomain: {{ .Values.global.domain }}\n",
  });
  const chart = processRequirements(loaded, "", () => {}, () => {});
  const sources = async (options: { loaded?: Chart }) => {
    const { field } = await explainChart(chart, { config: "", ...options });
    return [["A/a", "replicas"], ["A/a", "port"], ["B/b", "size"], ["B/b", "domain"]].map(([object = "", path = ""]) =>
      field(parseObjectName(object), path).values[0]?.source
    );
  };
  deepEqual(await sources({ loaded }), [
    "values.yaml:2 of the chart",
    "import-values of requirements.yaml",
    "charts/db/values.yaml:2 of the chart",
    "values.yaml:4 of the chart",
  ]);
  // A record has the processed chart alone: no line is named.
  deepEqual(await sources({}), Array(4).fill("values.yaml of the chart"));
});

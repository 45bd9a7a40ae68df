import { deepEqual, equal, rejects } from "node:assert/strict";
import type { Chart } from "../../model/mod.ts";
import { toBytes } from "../../lang/golang/mod.ts";
import { renderChart } from "./render.ts";
import { originOfLine, traceChart, type TracedLine } from "./trace.ts";

function chart(templates: Record<string, string>, dependencies: Chart[] = [], name = "web"): Chart {
  const files = Object.entries(templates).map(([path, text]) => ({ path: `templates/${path}`, data: toBytes(text) }));
  return { metadata: { name }, templates: files, files: [], dependencies };
}

async function lines(templates: Record<string, string>, values: Record<string, unknown>): Promise<TracedLine[]> {
  const traced = await traceChart(chart(templates), { values });
  return traced["web/templates/a.yaml"] ?? [];
}

function places(line: TracedLine | undefined): string[] {
  return (line?.origins ?? []).map(({ template, line, column }) => `${template.split("/").at(-1)}:${line}:${column}`);
}

function valuesOf(line: TracedLine | undefined): string[] {
  return (line?.origins ?? []).flatMap((origin) => origin.values);
}

function conditionsOf(line: TracedLine | undefined): string[] {
  return [...new Set((line?.origins ?? []).flatMap((origin) => origin.conditions))];
}

Deno.test("traceChart() gives each line its place and the values it read", async () => {
  const [first, second] = await lines({ "a.yaml": "kind: A\nname: {{ .Values.a.b }}-{{ .Release.Name }}\n" }, {
    a: { b: 1 },
  });
  deepEqual(places(first), ["a.yaml:1:0"]);
  deepEqual(places(second), ["a.yaml:2:0", "a.yaml:2:9", "a.yaml:2:23", "a.yaml:2:27"]);
  deepEqual(valuesOf(second), ["Values.a.b", "Release.Name"]);
});

Deno.test("traceChart() follows includes through indentation", async () => {
  const templates = {
    "_h.tpl": '{{ define "labels" }}\napp: x\ntier: {{ .Values.tier }}{{ end }}',
    "a.yaml": 'labels:{{ include "labels" . | indent 2 }}\n',
  };
  const traced = await lines(templates, { tier: "web" });
  equal(traced[2]?.text, "  tier: web");
  deepEqual(places(traced[2]), ["_h.tpl:3:0", "_h.tpl:3:9", "a.yaml:1:10"]);
  deepEqual(valuesOf(traced[2]), ["Values.tier"]);
});

Deno.test("traceChart() follows variables, ranges and conditions", async () => {
  const text = "{{ $n := .Values.name }}{{ if .Values.on }}\nn: {{ $n }}\n" +
    "{{- range $i, $p := .Values.ports }}\n- {{ $p.port }}{{ end }}\n{{ end }}";
  const traced = await lines({ "a.yaml": text }, { name: "x", on: true, ports: [{ port: 1 }, { port: 2 }] });
  equal(traced[1]?.text, "n: x");
  deepEqual(valuesOf(traced[1]), ["Values.name"]);
  deepEqual(conditionsOf(traced[1]), ["Values.on"]);
  deepEqual(valuesOf(traced[3]), ["Values.ports[1].port"]);
  deepEqual(conditionsOf(traced[3]), ["Values.on", "Values.ports"]);
});

Deno.test("traceChart() tells a subchart's values from the top chart's view", async () => {
  const sub = chart({ "s.yaml": "{{ .Values.x }}" }, [], "sub");
  const traced = await traceChart(chart({}, [sub]), { values: { sub: { x: 1 } } });
  deepEqual(valuesOf(traced["web/charts/sub/templates/s.yaml"]?.[0]), ["Values.sub.x"]);
});

Deno.test("traceChart() writes what renderChart() writes", async () => {
  const whole = chart({
    "_h.tpl":
      '{{ define "h" }}{{ with .Values.m }}{{ range $k, $v := . }}{{ $k }}={{ $v }}\n{{ end }}{{ end }}{{ end }}',
    "a.yaml":
      'x: {{ .Values.no }}\n{{ include "h" . | nindent 2 }}{{ template "h" . }}{{ tpl "t: {{ .Values.m.a }}" . }}',
  });
  const options = { values: { m: { a: 1, b: "two" } } };
  const rendered = await renderChart(whole, options);
  const traced = await traceChart(whole, options);
  for (const [name, text] of Object.entries(rendered)) {
    equal(traced[name]?.map((line) => line.text).join("\n"), text);
  }
  equal(traced["web/templates/a.yaml"]?.at(-1)?.origins[0]?.isTpl, true);
});

Deno.test("traceChart() refuses templates of another engine", async () => {
  const whole = chart({ "a.yaml": "<%= 1 %>" });
  await rejects(traceChart({ ...whole, metadata: { name: "web", engine: "eta" } }), { kind: "template" });
});

Deno.test("originOfLine() finds the template line of a document's line, in the file before its helpers", async () => {
  const made = chart({
    "_a.tpl": '{{ define "ports" }}\n{{- range . }}\n- {{ . }}\n{{- end }}\n{{- end }}\n',
    "a.yaml":
      'kind: A\nname: a\n---\n# second\nkind: A\nname: {{ .Values.name }}\nports:{{ include "ports" .Values.ports }}\n',
  });
  const traced = await traceChart(made, { values: { name: "b", ports: [1, 2] } });
  const template = "web/templates/a.yaml";
  const line = (document: string, at: number) => originOfLine(traced[template] ?? [], template, document, at)?.line;
  equal(line("kind: A\nname: a", 2), 2);
  equal(line("kind: A\nname: b\nports:\n- 1\n- 2\n", 2), 6);
  equal(line("kind: A\nname: b\nports:\n- 1\n- 2", 5), 7);
  equal(line("kind: A\nname: c", 1), undefined);
});

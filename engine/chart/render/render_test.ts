import { deepEqual, equal, rejects } from "node:assert/strict";
import type { Chart } from "../../model/mod.ts";
import { toBytes } from "../../lang/golang/mod.ts";
import { renderChart, type RenderOptions } from "./render.ts";

function files(entries: Record<string, string>): { path: string; data: Uint8Array }[] {
  return Object.entries(entries).map(([path, text]) => ({ path, data: toBytes(text) }));
}

function chart(templates: Record<string, string>, more: Partial<Chart> = {}): Chart {
  const named = Object.fromEntries(Object.entries(templates).map(([name, text]) => [`templates/${name}`, text]));
  return { metadata: { name: "web", version: "1.2.3" }, templates: files(named), files: [], dependencies: [], ...more };
}

async function text(template: string, options: RenderOptions = {}, more: Partial<Chart> = {}): Promise<string> {
  const rendered = await renderChart(chart({ "a.yaml": template }, more), options);
  return rendered["web/templates/a.yaml"] ?? "";
}

Deno.test("renderChart() renders files and NOTES.txt, and leaves partials out", async () => {
  const rendered = await renderChart(chart({ "_h.tpl": "h", "a.yaml": "a", "sub/b.yaml": "b", "NOTES.txt": "n" }));
  deepEqual(rendered, {
    "web/templates/sub/b.yaml": "b",
    "web/templates/a.yaml": "a",
    "web/templates/NOTES.txt": "n",
  });
});

Deno.test("renderChart() puts the user's values over the chart's, as map or as text", async () => {
  const values = { raw: "a: 1\nb: 2\n" };
  equal(await text("{{ .Values.a }}{{ .Values.b }}", { values: { b: 3 } }, { values }), "13");
  equal(await text("{{ .Values.a }}{{ .Values.b }}", { values: "b: 4" }, { values }), "14");
});

Deno.test("renderChart() gives a subchart its own table, and the parent sees what it changes", async () => {
  const sub = chart({ "s.yaml": '{{ set .Values "y" "set" | len }} {{ typeOf .Values }}' }, {
    metadata: { name: "sub", version: "0.1.0" },
    values: { raw: "x: 1\n" },
  });
  const rendered = await renderChart(
    chart({ "a.yaml": "{{ .Values.sub.x }} {{ .Values.sub.y }} {{ typeOf .Values.sub }}" }, { dependencies: [sub] }),
  );
  equal(rendered["web/charts/sub/templates/s.yaml"], "3 chartutil.Values");
  equal(rendered["web/templates/a.yaml"], "1 set map[string]interface {}");
});

Deno.test("renderChart() does not change the values it is given, and starts anew each time", async () => {
  const values = { n: { a: 1 } };
  const one = chart({ "a.yaml": '{{ set .Values.n "a" 2 }}{{ set .Values "z" 1 | len }}' });
  const first = await renderChart(one, { values });
  deepEqual(await renderChart(one, { values }), first);
  deepEqual(values, { n: { a: 1 } });
});

Deno.test("renderChart() shows the release and the cluster", async () => {
  const options: RenderOptions = {
    release: { name: "r", namespace: "ns", revision: 2, isUpgrade: true, time: { seconds: 5, nanos: 6 } },
    capabilities: { kubeVersion: "1.16.3", apiVersions: ["v1", "apps/v1"] },
  };
  equal(
    await text("{{ .Release.Name }} {{ .Release.IsInstall }} {{ .Release.Revision }} {{ .Release.Time }}", options),
    "r false 2 seconds:5 nanos:6 ",
  );
  equal(
    await text('{{ .Capabilities.KubeVersion }} {{ .Capabilities.APIVersions.Has "apps/v1" }}', options),
    "v1.16.0 true",
  );
});

Deno.test("renderChart() prints .Chart as protobuf text and encodes it by its fields", async () => {
  const metadata = { name: "web", version: "1.2.3", keywords: ["é"], maintainers: [{ name: "Ann" }] };
  equal(
    await text("{{ .Chart }}", {}, { metadata }),
    'name:"web" version:"1.2.3" keywords:"\\303\\251" maintainers:<name:"Ann" > ',
  );
  equal(
    await text("{{ .Chart | toJson }}", {}, { metadata }),
    '{"name":"web","version":"1.2.3","keywords":["é"],"maintainers":[{"name":"Ann"}]}',
  );
  equal(await text("{{ .Chart.GetName }} {{ (index .Chart.Maintainers 0).Name }}", {}, { metadata }), "web Ann");
});

Deno.test("renderChart() reads .Files by path and by pattern", async () => {
  const more = { files: files({ "c/a.txt": "one\ntwo\n", "c/b.txt": "", "d.bin": "x" }) };
  equal(await text('{{ .Files.Get "c/a.txt" }}{{ .Files.Get "no" }}', {}, more), "one\ntwo\n");
  equal(await text('{{ .Files.Lines "c/a.txt" | len }}', {}, more), "3");
  equal(await text('{{ range $p, $_ := .Files.Glob "c/*" }}{{ $p }};{{ end }}', {}, more), "c/a.txt;c/b.txt;");
  equal(await text('{{ (.Files.Glob "d.*").AsSecrets }}', {}, more), "d.bin: eA==\n");
  equal(await text('{{ (.Files.Glob "c/a*").AsConfig }}', {}, more), "a.txt: |\n  one\n  two\n");
  equal(await text('{{ .Files.GetBytes "d.bin" }}', {}, more), "[120]");
});

Deno.test("renderChart() gives .Values its methods, which hide keys of their names", async () => {
  const values = { Table: 1, a: { b: { c: 2 } } };
  equal(await text('{{ .Values.Table "a.b" }}', { values }), "map[c:2]");
  equal(await text('{{ .Values.PathValue "a.b.c" }}', { values }), "2");
  await rejects(text('{{ .Values.Table "a.z" }}', { values }), { kind: "template" });
});

Deno.test("renderChart() tells missing required values when linting, and fails otherwise", async () => {
  const said: string[] = [];
  equal(await text('[{{ required "need x" .Values.x }}]', { lint: true, warn: (line) => said.push(line) }), "[]");
  deepEqual(said, ["[INFO] Missing required value: need x"]);
  await rejects(text('{{ required "need x" .Values.x }}'), { kind: "template" });
});

Deno.test("renderChart() loads what a text given to tpl needs, and starts over", async () => {
  const template = '{{ set .Values "n" (add1 (default 0 .Values.n)) | len }}' +
    '{{ tpl "{{ regexMatch `^a+$` `aaa` }}" . }} {{ .Values.n }}';
  equal(await text(template), "1true 1");
});

Deno.test("renderChart() leaves one chart's data to its own templates", async () => {
  const sub = chart({ "s.yaml": "{{ .Chart.Name }} {{ .Files.Get `f` }} {{ .Template.Name }}" }, {
    metadata: { name: "sub" },
    files: files({ f: "sub file" }),
  });
  const rendered = await renderChart(chart({ "a.yaml": "{{ .Files.Get `f` }}" }, { dependencies: [sub] }));
  equal(rendered["web/charts/sub/templates/s.yaml"], "sub sub file web/charts/sub/templates/s.yaml");
  equal(rendered["web/templates/a.yaml"], "");
});

Deno.test("renderChart() shows empty files and lists as nil when the chart was sent", async () => {
  const more = { metadata: { name: "web", keywords: [] }, files: files({ "a.txt": "" }) };
  const template = '{{ toJson .Files }} {{ .Files.Lines "a.txt" | toJson }} {{ printf "%#v" .Chart.Keywords }}';
  equal(await text(template, {}, more), '{"a.txt":""} [""] []string{}');
  equal(await text(template, { wasSent: true }, more), '{"a.txt":null} [] []string(nil)');
});

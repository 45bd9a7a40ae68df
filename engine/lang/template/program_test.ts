import { deepEqual, equal, match, rejects, throws } from "node:assert/strict";
import { TemplateError } from "../../../errors.ts";
import { type GoMap, newMap } from "../golang/mod.ts";
import { functions, needs } from "./funcs/mod.ts";
import { inFileOrder, Program } from "./program.ts";

function mapOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mapOf);
  if (typeof value !== "object" || value === null) return value;
  const map = newMap();
  for (const [key, element] of Object.entries(value)) map[key] = mapOf(element);
  return map;
}

async function render(files: Record<string, string>, values: object = {}): Promise<Record<string, string>> {
  const list = Object.entries(files).map(([name, text]) => ({ name: `c/templates/${name}`, text }));
  const program = new Program(list, { functions, needs });
  const data = mapOf({ Values: values }) as GoMap;
  return Object.fromEntries(await program.run({ dataOf: () => ({ data, basePath: "c/templates" }) }));
}

async function one(text: string, values: object = {}): Promise<string | undefined> {
  return (await render({ "a.yaml": text }, values))["c/templates/a.yaml"];
}

async function fails(text: string, message: string, values: object = {}): Promise<void> {
  const place = 'render error in "c/templates/a.yaml": template: c/templates/a.yaml:';
  await rejects(one(text, values), { kind: "template", message: place + message });
}

const AT = 'executing "c/templates/a.yaml" at ';

Deno.test("inFileOrder() puts deep files first and reverses names", () => {
  deepEqual(inFileOrder(["a/b", "a/c", "a/b/c"]), ["a/b/c", "a/c", "a/b"]);
});

Deno.test("a program writes text and values", async () => {
  equal(await one("n: {{ .Values.n }} {{ .Values.s | upper }}", { n: 1000000, s: "é" }), "n: 1e+06 É");
});

Deno.test("a missing value leaves nothing behind, wherever its text came from", async () => {
  equal(await one("[{{ .Values.x }}][<no{{ print ` value>` }}]"), "[][]");
});

Deno.test("variables live to the end of their block and are set from inside", async () => {
  equal(await one("{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $x := 3 }}{{ end }}{{ $x }}"), "2");
});

Deno.test("range with = fills the topmost variables, as Go 1.14 does", async () => {
  equal(await one("{{ $x := 1 }}{{ $y := 2 }}{{ range $x = list 7 8 }}{{ end }}{{ $x }} {{ $y }}"), "[7 8] 8");
});

Deno.test("range goes over maps in byte order", async () => {
  equal(await one("{{ range $k, $v := .Values }}{{ $k }}={{ $v }};{{ end }}", { b: 1, a: 2, B: 3 }), "B=3;a=2;b=1;");
});

Deno.test("errors name the node visited last, and its column in bytes", async () => {
  await fails("é{{ upper 1 }}", `1:11: ${AT}<1>: expected string; found 1`);
  await fails("{{ 1 | upper }}", `1:7: ${AT}<upper>: wrong type for value; expected string; got int`);
  await fails("\n{{ fail `x` }}", `2:3: ${AT}<fail \`x\`>: error calling fail: x`);
  await fails("{{ upper }}", `1:3: ${AT}<upper>: wrong number of args for upper: want 1 got 0`);
  await fails("{{ .Values.a.b }}", `1:10: ${AT}<.Values.a.b>: nil pointer evaluating interface {}.b`);
  await fails("{{ .Values.s.b }}", `1:10: ${AT}<.Values.s.b>: can't evaluate field b in type interface {}`, { s: "x" });
  await fails(
    "{{ with .Values.s }}{{ .b }}{{ end }}",
    `1:23: ${AT}<.b>: can't evaluate field b in type string`,
    { s: "x" },
  );
  await fails("{{ range 5 }}{{ end }}", `1:9: ${AT}<5>: range can't iterate over 5`);
  await fails('{{ template "x" }}', `1:12: ${AT}<{{template "x"}}>: template "x" not defined`);
});

Deno.test("an error carries its positions, innermost first", async () => {
  const files = { "_h.tpl": '{{ define "h" }}\n{{ fail "no" }}{{ end }}', "a.yaml": '{{ include "h" . }}' };
  await rejects(render(files), (error) => {
    if (!(error instanceof TemplateError)) return false;
    deepEqual(error.trace, [
      { path: "c/templates/_h.tpl", line: 2, column: 3 },
      { path: "c/templates/a.yaml", line: 1, column: 3 },
    ]);
    return true;
  });
});

Deno.test("a parse error names the file and is thrown when the program is made", () => {
  throws(() => new Program([{ name: "f", text: "{{ nofn }}" }], { functions }), {
    kind: "template",
    message: 'parse error in "f": template: f:1: function "nofn" not defined',
  });
});

Deno.test("of two definitions the file parsed last wins, and blank ones never", async () => {
  const files = {
    "_a.tpl": '{{ define "x" }}a{{ end }}',
    "_b.tpl": '{{ define "x" }}b{{ end }}',
    "_A.tpl": '{{ define "x" }} {{/* blank */}} {{ end }}',
    "z.yaml": '{{ include "x" . }}',
  };
  deepEqual(await render(files), { "c/templates/z.yaml": "a" });
});

Deno.test("what one file changes in the values the next one sees", async () => {
  const files = { "b.yaml": '{{ set .Values "x" "new" | len }}', "a.yaml": "{{ .Values.x }}" };
  equal((await render(files, { x: "old" }))["c/templates/a.yaml"], "new");
});

Deno.test("set of tagged values changes them and gives a plain map", async () => {
  equal(await one('{{ $m := set .Values "x" 1 }}{{ typeOf $m }} {{ .Values.x }}'), "map[string]interface {} 1");
});

Deno.test("tpl renders with the chart's definitions and keeps its own to itself", async () => {
  const files = {
    "_h.tpl": '{{ define "h" }}H{{ end }}',
    "a.yaml": '{{ tpl "{{ define `own` }}O{{ end }}{{ include `h` . }}{{ include `own` . }}" . }}',
  };
  equal((await render(files))["c/templates/a.yaml"], "HO");
});

Deno.test("tpl quotes its source in errors and starts lines again", async () => {
  await fails(
    '{{ tpl "\\n{{ fail `x` }}" . }}',
    `1:3: ${AT}<tpl "\\n{{ fail \`x\` }}" .>: error calling tpl: Error during tpl function execution for ` +
      '"\\n{{ fail `x` }}": render error in "c/templates/a.yaml": template: c/templates/a.yaml:2:3: ' +
      `${AT}<fail \`x\`>: error calling fail: x`,
  );
});

Deno.test("tpl needs Template in its data", async () => {
  await fails(
    '{{ tpl "x" .Values }}',
    `1:3: ${AT}<tpl "x" .Values>: error calling tpl: Cannot retrieve Template.Basepath from values ` +
      "inside tpl function: x (BasePath is not a value)",
  );
});

Deno.test("required takes its message for a format", async () => {
  await fails(
    '{{ required "100% sure" nil }}',
    `1:3: ${AT}<required "100% sure" nil>: error calling required: 100%!s(MISSING)ure`,
  );
});

Deno.test("template actions may nest 100000 deep and no deeper", async () => {
  const count = '{{ define "n" }}{{ if gt . 0 }}{{ template "n" (sub . 1) }}{{ else }}end{{ end }}{{ end }}';
  equal(await one(count + '{{ template "n" (int64 5000) }}'), "end");
  await rejects(
    one('{{ define "n" }}{{ template "n" }}{{ end }}{{ template "n" }}'),
    (error) => error instanceof TemplateError && error.message.endsWith("exceeded maximum template depth (100000)"),
  );
});

Deno.test("include of one name nests about a thousand times", async () => {
  const count = '{{ define "n" }}{{ if gt . 0 }}{{ include "n" (sub . 1) }}{{ else }}end{{ end }}{{ end }}';
  equal(await one(count + '{{ include "n" (int64 900) }}'), "end");
  await rejects(
    one('{{ define "n" }}{{ include "n" . }}{{ end }}{{ include "n" . }}'),
    (error) =>
      error instanceof TemplateError &&
      error.message.endsWith("rendering template has a nested reference name: n: unable to execute template"),
  );
});

Deno.test("deeply nested templates write what others write", async () => {
  const body = "{{ with .m }}{{ range $k, $v := . }}{{ $k }}{{ $v | quote }}{{ end }}{{ else }}none{{ end }}" +
    "{{ if and .m (include `leaf` .) }}{{ (dict `a` (include `leaf` .)).a | upper }}{{ end }}" +
    "{{ range $i, $x := list (include `leaf` .) 2 }}{{ $i }}{{ $x }}{{ include `leaf` $ }}{{ else }}{{ end }}";
  const text = (depth: number): string =>
    "{{ define `leaf` }}L{{ end }}{{ define `n` }}{{ if gt .n 0 }}" +
    "{{ include `n` (dict `n` (sub .n 1) `m` .m) }}{{ else }}" + body + "{{ end }}{{ end }}" +
    "{{ include `n` (dict `n` (int64 " + depth + ") `m` (dict `x` 1)) }}";
  equal(await one(text(200)), await one(text(1)));
});

Deno.test("a tpl that calls itself ends with one short error", async () => {
  await rejects(one("{{ tpl .Values.t . }}", { t: "{{ tpl .Values.t . }}" }), {
    kind: "template",
    message: "rendering template failed: tpl calls are nested deeper than 5000 levels",
  });
});

Deno.test("a map that holds itself ends with an error in words, whatever is made of it", async () => {
  const uses = [
    ".Values",
    ".Values | toYaml",
    ".Values | toJson",
    ".Values | toPrettyJson",
    "toToml .Values",
    "deepCopy .Values",
    ".Values | quote",
  ];
  for (const use of [...uses, "merge (dict) .Values", 'printf "%v" .Values']) {
    await rejects(one(`{{ $_ := set .Values "a" .Values }}{{ ${use} }}`), (error: TemplateError) => {
      match(error.message, /^rendering template failed: a (?:value is nested|map or list that holds itself)/, use);
      return error.kind === "template";
    });
  }
});

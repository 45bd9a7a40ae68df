import { equal, rejects } from "node:assert/strict";
import { TemplateError } from "../../../errors.ts";
import { type GoMap, newMap } from "../golang/mod.ts";
import { functions } from "./funcs/mod.ts";
import { Program } from "./program.ts";

const HEAD = '{{ define "echo" }}{{ . }}{{ end }}';

async function render(text: string, trace = false): Promise<string> {
  const values: GoMap = Object.assign(newMap(), {
    a: "old",
    list: ["x", "y"],
    map: Object.assign(newMap(), { k: "v" }),
  });
  const data: GoMap = Object.assign(newMap("chartutil.Values"), { Values: values });
  const program = new Program([{ name: "t", text: HEAD + text }], { functions, trace });
  return (await program.run({ dataOf: () => ({ data, basePath: "" }) })).get("t") ?? "";
}

const SET = '(set .Values "a" "new" | len)';

/** Go evaluates operands from left to right, and each may change what a later one reads. */
const ORDER: Readonly<Record<string, string>> = {
  [`{{ print .Values.a "-" ${SET} }}`]: "old-3",
  [`{{ print ${SET} "-" .Values.a }}`]: "3-new",
  [`{{ print .Values.a "-" ${SET} "-" .Values.a }}`]: "old-3-new",
  [`{{ .Values.a | print ${SET} "-" }}`]: "3-old",
  [`{{ .Values.a | print .Values.a ${SET} "-" .Values.a }}`]: "old3-newold",
  [`{{ ${SET} | print .Values.a "-" }}`]: "new-3",
  [`{{ print (include "echo" .Values.a) (print (include "echo" 1) (include "echo" 2)) .Values.a }}`]: "old12old",
  [`{{ (dict "k" (include "echo" .Values.a)).k | printf "%s%s" (include "echo" "<") }}`]: "<old",
  [`{{ $x := include "echo" "i" }}{{ with $x }}{{ . }}{{ include "echo" . }}{{ end }}{{ .Values.a }}`]: "iiold",
  [`{{ range $i, $e := .Values.list }}{{ $i }}{{ include "echo" $e }}{{ end }}{{ .Values.a }}`]: "0x1yold",
  [`{{ range .Values.list }}{{ range $.Values.list }}{{ . }}{{ end }}{{ . }}{{ else }}-{{ end }}`]: "xyxxyy",
  [`{{ range .Values.none }}{{ . }}{{ else }}{{ template "echo" .Values.a }}{{ end }}`]: "old",
  [`{{ if include "echo" "" }}a{{ else if include "echo" "b" }}b{{ else }}c{{ end }}`]: "b",
  [`{{ with .Values.map }}{{ with .k }}{{ . }}{{ end }}{{ .k }}{{ end }}{{ .Values.a }}`]: "vvold",
};

for (const [text, wanted] of Object.entries(ORDER)) {
  Deno.test(`compileTemplate() keeps Go's order of evaluation: ${text}`, async () => {
    equal(await render(text), wanted);
    equal(await render(text, true), wanted);
  });
}

/** As Helm 2.17.0 prints them. Errors name the node that Go visited last; those of inner templates come out through all calls around them. */
const ERRORS: Readonly<Record<string, string>> = {
  '{{ "x" | quote | (print) }}': "<quote>: can't give argument to non-function print",
  '{{ (print) "x" }}': '<(print) "x">: can\'t give argument to non-function print',
  "{{ (include `echo` 1) | fail `f` }}": "<fail>: wrong number of args for fail: want 1 got 2",
  '{{ (include "none" 1) | fail }}':
    '<include "none" 1>: error calling include: template: no template "none" associated with template "gotpl"',
  '{{ template "none" (fail "x") }}': '<{{template "none" (fail "x")}}>: template "none" not defined',
  '{{ template "echo" ((sub 1 1) | (.x)) }}': "<1>: can't give argument to non-function .x",
  "{{ if ((print 1) | (.x)) }}{{ end }}": "<1>: can't give argument to non-function .x",
  '{{ include "echo" 1 | trunc }}': "<trunc>: wrong number of args for trunc: want 2 got 1",
  '{{ include "echo" "x" | trunc .Values.a }}': "<.Values.a>: wrong type for value; expected int; got string",
  "{{ range (include `echo` 1) }}{{ end }}": "<1>: range can't iterate over 1",
};

for (const [text, wanted] of Object.entries(ERRORS)) {
  Deno.test(`compileTemplate() names the node visited last: ${text}`, async () => {
    const isWanted = (error: unknown): boolean => error instanceof TemplateError && error.message.endsWith(wanted);
    for (const trace of [false, true]) {
      await rejects(render(text, trace), (error: Error) => {
        if (!isWanted(error)) equal(error.message, wanted);
        return true;
      });
    }
  });
}

Deno.test("an error in nested templates passes every include on its way, innermost first", async () => {
  const text =
    '{{ define "a" }}{{ fail "no" }}{{ end }}{{ define "b" }}{{ template "a" . }}{{ end }}{{ include "b" . }}';
  await rejects(render(text), (error: TemplateError) => {
    equal(
      error.message,
      'render error in "t": template: t:1:123: executing "t" at <include "b" .>: error calling include: ' +
        'template: t:1:54: executing "a" at <fail "no">: error calling fail: no',
    );
    equal(error.trace.length, 2);
    return true;
  });
});

Deno.test("a program can run again after a run that ended with an error in an inner template", async () => {
  const text = '{{ define "a" }}{{ required "no x" .Values.x }}{{ end }}<{{ include "a" . }}>';
  const program = new Program([{ name: "t", text }], { functions });
  const run = (x: unknown) => {
    const data: GoMap = Object.assign(newMap("chartutil.Values"), { Values: Object.assign(newMap(), { x }) });
    return program.run({ dataOf: () => ({ data, basePath: "" }) });
  };
  await rejects(run(null), TemplateError);
  equal((await run("y")).get("t"), "<y>");
});

import { deepEqual, equal, rejects } from "node:assert/strict";
import { TemplateError } from "../../../errors.ts";
import { type GoMap, isMap, newMap } from "../golang/mod.ts";
import { Cover } from "./cover.ts";
import type { BranchCoverage, Coverage, FileCoverage } from "./coverage.ts";
import { functions } from "./funcs/mod.ts";
import { Program } from "./program.ts";

/** A map of ours from a plain object. */
function mapOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mapOf);
  if (typeof value !== "object" || value === null) return value;
  return Object.assign(newMap(), Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapOf(item)])));
}

/** Runs the files once for each of the values. Runs that fail count too. */
async function cover(files: Record<string, string>, ...jobs: unknown[]): Promise<Coverage> {
  const counters = new Cover();
  const list = Object.entries(files).map(([name, text]) => ({ name, text }));
  const program = new Program(list, { functions, cover: counters });
  for (const job of jobs) {
    const data: GoMap = Object.assign(newMap("chartutil.Values"), { Values: mapOf(job) });
    const roots = new Map<object, string[]>([[data, []]]);
    if (isMap(data["Values"])) roots.set(data["Values"], ["Values"]);
    await program.run({ dataOf: () => ({ data, basePath: "" }), roots }).catch((error) => {
      if (!(error instanceof TemplateError)) throw error;
    });
  }
  return counters.result();
}

async function coverOne(text: string, ...jobs: unknown[]): Promise<FileCoverage> {
  return (await cover({ t: text }, ...jobs)).files[0] as FileCoverage;
}

/** Line and hits, such as `1:2`. */
function linesOf({ lines }: FileCoverage): string {
  return lines.map(({ line, hits }) => `${line}:${hits}`).join(" ");
}

/** Place, kind, and the ways with their hits, such as `1:3 if then=0 else=2`. */
function shown({ kind, line, column, ways }: BranchCoverage): string {
  return `${line}:${column} ${kind} ${ways.map(({ name, hits }) => `${name}=${hits}`).join(" ")}`;
}

const branchesOf = ({ branches }: FileCoverage): string[] => branches.map(shown);

Deno.test("Cover counts the lines that ran, and no blank lines, comments, define and end lines", async () => {
  const text = [
    "a: 1",
    "",
    "{{/* a comment",
    "of two lines */}}",
    "{{ if .Values.x }}",
    "b: {{ .Values.x }}",
    "  ",
    "{{ else }}",
    "c: 3",
    "d: 4",
    "{{ end }}",
    "e: 5",
  ].join("\n");
  const file = await coverOne(text, { x: 1 }, { x: 2 }, {});
  equal(linesOf(file), "1:3 5:3 6:2 9:1 10:1 12:3");
  equal(file.renders, 3);
});

Deno.test("Cover counts a line that fails, and not those after it", async () => {
  const file = await coverOne('a: 1\n{{ required "no x" .Values.x }}\nb: 2\n{{ .Values.x }}\n', {}, { x: "y" }, {});
  equal(linesOf(file), "1:3 2:3 3:1 4:1");
});

Deno.test("Cover counts statements that follow each other without text between them apart", async () => {
  const file = await coverOne('{{ $a := 1 -}}\n{{ required "no x" .Values.x -}}\n{{ $a -}}\n{{ $a }}', {}, { x: "y" });
  equal(linesOf(file), "1:2 2:2 3:1 4:1");
});

Deno.test("Cover counts if with and without else, and else if as a branch of its own", async () => {
  const text = "{{ if .Values.a }}A{{ else if .Values.b }}B{{ else }}C{{ end }}\n{{ if .Values.a }}A{{ end }}";
  const file = await coverOne(text, { a: 1 }, { b: 1 }, { b: 2 }, {});
  deepEqual(branchesOf(file), ["1:6 if then=1 else=3", "1:30 if then=2 else=1", "2:6 if then=1 else=3"]);
});

Deno.test("Cover counts with taken or not", async () => {
  const file = await coverOne("{{ with .Values.a }}{{ . }}{{ end }}\n{{ with .Values.b }}x{{ else }}y{{ end }}", {
    a: 1,
  }, {
    b: 1,
  }, {});
  deepEqual(branchesOf(file), ["1:8 with taken=1 else=2", "2:8 with taken=1 else=2"]);
});

Deno.test("Cover counts range over none, one and many", async () => {
  const text = "{{ range .Values.l }}\n- {{ . }}\n{{ else }}\nnone\n{{ end }}";
  const file = await coverOne(text, { l: [] }, {}, { l: [1] }, { l: [1, 2, 3] }, { l: { a: 1, b: 2 } });
  deepEqual(branchesOf(file), ["1:9 range none=2 one=1 many=2"]);
  equal(linesOf(file), "1:5 2:6 4:2");
});

Deno.test("Cover counts and and or cut short, also piped and nested", async () => {
  const text = "{{ if and .Values.a .Values.b }}x{{ end }}\n{{ .Values.b | or .Values.a }}\n" +
    "{{ if or (and .Values.a .Values.b) .Values.c }}x{{ end }}\n{{ and .Values.a }}";
  const file = await coverOne(text, { a: 1, b: 1 }, { a: 1 }, {});
  deepEqual(branchesOf(file), [
    "1:6 if then=1 else=2",
    "1:6 and cut short=1 all=2",
    "2:15 or cut short=2 all=1",
    "3:6 if then=1 else=2",
    "3:6 or cut short=1 all=2",
    "3:10 and cut short=1 all=2",
  ]);
});

Deno.test("Cover counts default, ternary and coalesce each way", async () => {
  const text =
    '{{ .Values.a | default "d" }}\n{{ default "d" .Values.b }}\n{{ ternary "y" "n" (eq .Values.a "1") }}\n' +
    "{{ coalesce .Values.a .Values.b }}\n{{ .Values.c | ternary 1 2 }}";
  const file = await coverOne(text, { a: "1", c: true }, { a: "", b: "2", c: false }, { a: "", b: "", c: true });
  deepEqual(branchesOf(file), [
    "1:15 default given=1 default=2",
    "2:3 default given=1 default=2",
    "3:3 ternary true=1 false=2",
    "4:3 coalesce 1=1 2=1 none=1",
    "5:15 ternary true=2 false=1",
  ]);
});

Deno.test("Cover counts definitions, and the places that include, call or hand text to tpl", async () => {
  const files = {
    "templates/_h.tpl":
      'text of no template\n{{ define "used" }}\n{{ if . }}yes{{ end }}\n{{ end }}{{- define "never" -}}\nx\n{{ end }}',
    "templates/a.yaml":
      '{{ include "used" 1 }}{{ template "used" 0 }}\n{{ if .Values.x }}{{ include (print "us" "ed") 1 | quote }}{{ end }}\n{{ tpl .Values.t . }}',
  };
  const { files: [partial, file] } = await cover(files, { t: "{{ if true }}\n{{ 1 }}{{ end }}", x: 1 }, { t: "" });
  deepEqual(partial?.defines, [{ name: "used", line: 2, hits: 5 }, { name: "never", line: 5, hits: 0 }]);
  equal(linesOf(partial as FileCoverage), "3:5 5:0");
  deepEqual(branchesOf(partial as FileCoverage), ["3:6 if then=3 else=2"]);
  equal(partial?.renders, 0);
  deepEqual(file?.calls, [
    { kind: "include", name: "used", line: 1, column: 3, hits: 2 },
    { kind: "template", name: "used", line: 1, column: 34, hits: 2 },
    { kind: "include", line: 2, column: 21, hits: 1 },
    { kind: "tpl", line: 3, column: 3, hits: 2 },
  ]);
  // Lines and branches of the text belong to no file.
  deepEqual(branchesOf(file as FileCoverage), ["2:6 if then=1 else=1"]);
});

Deno.test("Cover counts a definition inside an if of another file that never runs", async () => {
  const { files: [a, b] } = await cover({ a: '{{ if .Values.x }}\n{{ include "b" . }}\n{{ end }}', b: "b\n" }, {});
  equal(linesOf(a as FileCoverage), "1:1 2:0");
  equal(linesOf(b as FileCoverage), "1:1");
});

const VALUES = {
  image: { repo: "nginx", tag: "1" },
  labels: { a: "x", b: "y" },
  hosts: [{ name: "h", paths: ["/"] }, { name: "i", paths: [] }],
  on: false,
  res: { cpu: 1 },
};

/** Text, and the paths that it reads; a star follows those that are read as a whole. */
const READS: Readonly<Record<string, string>> = {
  "{{ .Values.image.tag }}": "image.tag*",
  "{{ if .Values.on }}{{ .Values.image.tag }}{{ end }}": "on",
  "{{ .Values.res | toYaml }}": "res*",
  "{{ toYaml .Values | indent 2 }}": "*",
  "{{ with .Values.image }}{{ .tag }}{{ end }}": "image image.tag*",
  "{{ with .Values.res }}{{ toYaml . }}{{ end }}": "res*",
  "{{ $i := .Values.image }}{{ $i.repo }}": "image image.repo*",
  "{{ range $k, $v := .Values.labels }}{{ $k }}{{ end }}": "labels labels.a* labels.b*",
  "{{ range .Values.hosts }}{{ .name }}{{ end }}": "hosts hosts.0.name* hosts.1.name*",
  "{{ range .Values.hosts }}{{ range .paths }}{{ . }}{{ end }}{{ end }}":
    "hosts hosts.0.paths hosts.0.paths.0* hosts.1.paths",
  '{{ index .Values "image" "tag" }}': " image.tag*",
  "{{ index .Values.hosts 1 | toYaml }}": "hosts hosts.1*",
  '{{ if hasKey .Values "none" }}{{ end }}': " none",
  "{{ .Values.nope | quote }}": "nope*",
  "{{ .Values.none | default .Values.image.tag }}": "image.tag* none*",
  '{{ define "h" }}{{ .ctx.Values.image.repo }}{{ .v.tag }}{{ end }}{{ include "h" (dict "ctx" . "v" .Values.image) }}':
    "image image.repo* image.tag*",
  '{{ define "h" }}{{ .Values.image.repo }}{{ end }}{{ include "h" . }}': "image.repo*",
  '{{ tpl "{{ .Values.image.repo }}" . }}': "image.repo*",
  "{{ (.Values.image).tag }}{{ ($.Values.res).cpu }}": "image image.tag* res res.cpu*",
  "{{ if and .Values.image .Values.res }}{{ end }}": "image res",
  "{{ .Values.res | default (dict) | toJson }}": "res*",
  "{{ toYaml (default (dict) .Values.res) }}": "res*",
  "{{ with default (dict) .Values.res }}{{ .cpu }}{{ end }}": "res res.cpu*",
  "{{ $r := default (dict) .Values.res }}{{ toYaml $r }}": "res*",
  "{{ dict `r` .Values.res | toYaml }}": "res*",
  "{{ if empty .Values.res }}{{ else }}{{ len .Values.labels }}{{ end }}": "labels res",
  "{{ index .Values `labels` | toYaml }}": " labels*",
  "{{ (index .Values `image`).tag }}": " image image.tag*",
};

for (const [text, wanted] of Object.entries(READS)) {
  Deno.test(`Cover notes the values that are read: ${text}`, async () => {
    // A second run has other objects, and a second template with the same text reads the same.
    const { values } = await cover(
      { a: text, b: `{{/**/}}${text.replace(/{{ define.*?{{ end }}/, "")}` },
      VALUES,
      VALUES,
    );
    const reads = values.filter(({ path }) => path[0] === "Values");
    equal(reads.map(({ path, whole }) => path.slice(1).join(".") + (whole ? "*" : "")).join(" "), wanted);
  });
}

Deno.test("Cover adds up the runs of several programs with the same files, and keeps others apart", async () => {
  const counters = new Cover();
  const run = async (text: string, x: unknown): Promise<void> => {
    const data: GoMap = Object.assign(newMap(), { x });
    const program = new Program([{ name: "t", text }], { functions, cover: counters });
    await program.run({ dataOf: () => ({ data, basePath: "" }) });
  };
  await run("{{ if .x }}\na\n{{ end }}", true);
  await run("other", true);
  await run("{{ if .x }}\na\n{{ end }}", false);
  deepEqual(counters.result().files.map(linesOf), ["1:2 2:1", "1:1"]);
});

Deno.test("Cover changes neither texts nor errors", async () => {
  const text =
    '{{ define "d" }}{{ fail "no" }}{{ end }}{{ range .Values.l }}{{ "{{" }}{{ . }}{{ end }}{{ include "d" . | quote }}';
  const outcome = async (counters?: Cover): Promise<string> => {
    const data: GoMap = Object.assign(newMap("chartutil.Values"), { Values: mapOf({ l: [1, 2] }) });
    const program = new Program([{ name: "t", text }], { functions, cover: counters });
    let seen = "";
    await rejects(program.run({ dataOf: () => ({ data, basePath: "" }) }), (error: TemplateError) => {
      seen = `${error.message} ${JSON.stringify(error.trace)}`;
      return true;
    });
    return seen;
  };
  equal(await outcome(new Cover()), await outcome());
});

for (const call of ["index . .", "index .Values.l true", "hasKey . .", 'pluck "a" .', "ternary 1 2 3"]) {
  Deno.test(`Cover leaves the error of a call to the function: ${call}`, async () => {
    const run = async (counters?: Cover): Promise<string> => {
      const program = new Program([{ name: "t", text: `{{ ${call} }}` }], { functions, cover: counters });
      const texts = program.run({ dataOf: () => ({ data: newMap(), basePath: "" }) });
      return await texts.then((all) => all.get("t") ?? "", (error: Error) => error.message);
    };
    equal(await run(new Cover()), await run());
  });
}

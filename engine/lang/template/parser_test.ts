import { deepEqual, equal, throws } from "node:assert/strict";
import { nodeText, type Tree } from "./nodes.ts";
import { parseTemplate } from "./parser.ts";

const FUNCTIONS = ["print", "f"];

function parse(text: string): Map<string, Tree> {
  return parseTemplate("t", text, (name) => FUNCTIONS.includes(name));
}

function printed(text: string): string {
  return nodeText((parse(text).get("t") as Tree).root);
}

function fails(text: string, message: string): void {
  throws(() => parse(text), { kind: "template", message: `template: t:${message}` });
}

Deno.test("parseTemplate() makes trees that print as what was written", () => {
  for (
    const text of [
      "a{{.x.y}}b",
      "{{$x := 1}}{{print $x.y 0x10 `r` 'a'}}",
      "{{if .a}}1{{else}}2{{end}}",
      "{{range $i, $e := .l}}{{$i}}{{end}}",
      '{{template "n" .}}',
      "{{(f 1).b | print (f)}}",
    ]
  ) equal(printed(text), text);
});

Deno.test("parseTemplate() hoists definitions and blocks", () => {
  const trees = parse('{{ define "a" }}A{{ end }}{{ if 1 }}{{ block "b" . }}B{{ end }}{{ end }}');
  deepEqual([...trees.keys()].sort(), ["a", "b", "t"]);
  equal(nodeText((trees.get("b") as Tree).root), "B");
});

Deno.test("parseTemplate() refuses two bodies of one name, but not blank ones", () => {
  fails('{{ define "a" }}1{{ end }}{{ define "a" }}2{{ end }}', '1: template: multiple definition of template "a"');
  equal(nodeText((parse('{{ define "a" }}1{{ end }}{{ define "a" }} {{ end }}').get("a") as Tree).root), "1");
});

Deno.test("parseTemplate() reads else-if as an if inside the else", () => {
  equal(printed("{{if 1}}a{{else if 2}}b{{end}}"), "{{if 1}}a{{else}}{{if 2}}b{{end}}{{end}}");
});

Deno.test("parseTemplate() names unknown functions and variables, with the line", () => {
  fails("\n{{ nofn }}", '2: function "nofn" not defined');
  fails("{{ $x }}", '1: undefined variable "$x"');
  fails('{{ $x := 1 }}{{ define "a" }}{{ $x }}{{ end }}', '1: undefined variable "$x"');
});

Deno.test("parseTemplate() tells what it did not expect", () => {
  fails("{{ }}", "1: missing value for command");
  fails("{{ if }}{{ end }}", "1: missing value for if");
  fails("{{{ 1 }}", '1: unexpected "{" in command');
  fails("{{ 1 | 2 }}", "1: non executable command in pipeline stage 2");
  fails("{{ if 1 }}", "1: unexpected EOF");
  fails("{{ end }}", "1: unexpected {{end}}");
  fails("{{ range $a, $b, $c := 1 }}{{ end }}", "1: too many declarations in range");
  fails('{{ template "a" }', '1: unexpected "}" in template clause');
  fails('{{ "a".b }}', '1: unexpected . after term "\\"a\\""');
  fails("{{ 08 }}", '1: integer overflow: "08"');
});

Deno.test("parseTemplate() forgets variables at the end of their block", () => {
  fails("{{ if $x := 1 }}{{ end }}{{ $x }}", '1: undefined variable "$x"');
  equal(printed("{{with $x := 1}}{{else}}{{$x}}{{end}}"), "{{with $x := 1}}{{else}}{{$x}}{{end}}");
});

Deno.test("parseTemplate() ends nesting that would not fit the stack", () => {
  fails("{{ " + "(".repeat(20000) + " }}", "1: actions are nested too deep");
});

Deno.test("parseTemplate() reads pipelines and lists of arguments as long as they like", () => {
  const pipes = `{{f${" | f".repeat(200_000)}}}`;
  equal(printed(pipes), pipes);
  const args = `{{f${" 1".repeat(200_000)}}}`;
  equal(printed(args), args);
});

Deno.test("parseTemplate() knows neither break nor else with nor actions of several lines, as Go 1.14", () => {
  fails("{{ range .l }}{{ break }}{{ end }}", '1: function "break" not defined');
  fails("{{ range .l }}{{ continue }}{{ end }}", '1: function "continue" not defined');
  fails("{{ with .a }}1{{ else with .b }}2{{ end }}", "1: unexpected <with> in else");
  fails("{{\n.a }}", "1: unexpected unclosed action in command");
  fails("{{-\n.a }}", '1: illegal number syntax: "-"');
  fails("{{ 1 ) }}", '1: unexpected ")" in input');
});

Deno.test("parseTemplate() reads the language of Go 1.26 when it is told to", () => {
  const current = (text: string): string => {
    const tree = parseTemplate("t", text, (name) => FUNCTIONS.includes(name), true).get("t") as Tree;
    return nodeText(tree.root);
  };
  equal(
    current("{{range .l}}{{if .}}{{break}}{{end}}{{continue}}{{end}}"),
    "{{range .l}}{{if .}}{{break}}{{end}}{{continue}}{{end}}",
  );
  equal(current("{{with .a}}1{{else with .b}}2{{end}}"), "{{with .a}}1{{else}}{{with .b}}2{{end}}{{end}}");
  equal(current("a {{-\n f\n 1\n-}}\n b"), "a{{f 1}}b");
});

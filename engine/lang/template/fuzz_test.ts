import { equal } from "node:assert/strict";
import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import fc from "fast-check";
import { TemplateError } from "../../../errors.ts";
import { Cover } from "./cover.ts";
import { newMap } from "../golang/mod.ts";
import { functions, needs } from "./funcs/mod.ts";
import { Lexer } from "./lexer.ts";
import { parseTemplate } from "./parser.ts";
import { Program, type ProgramOptions } from "./program.ts";

const numRuns = fuzzRuns(200);

const PIECES = [
  ..."abc \n\t\r.$|()-=:,\"'`\\09éß😀",
  "{{ ",
  " }}",
  "{{- ",
  " -}}",
  "{{",
  "}}",
  "/*",
  "*/",
  " if ",
  " range ",
  " with ",
  " else ",
  " end ",
  ' define "x" ',
  ' template "x" ',
  ' block "x" ',
  "$x",
  " := ",
  ".Values",
  ".Values.a",
  " nil ",
  " true ",
  " 1 ",
  " 2.5 ",
  '"s"',
  " | ",
  " print ",
  " len ",
  " index ",
  " list ",
  " dict ",
  " printf ",
  " eq ",
  " include ",
  " tpl ",
];

const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((parts) => parts.join(""));

/** Runs a piece of work; anything it throws but a TemplateError fails the test. */
function onlyTemplateErrors(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
  }
}

Deno.test("the lexer ends on every text", () => {
  fc.assert(
    fc.property(text, (source) => {
      const lexer = new Lexer(source);
      for (let count = 0; count <= 3 * source.length + 3; count++) {
        const { kind } = lexer.next();
        if (kind === "eof" || kind === "error") return;
      }
      throw new Error("the lexer does not end");
    }),
    { numRuns },
  );
});

Deno.test("the parser throws nothing but template errors", () => {
  fc.assert(
    fc.property(text, (source) => onlyTemplateErrors(() => void parseTemplate("t", source, () => true))),
    { numRuns },
  );
});

const EXPRESSIONS = fc.letrec((tie) => ({
  atom: fc.constantFrom(
    ".",
    "$",
    ".Values",
    ".Values.list",
    ".Values.map",
    ".Values.no",
    ".Values.text",
    "nil",
    "1",
    "-2",
    "0.5",
    "true",
    '"a"',
    "'x'",
    "1i",
  ),
  call: fc.tuple(fc.constantFrom(...Object.keys(functions).filter(isPure)), fc.array(tie("any"), { maxLength: 3 }))
    .map(([name, args]) => `(${[name, ...args].join(" ")})`),
  field: tie("any").map((inner) => `(${inner}).a`),
  any: fc.oneof({ maxDepth: 3 }, tie("atom"), tie("call"), tie("field")),
}));

/** Functions that take long with large numbers, or make keys, are left to their own tests. */
function isPure(name: string): boolean {
  return !/^(repeat|until|untilStep|gen|rand|derive|indent|nindent|wrap|getHost|encrypt|decrypt|buildCustom|htpasswd)/
    .test(name);
}

const expression = EXPRESSIONS.any as fc.Arbitrary<string>;

const block = fc.oneof(
  expression.map((value) => `{{ ${value} }}`),
  expression.map((value) => `{{ range $i, $e := ${value} }}{{ $e }}{{ else }}-{{ end }}`),
  expression.map((value) => `{{ with ${value} }}{{ .a }}{{ end }}`),
  fc.tuple(expression, expression).map(([value, piped]) => `{{ if ${value} }}{{ ${piped} | print }}{{ end }}`),
  expression.map((value) => `{{ include "x" ${value} }}`),
);

/** Returns what a source writes, or the error that it ends with; other errors than template errors are thrown. */
async function outcomeOf(source: string, observers: Pick<ProgramOptions, "trace" | "cover"> = {}): Promise<string> {
  try {
    const program = new Program([{ name: "t", text: source }], { functions, needs, ...observers });
    const values = Object.assign(newMap(), {
      list: ["a", 1, null],
      map: Object.assign(newMap(), { a: "b" }),
      text: "t",
    });
    const data = Object.assign(newMap("chartutil.Values"), { Values: values });
    const texts = await program.run({ dataOf: () => ({ data, basePath: "" }), random: () => 0.5, clock });
    return texts.get("t") ?? "";
  } catch (error) {
    if (error instanceof TemplateError) return `${error.message} ${JSON.stringify(error.trace)}`;
    throw error;
  }
}

const clock = () => ({ seconds: 1_600_000_000, nanos: 0 });

Deno.test("running throws nothing but template errors, and a trace or counters change nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(block, { maxLength: 4 }), async (blocks) => {
      const source = `{{ define "x" }}{{ . }}{{ end }}${blocks.join("")}`;
      const plain = await outcomeOf(source);
      equal(await outcomeOf(source, { trace: true }), plain);
      equal(await outcomeOf(source, { cover: new Cover() }), plain);
    }),
    { numRuns },
  );
});

import { deepEqual, equal } from "node:assert/strict";
import { Lexer, type Token, tokenText } from "./lexer.ts";

function tokens(text: string): Token[] {
  const lexer = new Lexer(text);
  const all: Token[] = [];
  for (;;) {
    const token = lexer.next();
    all.push(token);
    if (token.kind === "eof" || token.kind === "error") return all;
  }
}

function kinds(text: string): string[] {
  return tokens(text).map(({ kind }) => kind);
}

function values(text: string): string[] {
  return tokens(text).map(({ value }) => value);
}

Deno.test("Lexer splits text and actions", () => {
  deepEqual(kinds("a{{ .x | f 1 }}b"), [
    "text",
    "leftDelim",
    "space",
    "field",
    "space",
    "pipe",
    "space",
    "identifier",
    "space",
    "number",
    "space",
    "rightDelim",
    "text",
    "eof",
  ]);
});

Deno.test("Lexer trims only next to a marker and its one blank", () => {
  deepEqual(values("a \n{{- 1 -}}\n b"), ["a", "{{", "1", "}}", "b", ""]);
  deepEqual(values("a {{-1}}"), ["a ", "{{", "-1", "}}", ""]);
  deepEqual(values("a\u00a0{{- 1}}")[0], "a\u00a0");
});

Deno.test("Lexer leaves comments out and trims around them", () => {
  deepEqual(values("a {{- /* x */ -}} b"), ["a", "b", ""]);
  deepEqual(values("{{/* open"), ["unclosed comment"]);
  deepEqual(values("{{/* x */ }}"), ["comment ends before closing delimiter"]);
});

Deno.test("Lexer ends at a newline inside an action", () => {
  deepEqual(values("{{ a\n}}").at(-1), "unclosed action");
});

Deno.test("Lexer keeps newlines in raw strings", () => {
  deepEqual(values("{{`a\nb`}}"), ["{{", "`a\nb`", "}}", ""]);
});

Deno.test("Lexer tells what may not follow a word", () => {
  deepEqual(values("{{ .a-b }}").at(-1), "bad character U+002D '-'");
  deepEqual(values("{{ a² }}").at(-1), "bad character U+00B2 '²'");
  deepEqual(values("{{ ² }}").at(-1), "unrecognized character in action: U+00B2 '²'");
});

Deno.test("Lexer counts parentheses", () => {
  deepEqual(values("{{ (1 }}").at(-1), "unclosed left paren");
  deepEqual(values("{{ 1) }}").at(-1), "unexpected right paren U+0029 ')'");
});

Deno.test("Lexer reads the forms of numbers", () => {
  for (const number of ["0x1F", "1e3", "-1.5", "+1", "0b11", "1_000", "2i", ".5"]) {
    deepEqual(kinds(`{{${number}}}`), ["leftDelim", "number", "rightDelim", "eof"]);
  }
  deepEqual(kinds("{{1+2i}}")[1], "complex");
  deepEqual(values("{{ 1x }}").at(-1), 'bad number syntax: "1x"');
});

Deno.test("Lexer.next() gives empty errors behind the end", () => {
  const lexer = new Lexer("");
  equal(lexer.next().kind, "eof");
  deepEqual(lexer.next(), { kind: "error", pos: -1, value: "" });
});

Deno.test("tokenText() shortens long tokens and marks keywords", () => {
  equal(tokenText({ kind: "text", pos: 0, value: "0123456789ab" }), '"0123456789"...');
  equal(tokenText({ kind: "end", pos: 0, value: "end" }), "<end>");
  equal(tokenText({ kind: "eof", pos: 0, value: "" }), "EOF");
});

import { deepEqual, equal } from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { documentsOf, replaceDocuments } from "./documents.ts";

const textsOf = (text: string): string[] => documentsOf(text).map((document) => document.text);

Deno.test("documentsOf() splits what Tiller recorded", () => {
  deepEqual(textsOf("\n---\n# Source: a.yaml\na: 1\n---\n# Source: b.yaml\nb: 1"), [
    "# Source: a.yaml\na: 1\n",
    "# Source: b.yaml\nb: 1",
  ]);
});

Deno.test("documentsOf() needs no separator at the beginning, and passes over what is empty", () => {
  deepEqual(textsOf("a: 1\n---\n\n---   \nb: 1\n---\n"), ["a: 1\n", "b: 1\n"]);
  deepEqual(textsOf(""), []);
  deepEqual(textsOf("---"), []);
});

Deno.test("documentsOf() keeps what stands behind a separator, and knows it among line ends of Windows", () => {
  deepEqual(textsOf("--- # one\na: 1\n---\r\nb: 1\r\n"), ["# one\na: 1\n", "b: 1\r\n"]);
});

Deno.test("documentsOf() takes other lines that begin with dashes for text", () => {
  deepEqual(textsOf('a: "\n-----BEGIN CERTIFICATE-----\n"\n'), ['a: "\n-----BEGIN CERTIFICATE-----\n"\n']);
  deepEqual(textsOf("a: 1\u2028---\n"), ["a: 1\u2028---\n"]);
});

Deno.test("replaceDocuments() replaces, takes out with the separator, and leaves the rest", () => {
  const text = "\n---\na: 1\n--- # two\nb: 1\n---\nc: 1";
  const [a, b, c] = documentsOf(text);
  if (a === undefined || b === undefined || c === undefined) throw new Error("there are three");
  equal(replaceDocuments(text, new Map([[c, "c: 2\n"], [a, "a: 2"]])), "\n---\na: 2\n--- # two\nb: 1\n---\nc: 2");
  equal(replaceDocuments(text, new Map([[b, undefined]])), "\n---\na: 1\n---\nc: 1");
  equal(replaceDocuments(text, new Map([[a, undefined], [b, undefined], [c, undefined]])), "\n");
});

Deno.test("replaceDocuments() with each document's own text gives the same text", () => {
  const line = fc.constantFrom("---", "--- # x", "---x", "a: 1", "", " ", "# c", "---\r", "\t---");
  fc.assert(fc.property(fc.array(line), fc.boolean(), (lines, ends) => {
    const text = lines.join("\n") + (ends ? "\n" : "");
    const same = new Map(documentsOf(text).map((document) => [document, document.text]));
    equal(replaceDocuments(text, same), text);
  }));
});

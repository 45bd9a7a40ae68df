import { deepEqual, equal, ok } from "node:assert/strict";
import { cutDocuments } from "./documents.ts";

const documentsOf = (text: string): string[] => cutDocuments(text).documents;

Deno.test("cutDocuments() ends the last document in a line break, which a block scalar keeps", () => {
  deepEqual(documentsOf("a: |\n  text"), ["a: |\n  text\n"]);
});

Deno.test("cutDocuments() cuts only at lines of three dashes and blanks", () => {
  deepEqual(documentsOf("a: 1\n--- \t\r\nb: 1\n--- # no cut\nc: 1\n ---\n----\n"), [
    "a: 1\n",
    "b: 1\n--- # no cut\nc: 1\n ---\n----\n",
  ]);
});

Deno.test("cutDocuments() takes time in proportion to the text, also with quotes that never end", () => {
  const start = performance.now();
  equal(documentsOf(`{${'\\"'.repeat(300_000)}`).length, 1);
  ok(performance.now() - start < 3000);
});

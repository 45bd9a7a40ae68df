import { deepEqual, equal } from "node:assert/strict";
import { readAnswer } from "./eta_answer.ts";

const COUNTS = { templates: 3, texts: 2 };

Deno.test("readAnswer() reads texts and failures", () => {
  deepEqual(readAnswer('{"texts":["a",""]}', COUNTS), { texts: ["a", ""] });
  const failure = { phase: "render", index: 2, line: 0, message: "x" };
  deepEqual(readAnswer(JSON.stringify({ failure }), COUNTS), { failure });
});

const ODD = [
  "",
  "x",
  "null",
  "[]",
  "5",
  "{}",
  '{"texts":null}',
  '{"texts":["a"]}',
  '{"texts":["a","b","c"]}',
  '{"texts":["a",5]}',
  '{"texts":{"0":"a","1":"b","length":2}}',
  '{"failure":null}',
  '{"failure":"x"}',
  '{"failure":{"phase":"other","index":0,"line":0,"message":""}}',
  '{"failure":{"phase":"parse","index":3,"line":0,"message":""}}',
  '{"failure":{"phase":"parse","index":-1,"line":0,"message":""}}',
  '{"failure":{"phase":"parse","index":0,"line":null,"message":""}}',
  '{"failure":{"phase":"parse","index":0,"line":0.5,"message":""}}',
  '{"failure":{"phase":"parse","index":0,"line":0,"message":{}}}',
];

for (const text of ODD) {
  Deno.test(`readAnswer() refuses ${text || "nothing"}`, () => equal(readAnswer(text, COUNTS), undefined));
}

import { deepEqual } from "node:assert/strict";
import { linesOf, textRows } from "./text_rows.js";

Deno.test("linesOf() takes both ends of lines, and no empty last one", () => {
  deepEqual(linesOf("a\r\nb\nc\n"), ["a", "b", "c"]);
  deepEqual(linesOf("a\n\n"), ["a", ""]);
  deepEqual(linesOf(""), []);
});

Deno.test("textRows() wraps at the columns of the window, and keeps the lines' numbers", () => {
  deepEqual(textRows(["abcdef", "gh"], 4), [
    { line: 1, text: "abcd", isRest: false },
    { line: 1, text: "ef", isRest: true },
    { line: 2, text: "gh", isRest: false },
  ]);
  deepEqual(textRows(["abcdef"], 0), [{ line: 1, text: "abcdef", isRest: false }]);
});

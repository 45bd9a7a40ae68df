import { equal } from "node:assert/strict";
import { textDiff } from "./text_diff.ts";

Deno.test("textDiff() prints unified differences with one line of context", () => {
  equal(textDiff("a\n", "a\n"), "");
  equal(textDiff("a\n", "b\n"), "--- Expected\n+++ Actual\n@@ -1,2 +1,2 @@\n-a\n+b\n \n");
  equal(
    textDiff("1\n2\n3\n4\n5\n6\n7\n8\n", "1\n2\n3\nx\n5\n6\n7\n8\n9\n"),
    "--- Expected\n+++ Actual\n@@ -3,3 +3,3 @@\n 3\n-4\n+x\n 5\n@@ -8,2 +8,3 @@\n 8\n+9\n \n",
  );
});

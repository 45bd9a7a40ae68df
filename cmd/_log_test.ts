import { equal } from "node:assert/strict";
import { logTo } from "./_log.ts";
import { memoryPrinter } from "./_print.ts";

Deno.test("logTo() begins every text with the local time", () => {
  const print = memoryPrinter();
  const log = logTo(print, () => new Date(2020, 9, 9, 1, 2, 3));
  log("Warning: a");
  log("two\nlines\n");
  equal(print.stderr, "2020/10/09 01:02:03 Warning: a\n2020/10/09 01:02:03 two\nlines\n");
  equal(print.stdout, "");
});

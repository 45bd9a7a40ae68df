import { equal } from "node:assert/strict";
import { logTo } from "./log.ts";
import { memoryPrinter } from "./print.ts";

Deno.test("logTo() begins every text with the local time", () => {
  const print = memoryPrinter();
  const log = logTo(print, { now: () => new Date(2020, 9, 9, 1, 2, 3) });
  log("Warning: a");
  log("two\nlines\n");
  equal(print.stderr, "2020/10/09 01:02:03 Warning: a\n2020/10/09 01:02:03 two\nlines\n");
  equal(print.stdout, "");
});

Deno.test("logTo() shows notes to a person, and to a script only when asked", () => {
  for (const [watched, notes, shown] of [[false, undefined, 0], [true, undefined, 1], [false, true, 1]] as const) {
    const print = memoryPrinter({ watched });
    logTo(print, { notes })("Note: ours");
    equal(print.stderr.split("\n").length - 1, shown);
  }
});

Deno.test("logTo() keeps notes for a person who watches", () => {
  for (const watched of [false, true]) {
    const print = memoryPrinter({ watched });
    logTo(print)("Note: a");
    equal(print.stderr.endsWith(" Note: a\n"), watched);
  }
});

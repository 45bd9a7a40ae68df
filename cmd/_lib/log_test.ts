import { equal } from "node:assert/strict";
import { logTo, tellNote } from "./log.ts";
import { memoryPrinter } from "./print.ts";

Deno.test("logTo() begins every text with the local time", () => {
  const print = memoryPrinter();
  const log = logTo(print, { now: () => new Date(2020, 9, 9, 1, 2, 3) });
  log("Warning: a");
  log("two\nlines\n");
  equal(print.stderr, "2020/10/09 01:02:03 Warning: a\n2020/10/09 01:02:03 two\nlines\n");
  equal(print.stdout, "");
});

Deno.test("logTo() shows notes unless hints are off, and then only when asked", () => {
  for (const [hints, notes, shown] of [[false, undefined, 0], [true, undefined, 1], [false, true, 1]] as const) {
    const print = memoryPrinter({ hints });
    logTo(print, { notes })("Note: ours");
    equal(print.stderr.split("\n").length - 1, shown);
  }
});

Deno.test("tellNote() writes into pipes too, unless hints are off", () => {
  for (const hints of [false, true]) {
    const print = memoryPrinter({ hints });
    tellNote(print, "Note: a");
    equal(print.stderr, hints ? "Note: a\n" : "");
  }
});

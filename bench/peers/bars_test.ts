import { equal } from "node:assert/strict";
import { bar, barTable } from "./bars.ts";

Deno.test("bar() is as long as the share, and never empty", () => {
  equal(bar(1), "█".repeat(20));
  equal(bar(0.001), "█");
  equal(bar(1.5).length, 30);
});

Deno.test("barTable() has a row for each work, and a dash for what was not measured", () => {
  const rows = barTable([["a", 0.1], ["b", undefined]]).split("\n").slice(2);
  equal(rows.join("\n"), "| a | ██ 0.10 |\n| b | – |");
});

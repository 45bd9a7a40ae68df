import { deepEqual, equal, ok } from "node:assert/strict";
import { fittedTable, tableFor } from "./screen_table.ts";
import { displayWidth, table } from "./table.ts";

const ROWS = [
  ["NAME", "UPDATED", "DESCRIPTION"],
  ["web", "Mon Oct 19 10:00:00 2020", 'Release "web" failed: timed out waiting for the condition'],
  ["データベース", "Mon Oct 19 10:00:00 2020", "Install\ncomplete"],
];

Deno.test("tableFor() has Helm's layout in a pipe", () => {
  equal(tableFor({ terminal: false, columns: 40 }, ROWS, { limit: 20 }), table(ROWS, 20));
  equal(tableFor({ terminal: false, columns: 40 }, ROWS, { limit: 20, isWide: true }), table(ROWS));
});

Deno.test("tableFor() never wraps a row on a terminal, however narrow", () => {
  for (const columns of [200, 80, 40, 20, 10]) {
    const lines = tableFor({ terminal: true, columns }, ROWS, { limit: 60 }).split("\n");
    equal(lines.length, ROWS.length);
    for (const line of lines) ok(displayWidth(line) <= columns, `${columns}: ${line}`);
  }
});

Deno.test("tableFor() shows whole cells when they fit, beyond Helm's limit, unless the user chose one", () => {
  const last = (options: object) => tableFor({ terminal: true, columns: 120 }, ROWS, options).split("\n")[1] ?? "";
  ok(last({ limit: 20 }).endsWith("waiting for the condition"));
  ok(last({ limit: 20, isLimitGiven: true }).endsWith('Release "web" faile…'), last({ limit: 20, isLimitGiven: true }));
  ok(tableFor({ terminal: true, columns: 30 }, ROWS, { isWide: true }).includes("for the condition"));
});

Deno.test("fittedTable() cuts the widest cells first", () => {
  deepEqual(fittedTable(ROWS.slice(0, 2), { limit: 0, columns: 50 }).split("\n"), [
    "NAME  UPDATED                DESCRIPTION",
    'web   Mon Oct 19 10:00:00 …  Release "web" failed…',
  ]);
});

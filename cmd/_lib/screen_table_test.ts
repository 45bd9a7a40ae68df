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

const FLEET = [
  ["NAME", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "NAMESPACE", "HEALTH"],
  [
    "kubernetes-policy-controller",
    "1",
    "Mon Nov 30 00:47:09 2026",
    "DEPLOYED",
    "policy-0.1.2",
    "1.2",
    "team-3",
    "note: O8",
  ],
  [
    "kubernetes-policy-checker",
    "12",
    "Mon Nov 30 00:47:09 2026",
    "FAILED",
    "policy-0.1.2",
    "1.2",
    "team-3",
    "broken: R5",
  ],
];
const LISTED = {
  limit: 0,
  least: { NAME: Infinity, HEALTH: Infinity, UPDATED: 16, CHART: 16 },
  spare: ["UPDATED", "APP VERSION", "CHART", "NAMESPACE", "REVISION"],
};

Deno.test("fittedTable() leaves out spare columns so that names stay whole, and says which", () => {
  deepEqual(fittedTable(FLEET, { ...LISTED, columns: 80 }).split("\n"), [
    "NAME                          REVISION  STATUS    NAMESPACE  HEALTH",
    "kubernetes-policy-controller  1         DEPLOYED  team-3     note: O8",
    "kubernetes-policy-checker     12        FAILED    team-3     broken: R5",
    "Not shown, for lack of width: UPDATED, CHART, APP VERSION ('| cat' shows all)",
  ]);
  ok(!fittedTable(FLEET, { ...LISTED, columns: 140 }).includes("Not shown"));
  for (const columns of [60, 40, 20, 10]) {
    const lines = fittedTable(FLEET, { ...LISTED, columns }).split("\n");
    // A single long word is not broken.
    for (const line of lines.slice(0, FLEET.length)) ok(displayWidth(line) <= columns, `${columns}: ${line}`);
  }
});

Deno.test("fittedTable() cuts columns to their least widths before it cuts those that are kept", () => {
  deepEqual(fittedTable(FLEET.map((row) => row.slice(0, 3)), { ...LISTED, columns: 60 }).split("\n"), [
    "NAME                          REVISION  UPDATED",
    "kubernetes-policy-controller  1         Mon Nov 30 00:47:09…",
    "kubernetes-policy-checker     12        Mon Nov 30 00:47:09…",
  ]);
});

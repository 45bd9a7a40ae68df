import { deepEqual, throws } from "node:assert/strict";
import { type RowFacts, rowSelector } from "./row_selector.ts";

const ROWS: readonly RowFacts[] = [
  { name: "web", revision: 1, status: "SUPERSEDED" },
  { name: "web", revision: 2, status: "DEPLOYED" },
  { name: "db", revision: 1, status: "FAILED" },
];

const fitting = (text: string): string[] =>
  ROWS.filter(rowSelector(text)).map(({ name, revision }) => `${name}.v${revision}`);

Deno.test("rowSelector() asks for the four labels of a row", () => {
  deepEqual(fitting("STATUS=DEPLOYED"), ["web.v2"]);
  deepEqual(fitting("NAME==web, VERSION!=2"), ["web.v1"]);
  deepEqual(fitting("NAME in (db, other),OWNER=TILLER"), ["db.v1"]);
  deepEqual(fitting("STATUS notin (FAILED,DEPLOYED)"), ["web.v1"]);
  deepEqual(fitting("OWNER!=TILLER"), []);
});

Deno.test("rowSelector() refuses labels that rows do not have, and what is not a selector", () => {
  throws(() => rowSelector("STATUS=DEPLOYED,team=shop"), {
    kind: "usage",
    message: 'unknown label "team": rows of a database have NAME, OWNER, STATUS and VERSION alone',
  });
  for (const text of ["STATUS", "!STATUS", "", "NAME=a,"]) throws(() => rowSelector(text), { kind: "usage" }, text);
});

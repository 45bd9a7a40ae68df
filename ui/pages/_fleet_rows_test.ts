import { deepEqual, equal } from "node:assert/strict";
import { filtered, fleetRows, grouped, sorted, toggled, withLine } from "./_fleet_rows.js";
import type { ReleasesAnswer } from "../../app/ui/types.ts";

const COLUMNS = [
  "ctx",
  "namespace",
  "name",
  "revision",
  "status",
  "chart",
  "version",
  "appVersion",
  "updated",
  "description",
];
const ANSWER: ReleasesAnswer = {
  contexts: ["prod", "test"],
  columns: COLUMNS,
  rows: [
    [0, "shop", "web", 5, "DEPLOYED", "web", "1.4.0", "1.27", 3000, "Upgrade complete"],
    [0, "shop", "orders", 12, "FAILED", "orders", "0.9.1", "", 2000, "timed out"],
    [1, "cache", "redis-10", 3, "DEPLOYED", "redis", "10.5.7", "5.0", 1000, "Install complete"],
    [0, "cache", "redis-9", 1, "SUPERSEDED", "redis", "10.5.7", "5.0", null, ""],
  ],
  releases: 4,
  revisions: 21,
  counts: { DEPLOYED: 2, FAILED: 1, SUPERSEDED: 1 },
  errors: [],
  unreadable: [],
};
const ROWS = fleetRows(ANSWER);
const names = (rows: readonly { readonly name?: string }[]): (string | undefined)[] => rows.map(({ name }) => name);

Deno.test("fleetRows() reads columns by their names", () => {
  const { search: _, ...first } = ROWS[0] ?? { search: "" };
  deepEqual(first, {
    ctx: "prod",
    namespace: "shop",
    name: "web",
    revision: 5,
    status: "DEPLOYED",
    chart: "web-1.4.0",
    app: "1.27",
    updated: 3000,
    description: "Upgrade complete",
  });
  equal(ROWS[2]?.ctx, "test");
  equal(ROWS[3]?.updated, null);
});

Deno.test("filtered() takes words, fields and what must not fit", () => {
  deepEqual(names(filtered(ROWS, "")), ["web", "orders", "redis-10", "redis-9"]);
  deepEqual(names(filtered(ROWS, "REDIS")), ["redis-10", "redis-9"]);
  deepEqual(names(filtered(ROWS, "ns:shop status:failed")), ["orders"]);
  deepEqual(names(filtered(ROWS, "chart:redis ctx:test")), ["redis-10"]);
  deepEqual(names(filtered(ROWS, "-status:DEPLOYED")), ["orders", "redis-9"]);
  deepEqual(names(filtered(ROWS, "-redis")), ["web", "orders"]);
  deepEqual(names(filtered(ROWS, "description:timed")), ["orders"]);
  deepEqual(names(filtered(ROWS, "nosuchfield:x")), []);
});

Deno.test("sorted() puts numbers in names in their order, and the youngest first", () => {
  deepEqual(names(sorted(ROWS, "name")), ["orders", "redis-9", "redis-10", "web"]);
  deepEqual(names(sorted(ROWS, "-name")), ["web", "redis-10", "redis-9", "orders"]);
  deepEqual(names(sorted(ROWS, "updated")), ["web", "orders", "redis-10", "redis-9"]);
  deepEqual(names(sorted(ROWS, "revision")), ["redis-9", "redis-10", "web", "orders"]);
});

Deno.test("grouped() puts a row with the count before each group", () => {
  deepEqual(grouped(ROWS, "namespace").map((item) => "group" in item ? `${item.group} ${item.count}` : item.name), [
    "cache 2",
    "redis-10",
    "redis-9",
    "shop 2",
    "web",
    "orders",
  ]);
  equal(grouped(ROWS, ""), ROWS);
});

Deno.test("toggled() adds a term, replaces one of the same field, and takes it away", () => {
  equal(toggled("web", "status:FAILED"), "web status:FAILED");
  equal(toggled("status:FAILED web", "status:DEPLOYED"), "web status:DEPLOYED");
  equal(toggled("web status:FAILED", "status:FAILED"), "web");
});

Deno.test("withLine() works one row in, and its counts", () => {
  const row = [0, "shop", "web", 6, "FAILED", "web", "1.4.1", "1.27", 4000, "timed out"];
  const next = withLine(ANSWER, { topic: "release", ctx: "prod", name: "web", row });
  deepEqual(next?.rows[0], row);
  equal(next?.rows[1], ANSWER.rows[1]);
  deepEqual(next?.counts, { DEPLOYED: 1, FAILED: 2, SUPERSEDED: 1 });
});

Deno.test("withLine() asks for the whole list when a release is new or gone, and ignores other lines", () => {
  equal(withLine(ANSWER, { topic: "release", ctx: "test", name: "web", row: [] }), undefined);
  equal(withLine(ANSWER, { topic: "gone", ctx: "prod", name: "web" }), undefined);
  equal(withLine(ANSWER, { topic: "reload", ctx: "prod" }), undefined);
  equal(withLine(ANSWER, { topic: "alive" }), ANSWER);
});

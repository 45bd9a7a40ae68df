import { deepEqual, equal, throws } from "node:assert/strict";
import type { Chart } from "../../model/mod.ts";
import { encodeJson } from "../../lang/yaml/mod.ts";
import { coalesceValues } from "./coalesce.ts";

const chart = (name: string, raw: string, dependencies: readonly Chart[] = []): Chart => ({
  metadata: { name },
  templates: [],
  files: [],
  dependencies,
  values: raw === "" ? undefined : { raw },
});

/** Returns the coalesced values as JSON, and the warnings. */
function coalesce(tree: Chart, config: string | undefined): { values: unknown; warnings: string[] } {
  const warnings: string[] = [];
  const values = coalesceValues(tree, config, (text) => warnings.push(text));
  return { values: JSON.parse(JSON.stringify(values)), warnings };
}

Deno.test("coalesceValues() puts the user's config over the defaults", () => {
  const tree = chart("web", "a: {b: 1, c: 2}\nd: [1]\n");
  deepEqual(coalesce(tree, "a: {c: 3}\nd: [2]\ne: x").values, { a: { b: 1, c: 3 }, d: [2], e: "x" });
});

Deno.test("coalesceValues() takes away a default that the user set to null", () => {
  deepEqual(coalesce(chart("web", "a: 1\nb: {c: 1, d: 2}\n"), "a: null\nb: {c: null}\nx: null").values, {
    b: { d: 2 },
  });
});

Deno.test("coalesceValues() keeps a null of the defaults, and the user's when there are no defaults", () => {
  deepEqual(coalesce(chart("web", "a: null\n"), "{}").values, { a: null });
  deepEqual(coalesce(chart("web", ""), "a: null").values, { a: null });
  deepEqual(coalesce(chart("web", "z: 1"), "b: {c: null}").values, { z: 1, b: { c: null } });
});

Deno.test("coalesceValues() leaves the top chart's defaults out when there is no config at all", () => {
  deepEqual(coalesce(chart("web", "a: 1", [chart("db", "b: 2")]), undefined).values, { db: { b: 2, global: {} } });
});

Deno.test("coalesceValues() warns when a table meets something else", () => {
  const result = coalesce(chart("web", "a: {x: 1}\nb: 1\nc: null\n"), "a: [1, {k: v}]\nb: {k: 1}\nc: {z: 1}");
  deepEqual(result.values, { a: [1, { k: "v" }], b: { k: 1 }, c: { z: 1 } });
  const intro = "Warning: Merging destination map for chart 'web'.";
  const ignored = (key: string, value: string): string =>
    `${intro} The destination item '${key}' is a table and ignoring the source '${key}' as it has a non-table ` +
    `value of: ${value}`;
  deepEqual(result.warnings, [
    `${intro} Overwriting table item 'a', with non table value: [1 map[k:v]]`,
    ignored("b", "1"),
    ignored("c", "<nil>"),
  ]);
});

Deno.test("coalesceValues() pushes globals down, the parent's over the section's over the subchart's", () => {
  const tree = chart("web", "global: {a: 1}\ndb: {global: {a: 2, b: 2}}\n", [
    chart("db", "global: {a: 3, b: 3, c: 3}\n"),
  ]);
  deepEqual(coalesce(tree, "").values, { global: { a: 1 }, db: { global: { a: 1, b: 2, c: 3 } } });
});

// Pins C13.
Deno.test("coalesceValues() loses a subchart's section when a global is no table, and says so", () => {
  const db = chart("db", "x: 1\n");
  const own = coalesce(chart("web", "", [db]), "db: {global: 1, x: 2}");
  deepEqual(own.values, { db: { x: 1 } });
  equal(own.warnings[0], "Warning: Skipping globals for chart 'web' because destination 'global' is not a table.");
  const parent = coalesce(chart("web", "", [db]), "global: 1\ndb: {x: 2}");
  deepEqual(parent.values, { global: 1, db: { x: 1 } });
  deepEqual(parent.warnings, [
    "Warning: skipping globals for chart 'web' because source 'global' is not a table.",
    "Note: because of that, all values that were set for subchart 'db' are lost.",
  ]);
});

Deno.test("coalesceValues() gives nothing, not an empty table, to a subchart whose global is no table", () => {
  const values = coalesceValues(chart("web", "", [chart("db", "")]), "db: {global: 1, x: 2}");
  equal(encodeJson(values), '{"db":null}');
  throws(() => coalesceValues(chart("web", "", [chart("db", "", [chart("sub", "")])]), "db: {global: 1}"), {
    kind: "chart",
    message: 'values of chart "db": "global" is not a table, which its subcharts need',
  });
});

Deno.test("coalesceValues() refuses a subchart's section that is no table", () => {
  const tree = chart("web", "", [chart("db", "")]);
  const fails = (config: string, message: string): void =>
    throws(() => coalesceValues(tree, config), { kind: "values", message });
  fails("db: 3", "type mismatch on db: %!t(float64=3)");
  fails("db: s", "type mismatch on db: %!t(string=s)");
  fails("db: null", "type mismatch on db: %!t(<nil>)");
  fails("db: [1, 2]", "type mismatch on db: [%!t(float64=1) %!t(float64=2)]");
});

Deno.test("coalesceValues() quotes defaults that cannot be read", () => {
  throws(() => coalesceValues(chart("web", "a: ["), "{}"), {
    kind: "values",
    message: /^Error: Reading chart 'web' default values \(a: \[\): error converting YAML to JSON: yaml: /,
  });
});

Deno.test("coalesceValues() changes neither the given config nor what a second call sees", () => {
  const tree = chart("web", "a: {b: 1}\n", [chart("db", "c: {d: 1}\n")]);
  const config = { x: { y: 1 } };
  const first = coalesceValues(tree, config) as Record<string, Record<string, unknown>>;
  Object.assign(first["a"] ?? {}, { b: 2 });
  Object.assign(first["x"] ?? {}, { y: 2 });
  deepEqual(config, { x: { y: 1 } });
  equal(JSON.stringify(coalesceValues(tree, config)["a"]), '{"b":1}');
});

import { deepEqual, equal, throws } from "node:assert/strict";
import type { Chart } from "../../model/mod.ts";
import { chartFromFiles } from "../load/mod.ts";
import { processRequirements } from "./process.ts";

/** A chart `top` with subcharts `alpha` 1.2.3 and `beta` 2.0.0. */
function tree(requirements: string, more: Record<string, string> = {}): Chart {
  return chartFromFiles({
    "Chart.yaml": "name: top\n",
    "requirements.yaml": requirements,
    "charts/alpha/Chart.yaml": "name: alpha\nversion: 1.2.3\n",
    "charts/beta/Chart.yaml": "name: beta\nversion: 2.0.0\n",
    ...more,
  });
}

const names = (chart: Chart): string[] => chart.dependencies.map((subchart) => subchart.metadata.name);

const entry = (fields: string): string => `dependencies: [{name: alpha, version: "*", ${fields}}]\n`;

Deno.test("processRequirements() puts unlisted subcharts first, then the listed ones under their aliases", () => {
  const list = '{name: alpha, version: "*", alias: left}, {name: alpha, version: ~1.2.0}';
  deepEqual(names(processRequirements(tree(`dependencies: [${list}]`), "{}")), ["beta", "left", "alpha"]);
});

// Pins C16.
Deno.test("processRequirements() uses a subchart outside its range all the same, without its alias, and says so", () => {
  const told: string[] = [];
  const chart = tree("dependencies: [{name: alpha, version: ^2, alias: left}]");
  deepEqual(names(processRequirements(chart, "{}", (text) => told.push(text))), ["alpha", "beta"]);
  equal(told.length, 1);
  equal(told[0]?.startsWith("Note: requirements.yaml of chart 'top' asks for version \"^2\" for 'alpha'"), true);
});

Deno.test("processRequirements() switches subcharts off by tags and by conditions, which have the last word", () => {
  const off = (fields: string, config: string): boolean =>
    !names(processRequirements(tree(entry(fields)), config)).includes("alpha");
  equal(off("tags: [a, b]", "tags: {a: false}"), true);
  equal(off("tags: [a, b]", "tags: {a: false, b: true}"), false);
  equal(off("tags: [a], condition: p.ok", "tags: {a: false}\np: {ok: true}"), false);
  equal(off("condition: 'p.ok,q.ok'", "q: {ok: false}"), true);
  equal(off("condition: 'p.ok, q.ok'", "q: {ok: false}"), false);
  equal(off("condition: p.ok", "p: {ok: {}}"), false);
});

Deno.test("processRequirements() warns of conditions and tags that are no bool", () => {
  const told: string[] = [];
  const chart = tree(entry("alias: left, tags: [t], condition: 'a,b'"));
  processRequirements(chart, "a: x\nb: false\ntags: {t: 1}", (text) => told.push(text));
  deepEqual(told, [
    "Warning: Tag 't' for chart left returned non-bool value",
    "Warning: Condition path 'a' for chart left returned non-bool value",
  ]);
});

Deno.test("processRequirements() refuses an illegal alias", () => {
  const printed: string[] = [];
  throws(() => processRequirements(tree(entry("alias: 'a b'")), "{}", () => {}, (text) => printed.push(text)), {
    kind: "chart",
    message: 'illegal alias name in "alpha"',
  });
  deepEqual(printed, ['Invalid alias in dependency "alpha". Skipping.']);
});

Deno.test("processRequirements() looks at a nested list only below charts with a list of their own", () => {
  const nested = {
    "charts/alpha/requirements.yaml": "dependencies: [{name: gamma, version: '*', condition: gamma.ok}]",
    "charts/alpha/charts/gamma/Chart.yaml": "name: gamma\nversion: 1.0.0\n",
  };
  const config = "alpha: {gamma: {ok: false}}";
  const below = (requirements: string): string[] => {
    const chart = processRequirements(tree(requirements, nested), config);
    return chart.dependencies.flatMap(names);
  };
  deepEqual(below(""), ["gamma"]);
  deepEqual(below("dependencies: []"), []);
});

Deno.test("processRequirements() keeps quiet about errors below the top, but for a note", () => {
  const nested = {
    "charts/alpha/requirements.yaml": "dependencies: [{name: gamma, version: '*', alias: 'a b'}]",
    "charts/alpha/charts/gamma/Chart.yaml": "name: gamma\nversion: 1.0.0\n",
  };
  const told: string[] = [];
  const chart = processRequirements(tree("dependencies: []", nested), "{}", (text) => told.push(text));
  deepEqual(chart.dependencies.flatMap(names), ["gamma"]);
  deepEqual(told, [
    "Note: requirements.yaml of chart 'alpha' is not fully used: illegal alias name in \"gamma\"",
  ]);
});

Deno.test("processRequirements() imports tables over the chart's own defaults", () => {
  const chart = tree(entry("import-values: [data, {child: conf, parent: x.y}]"), {
    "values.yaml": "k: own\n",
    "charts/alpha/values.yaml": "exports: {data: {k: imported, l: 1}}\nconf: {m: 2}\n",
  });
  const { values } = processRequirements(chart, "k: user");
  const global = "global: {}\n";
  equal(
    values?.raw,
    `alpha:\n  conf:\n    m: 2\n  exports:\n    data:\n      k: imported\n      l: 1\n  ${global}` +
      `beta:\n  ${global}k: imported\nl: 1\nx:\n  "y":\n    m: 2\n`,
  );
});

Deno.test("processRequirements() warns of an import that finds no table", () => {
  const told: string[] = [];
  processRequirements(tree(entry("import-values: [data]")), "{}", (text) => told.push(text));
  deepEqual(told, ['Warning: ImportValues missing table: no table named "exports" (map[global:map[]])']);
});

// Pins C12.
Deno.test("processRequirements() refuses imports that make Helm 2 crash", () => {
  throws(() => processRequirements(tree(entry("import-values: [{child: a}]")), "{}"), {
    kind: "chart",
    message: 'import-values of dependency "alpha": parent must be a string',
  });
});

Deno.test("processRequirements() leaves a chart without a list, and the given chart, as they are", () => {
  const chart = tree("", { "values.yaml": "# a comment\nk: 1\n" });
  equal(processRequirements(chart, "{}").values?.raw, "# a comment\nk: 1\n");
  const listed = tree(entry("condition: k"), { "values.yaml": "k: false\n" });
  processRequirements(listed, "{}");
  deepEqual(names(listed), ["alpha", "beta"]);
  equal(listed.values?.raw, "k: false\n");
});

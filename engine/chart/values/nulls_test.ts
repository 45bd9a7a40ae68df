import { deepEqual } from "node:assert/strict";
import { chartFromFiles } from "../load/mod.ts";
import { processRequirements } from "./process.ts";

/** Returns the notes about nulls for a chart with a subchart `db` that has a port. */
function notes(config: string, files: Record<string, string> = {}): string[] {
  const told: string[] = [];
  const chart = chartFromFiles({
    "Chart.yaml": "name: top\n",
    "values.yaml": "own: {a: 1}\n",
    "charts/db/Chart.yaml": "name: db\nversion: 1.0.0\n",
    "charts/db/values.yaml": "port: 80\n",
    ...files,
  });
  processRequirements(chart, config, (text) => told.push(text));
  return told;
}

// Pins C14.
Deno.test("processRequirements() notes nulls that take no default of a subchart away", () => {
  const kept = ["Note: 'db.port' was set to null, and keeps the default of its subchart."];
  const listed = { "requirements.yaml": "dependencies: [{name: db, version: 1.0.0, repository: ''}]\n" };
  deepEqual(notes("db: {port: null}", { "values.yaml": "db: {x: 1}\n" }), kept);
  deepEqual(notes("db:\n  port:\n", { ...listed, "values.yaml": "db: {x: 1}\n" }), kept);
});

Deno.test("processRequirements() says nothing of nulls that work, and of other values", () => {
  deepEqual(notes("db: {port: null}"), []);
  deepEqual(notes("own: {a: ~}"), []);
  deepEqual(notes("db: {port: 81, name: 'null'}", { "values.yaml": "db: {x: 1}\n" }), []);
});

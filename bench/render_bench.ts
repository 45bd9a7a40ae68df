/**
 * Rendering in process: the example chart, `stable/redis` and
 * `stable/prometheus-operator`. Cold parses values and templates again; warm
 * renders the same chart again; traced also records the origin of every line.
 *
 * The public charts come from the archive that `SKEG_CHARTS` names, default
 * `../shared/corpus/charts.tar.gz`; it is unpacked into a temporary folder.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Chart, loadChart, renderChart, traceChart } from "../mod.ts";

const root = join(import.meta.dirname ?? ".", "..");

/** Unpacks the archive of public charts and returns its folder. */
function unpacked(): string {
  const archive = Deno.env.get("SKEG_CHARTS") ?? join(root, "..", "shared", "corpus", "charts.tar.gz");
  if (!existsSync(archive)) {
    throw new Error(
      `Cannot measure public charts: no archive at ${archive}; name one that holds stable/… in SKEG_CHARTS`,
    );
  }
  const folder = mkdtempSync(join(tmpdir(), "skeg-bench-"));
  addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  const { status, stderr } = spawnSync("tar", ["-xzf", archive, "-C", folder], { encoding: "utf8" });
  if (status !== 0) throw new Error(`Cannot unpack ${archive}: ${stderr}`);
  return folder;
}

/** Returns a copy of a chart for which nothing is cached. */
const fresh = (chart: Chart): Chart => ({
  ...chart,
  values: chart.values === undefined ? undefined : { ...chart.values },
  dependencies: chart.dependencies.map(fresh),
});

const folder = unpacked();
const charts = ["stable/redis", "stable/prometheus-operator"].map((name) => join(folder, name));

for (const path of [join(root, "examples", "charts", "web"), ...charts]) {
  const name = path.split("/").at(-1) ?? path;
  const chart = await loadChart(path);
  await renderChart(chart);
  Deno.bench({ name: `${name}, load`, group: name, fn: async () => void await loadChart(path) });
  Deno.bench({
    name: `${name}, cold`,
    group: name,
    baseline: true,
    fn: async () => void await renderChart(fresh(chart)),
  });
  Deno.bench({ name: `${name}, warm`, group: name, fn: async () => void await renderChart(chart) });
  Deno.bench({ name: `${name}, traced`, group: name, fn: async () => void await traceChart(chart) });
}

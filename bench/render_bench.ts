/**
 * Rendering in process: the example chart, and `stable/prometheus-operator`
 * when `SKEG_CHARTS` names a folder that has it. Cold parses every template
 * anew; warm renders the same chart again.
 *
 * @module
 */
import { join } from "node:path";
import { type Chart, loadChart, renderChart } from "../mod.ts";

const root = join(import.meta.dirname ?? ".", "..");
const folder = Deno.env.get("SKEG_CHARTS");
const charts = [join(root, "examples/charts/web")];
if (folder !== undefined) charts.push(join(folder, "stable/redis"), join(folder, "stable/prometheus-operator"));

/** The same chart as a new object: nothing that was compiled for it is known. */
const fresh = (chart: Chart): Chart => ({ ...chart });

for (const path of charts) {
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
}

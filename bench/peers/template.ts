/**
 * Rendering charts: `template`, from a small chart to very large ones.
 *
 * @module
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Bench, compare } from "./bench.ts";
import { largeValues, manyItems, umbrella, writeChart } from "./charts.ts";

/** Returns a chart made by Helm 2's `create`. */
export async function createdChart(bench: Bench): Promise<string> {
  const folder = join(bench.work, "charts");
  const chart = join(folder, "created");
  if (existsSync(chart)) return chart;
  mkdirSync(folder, { recursive: true });
  const { helm2, env } = bench.programs;
  const { success } = await new Deno.Command(helm2, { args: ["create", "created"], cwd: folder, env, clearEnv: true })
    .output();
  if (!success) throw new Error("helm2 create failed");
  return chart;
}

/** `template` of six charts. */
export async function template(bench: Bench): Promise<void> {
  const { skeg, empty, helm2, helm3, helm4 } = bench.programs;
  const made = (name: string, files: () => Readonly<Record<string, string>>): string =>
    writeChart(join(bench.work, "charts", name), files);
  const charts: readonly (readonly [id: string, title: string, chart: string])[] = [
    ["created", "a chart as `create` makes it", await createdChart(bench)],
    ["redis", "`stable/redis`", join(bench.charts, "stable", "redis")],
    ["prometheus-operator", "`stable/prometheus-operator`", join(bench.charts, "stable", "prometheus-operator")],
    ["umbrella", "100 subcharts, 500 values through `tpl`", made("umbrella", umbrella)],
    ["large-values", "a values file of 5 MB", made("large-values", largeValues)],
    ["many-items", "a range over 20,000 items", made("many-items", manyItems)],
  ];
  for (const [id, title, chart] of charts) {
    await compare(bench, {
      family: "template",
      id: `template-${id}`,
      title: `\`template\`: ${title}`,
      candidates: [
        { who: "skeg", run: [...skeg, "template", chart] },
        { who: "helm2", run: [helm2, "template", chart] },
        { who: "helm3", run: [helm3, "template", "release", chart] },
        { who: "helm4", run: [helm4, "template", "release", chart] },
        { who: "limit", run: empty },
      ],
    });
  }
}

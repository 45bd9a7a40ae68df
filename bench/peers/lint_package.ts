/**
 * Works on charts with little rendering: `lint` and `package`.
 *
 * @module
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Bench, compare } from "./bench.ts";
import { largeChart, umbrella, writeChart } from "./charts.ts";

/** `lint` of the umbrella chart, `package` of a chart of 5 MB. */
export async function lintAndPackage(bench: Bench): Promise<void> {
  const { skeg, empty, helm2, helm3, helm4 } = bench.programs;
  const folder = join(bench.work, "charts");
  const big = writeChart(join(folder, "umbrella"), umbrella);
  await compare(bench, {
    family: "charts",
    id: "lint",
    title: "`lint`: 100 subcharts",
    candidates: [
      { who: "skeg", run: [...skeg, "lint", big] },
      { who: "helm2", run: [helm2, "lint", big] },
      { who: "helm3", run: [helm3, "lint", big] },
      { who: "helm4", run: [helm4, "lint", big] },
      { who: "limit", run: empty },
    ],
  });
  const heavy = writeChart(join(folder, "large"), largeChart);
  const out = join(bench.work, "packages");
  mkdirSync(out, { recursive: true });
  await compare(bench, {
    family: "charts",
    id: "package",
    title: "`package`: a chart of 5 MB",
    candidates: [
      { who: "skeg", run: [...skeg, "package", "--save=false", "-d", out, heavy] },
      { who: "helm2", run: [helm2, "package", "--save=false", "-d", out, heavy] },
      { who: "helm3", run: [helm3, "package", "-d", out, heavy] },
      { who: "helm4", run: [helm4, "package", "-d", out, heavy] },
      { who: "limit", run: empty },
    ],
  });
}

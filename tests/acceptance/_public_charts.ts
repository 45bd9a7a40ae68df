/**
 * Public charts of the time of Helm 2, made fit for a server of today.
 *
 * @module
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { checkRequirements, loadChart } from "../../engine/chart/load/mod.ts";
import { processRequirements } from "../../engine/chart/values/mod.ts";
import type { Chart } from "../../engine/model/mod.ts";

/** Removed API versions and their replacements. */
const TODAY: readonly (readonly [RegExp, string])[] = [
  [/extensions\/v1beta1|apps\/v1beta[12]/g, "apps/v1"],
  [/\b(policy|batch|rbac\.authorization\.k8s\.io|networking\.k8s\.io|storage\.k8s\.io)\/v[12](alpha|beta)1/g, "$1/v1"],
  [/\b(apiextensions\.k8s\.io|admissionregistration\.k8s\.io)\/v1beta1/g, "$1/v1"],
  [/autoscaling\/v2beta[12]/g, "autoscaling/v2"],
  [/^apiVersion:.*\n(kind: (?:Ingress|NetworkPolicy)\s*$)/gm, "apiVersion: networking.k8s.io/v1\n$1"],
];

/** Returns a template with current API versions. */
export function currentVersions(template: string): string {
  return TODAY.reduce((text, [old, fresh]) => text.replace(old, fresh), template);
}

/** Returns a chart whose templates use current API versions. */
export function renewed(chart: Chart): Chart {
  const templates = chart.templates.map(({ path, data }) => {
    return { path, data: new TextEncoder().encode(currentVersions(new TextDecoder().decode(data))) };
  });
  return { ...chart, templates, dependencies: chart.dependencies.map(renewed) };
}

/** A chart of a public repository. */
export interface PublicChart {
  /** `stable` or `incubator`. */
  readonly repository: string;
  /** Name of its folder. */
  readonly name: string;
  /** The chart as it is, with its requirements processed. */
  readonly chart: Chart;
}

/** Yields the charts of `folder/stable` and `folder/incubator` that can be installed, by name. */
export async function* publicCharts(folder: string): AsyncGenerator<PublicChart> {
  for (const repository of ["stable", "incubator"]) {
    for (const name of readdirSync(join(folder, repository)).sort()) {
      const chart = await readPublicChart(folder, repository, name);
      if (chart !== undefined) yield { repository, name, chart };
    }
  }
}

/** Returns a chart of the folder; `undefined` if there is none that can be installed. */
export async function readPublicChart(folder: string, repository: string, name: string): Promise<Chart | undefined> {
  try {
    const loaded = await loadChart(join(folder, repository, name));
    checkRequirements(loaded);
    return processRequirements(loaded, "{}\n", () => {}, () => {});
  } catch {
    return undefined;
  }
}

/**
 * Compares a chart's requirements with its `charts/` folder.
 *
 * Source: Helm 2.17.0, `cmd/helm/dependency.go`.
 *
 * @module
 */
import { readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { SkegError } from "../../../errors.ts";
import type { Chart } from "../../model/mod.ts";
import { loadChart, matchGlob, type Requirement } from "../load/mod.ts";
import { parseConstraint, parseVersion } from "../../lang/semver/mod.ts";

/** Status of a requirement. */
export type DependencyStatus =
  | "ok"
  | "unpacked"
  | "missing"
  | "corrupt"
  | "misnamed"
  | "mispackaged"
  | "wrong version"
  | "invalid version"
  | "too many matches"
  | "bad pattern";

/** An entry of `charts/` that is not in the requirements. */
export interface StrayChart {
  /** Its path. */
  readonly path: string;
  /** True if it is a chart. */
  readonly isChart: boolean;
}

/** Returns the status of one requirement of the chart in a folder. */
export async function dependencyStatus(chartPath: string, requirement: Requirement): Promise<DependencyStatus> {
  const folder = join(chartPath, "charts");
  // Helm 2: the name of a chart is used as a glob pattern here.
  const pattern = `${requirement.name}-*.tgz`;
  const archives: string[] = [];
  for (const name of await namesIn(folder)) {
    const result = matchGlob(pattern, name);
    if (result === "bad pattern") return result;
    if (result === "match") archives.push(name);
  }
  if (archives.length > 1) return "too many matches";
  const [archive] = archives;
  if (archive !== undefined) return await statusOf(join(folder, archive), requirement, "ok");
  const path = join(folder, requirement.name);
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) return "missing";
  return info.isDirectory() ? await statusOf(path, requirement, "unpacked") : "mispackaged";
}

async function statusOf(
  path: string,
  { name, version: range }: Requirement,
  good: DependencyStatus,
): Promise<DependencyStatus> {
  const chart = await tryLoad(path);
  if (chart === undefined) return "corrupt";
  const { version = "" } = chart.metadata;
  if (chart.metadata.name !== name) return "misnamed";
  if (version === range) return good;
  try {
    return parseConstraint(range).check(parseVersion(version)) ? good : "wrong version";
  } catch (error) {
    if (error instanceof SkegError) return "invalid version";
    throw error;
  }
}

/** Returns the entries of `charts/` that are not charts or not in the list, sorted by name. */
export async function strayCharts(chartPath: string, requirements: readonly Requirement[]): Promise<StrayChart[]> {
  const folder = join(chartPath, "charts");
  const strays: StrayChart[] = [];
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    const info = await stat(path).catch(() => undefined);
    if (info === undefined || (!info.isDirectory() && extname(name) !== ".tgz")) continue;
    const chart = await tryLoad(path);
    if (chart === undefined) strays.push({ path, isChart: false });
    else if (!requirements.some((entry) => entry.name === chart.metadata.name)) strays.push({ path, isChart: true });
  }
  return strays;
}

async function tryLoad(path: string): Promise<Chart | undefined> {
  try {
    return await loadChart(path);
  } catch (error) {
    if (error instanceof SkegError) return undefined;
    throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

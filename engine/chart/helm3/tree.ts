/**
 * A chart tree while Helm 3's rules for dependencies are applied.
 *
 * Source: Helm 3.22.0, `pkg/chart/loader/load.go`, `pkg/chart/metadata.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Chart } from "../../model/mod.ts";
import type { GoMap } from "../../lang/golang/mod.ts";
import { parseVersion } from "../../lang/semver/mod.ts";
import { loadRequirements, type Requirement } from "../load/mod.ts";
import { parseValues, SCHEMA_FILE } from "../values/mod.ts";

/** A chart with its parsed values and its list of dependencies. */
export interface ChartTree {
  /** The chart; its dependencies are those of `children`. */
  readonly chart: Chart;
  /** Its defaults. */
  readonly values: GoMap;
  /** Entries of its requirements; `undefined` if it has none. */
  readonly requirements: readonly Requirement[] | undefined;
  /** Its subcharts. */
  readonly children: readonly ChartTree[];
}

/** Files that Helm 3 keeps apart from `.Files`. */
const APART: ReadonlySet<string> = new Set([SCHEMA_FILE, "Chart.lock"]);

/**
 * Returns the tree of a chart.
 *
 * @throws SkegError of kind `chart` for metadata that Helm 3 refuses; of kind `values` or `yaml` for values that cannot be read.
 */
export function chartTree(chart: Chart): ChartTree {
  checkMetadata(chart);
  const requirements = loadRequirements(chart)?.dependencies;
  checkNames(requirements ?? []);
  const children = chart.dependencies.map(chartTree);
  return withChildren({ chart, values: parseValues(chart.values?.raw ?? ""), requirements, children }, children);
}

/** Returns the tree with other subcharts. */
export function withChildren(tree: ChartTree, children: readonly ChartTree[]): ChartTree {
  return { ...tree, children, chart: { ...tree.chart, dependencies: children.map(({ chart }) => chart) } };
}

/** True for a file that `.Files` has. */
export function isPlainFile({ path }: { readonly path: string }): boolean {
  return !APART.has(path);
}

const refused = (text: string): SkegError => new SkegError("chart", `validation: ${text}`);

function checkMetadata({ metadata }: Chart): void {
  const { name, version = "", maintainers = [] } = metadata;
  if (name === "") throw refused("chart.metadata.name is required");
  if (name === "." || name === "..") throw refused(`chart.metadata.name "${name}" is not allowed`);
  if (name.includes("/")) throw refused(`chart.metadata.name "${name}" is invalid`);
  if (version === "") throw refused("chart.metadata.version is required");
  try {
    parseVersion(version);
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    throw refused(`chart.metadata.version "${version}" is invalid`);
  }
  if (maintainers.some(({ isNull }) => isNull)) throw refused("maintainers must not contain empty or null nodes");
}

function checkNames(entries: readonly Requirement[]): void {
  const seen = new Set<string>();
  for (const { name, alias } of entries) {
    const used = alias === "" ? name : alias;
    if (seen.has(used)) throw refused(`more than one dependency with name or alias "${used}"`);
    seen.add(used);
  }
}

/**
 * A chart of a Helm 2 record, written so that Helm 3 reads it as the release had it.
 *
 * @module
 */
import type { Chart, ChartFile } from "../../model/mod.ts";
import { toBytes } from "../../lang/golang/mod.ts";
import { isCurrentRange } from "../../lang/semver/mod.ts";
import { encodeYaml } from "../../lang/yaml/mod.ts";
import { loadRequirements, type Requirement, REQUIREMENTS_FILE } from "../load/mod.ts";

/**
 * Returns the chart as Helm 3 wants it: `apiVersion` is set, fields that it does not know are gone, and requirements.yaml names
 * the subcharts that are there, by the names that they have.
 *
 * A record holds what Tiller rendered: disabled subcharts are gone, aliases are names, and imported values are in the
 * defaults. Helm 3 refuses charts that lack a listed subchart, and it would look for an aliased one by its old name.
 *
 * @throws SkegError of kind `yaml` or `chart` when requirements.yaml cannot be read.
 */
export function chartForHelm3(chart: Chart): Chart {
  const { engine: _, tillerVersion: __, unknown: ___, ...metadata } = chart.metadata;
  return {
    ...chart,
    metadata: { ...metadata, apiVersion: metadata.apiVersion || "v1" },
    files: chart.files.map((file) => file.path === REQUIREMENTS_FILE ? requirementsOf(chart, file) : file),
    dependencies: chart.dependencies.map(chartForHelm3),
  };
}

function requirementsOf(chart: Chart, file: ChartFile): ChartFile {
  const entries = loadRequirements(chart)?.dependencies;
  if (entries === undefined) return file;
  const dependencies = entries.flatMap((entry) => entryOf(entry, chart) ?? []);
  return { ...file, data: toBytes(encodeYaml({ dependencies })) };
}

/** Returns an entry under the name that its subchart has; `undefined` if the chart does not have it. */
function entryOf(entry: Requirement, { dependencies }: Chart): Record<string, unknown> | undefined {
  const wanted = entry.alias === "" ? entry.name : entry.alias;
  const found = dependencies.find(({ metadata }) => metadata.name === wanted);
  if (found === undefined) return undefined;
  const version = found.metadata.version ?? "";
  return {
    name: wanted,
    // A subchart outside of its range was used all the same.
    version: isCurrentRange(entry.version, version) ? entry.version : version,
    repository: entry.repository,
    ...entry.condition === "" ? {} : { condition: entry.condition },
    ...entry.tags.length === 0 ? {} : { tags: [...entry.tags] },
  };
}

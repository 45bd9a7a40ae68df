/**
 * Charts: from a record of Helm 2 to what Helm 3 stores of them.
 *
 * Source: Helm 3.22.0, `pkg/chart/loader/load.go`, `pkg/chartutil/dependencies.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Chart, ChartFile, ChartMetadata, Config, Values } from "../../model/mod.ts";
import { loadRequirements, LOCK_FILE, type Requirement } from "../../chart/load/mod.ts";
import { parseValues, SCHEMA_FILE } from "../../chart/values/mod.ts";
import { decodeYaml } from "../../lang/yaml/mod.ts";
import type { Helm3Chart, Helm3Dependency, Helm3File, Helm3Lock, Helm3Metadata } from "./record_types.ts";
import { goTimeText } from "./times.ts";
import { messageOf } from "../../base/mod.ts";

/** Parts of a chart that are left out of a record, so that it fits. Helm 3 never reads them again. */
export interface Slimming {
  readonly files?: boolean | undefined;
  readonly templates?: boolean | undefined;
}

/** Returns a chart as Helm 3 stores it; its subcharts are left out. Adds a sentence to `notes` for what is lost. */
export function chartToHelm3(chart: Chart, notes: string[], slimming: Slimming = {}): Helm3Chart {
  const files = chart.files.filter(({ path }) => path !== SCHEMA_FILE);
  const schema = chart.files.findLast(({ path }) => path === SCHEMA_FILE);
  return {
    metadata: metadataOf(chart.metadata, dependenciesOf(chart, notes)),
    lock: lockOf(chart, notes),
    templates: slimming.templates === true ? null : filesOf(chart.templates),
    values: chart.values === undefined ? null : valuesOf(chart.values, "the chart's values", notes),
    schema: schema === undefined ? null : schema.data.toBase64(),
    files: slimming.files === true ? null : filesOf(files),
  };
}

/**
 * Returns values as Helm 2 reads them.
 *
 * @throws SkegError of kind `yaml` when they are not values: Helm 2 could not upgrade such a release either.
 */
export function valuesOf({ raw }: Config, what: string, notes: string[]): Values {
  const large = largeIntegers(raw);
  if (large > 0) {
    const are = large === 1 ? "1 integer" : `${large} integers`;
    notes.push(`${are} above 2^53 in ${what}: Helm itself reads the nearest number that it can hold`);
  }
  return parseValues(raw);
}

/** Counts integers that float64 cannot hold. */
function largeIntegers(raw: string): number {
  if (!/\d{16}/.test(raw)) return 0;
  const count = (value: unknown): number => {
    if (typeof value !== "object" || value === null) return 0;
    if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + count(item), 0);
    // Integers beyond 2^53 are objects of their own; maps have no prototype.
    if (Object.getPrototypeOf(value) !== null) return 1;
    return Object.values(value).reduce((sum: number, item) => sum + count(item), 0);
  };
  return count(decodeYaml(raw, { exactIntegers: true }));
}

function metadataOf(metadata: ChartMetadata, dependencies: readonly Helm3Dependency[]): Helm3Metadata {
  const { name, home, sources, version, description, keywords, icon, condition, tags, appVersion } = metadata;
  const { apiVersion, deprecated, annotations, kubeVersion } = metadata;
  const maintainers = metadata.maintainers?.map(({ name, email, url }) => ({ name, email, url }));
  return {
    ...{ name, home, sources, version, description, keywords, maintainers, icon },
    // Helm 2: a chart without an apiVersion is a v1 chart, and Helm 3 takes it so, too.
    apiVersion: apiVersion === undefined || apiVersion === "" ? "v1" : apiVersion,
    ...{ condition, tags, appVersion, deprecated, annotations, kubeVersion, dependencies },
  };
}

/** Returns the entries of requirements.yaml whose subchart is in the record: those that were enabled. */
function dependenciesOf(chart: Chart, notes: string[]): readonly Helm3Dependency[] {
  const kept = new Set(chart.dependencies.map(({ metadata }) => metadata.name));
  let all: readonly Requirement[];
  try {
    all = loadRequirements(chart)?.dependencies ?? [];
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    notes.push(`requirements.yaml cannot be read and is kept as a file only: ${messageOf(error)}`);
    return [];
  }
  return all.filter(({ name, alias }) => kept.has(alias || name)).map((entry): Helm3Dependency => ({
    // Helm 3 writes the alias as the name, too, when it has found the chart.
    name: entry.alias || entry.name,
    version: entry.version,
    repository: entry.repository,
    condition: entry.condition,
    tags: entry.tags,
    enabled: true,
    "import-values": entry.importValues.flatMap(importedValues),
    alias: entry.alias,
  }));
}

/** Returns an entry of import-values in the form into which Helm 3 brings it before it stores it. */
function importedValues(entry: unknown): { child: string; parent: string }[] {
  if (typeof entry === "string") return [{ child: `exports.${entry}`, parent: "." }];
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return [];
  const { child, parent } = entry as Record<string, unknown>;
  const shown = (value: unknown): string => value === undefined || value === null ? "<nil>" : String(value);
  return [{ child: shown(child), parent: shown(parent) }];
}

function lockOf(chart: Chart, notes: string[]): Helm3Lock | null {
  const file = chart.files.findLast(({ path }) => path === LOCK_FILE);
  if (file === undefined) return null;
  try {
    const data = decodeYaml(new TextDecoder().decode(file.data));
    // Go makes no lock of an empty document.
    if (data === null || data === undefined) return null;
    const { generated, digest, dependencies } = data as Record<string, unknown>;
    return {
      generated: goTimeText(typeof generated === "string" ? generated : ""),
      digest: typeof digest === "string" ? digest : "",
      dependencies: Array.isArray(dependencies) ? dependencies.map(lockedOf) : null,
    };
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    notes.push(`${LOCK_FILE} cannot be read and is kept as a file only: ${messageOf(error)}`);
    return null;
  }
}

function lockedOf(entry: unknown): Helm3Dependency {
  const fields = (entry ?? {}) as Record<string, unknown>;
  const text = (value: unknown): string => typeof value === "string" ? value : "";
  return {
    name: text(fields.name),
    version: text(fields.version),
    repository: text(fields.repository),
    condition: text(fields.condition),
    alias: text(fields.alias),
  };
}

function filesOf(files: readonly ChartFile[]): readonly Helm3File[] | null {
  if (files.length === 0) return null;
  return files.map(({ path, data }) => ({ name: path, data: data.toBase64() }));
}

/**
 * Compares charts and user values by content.
 *
 * @module
 */
import type { Chart, ChartFile } from "../../model/mod.ts";
import { parseValues } from "../../chart/values/mod.ts";
import { sha256 } from "npm:@noble/hashes@2.4.0/sha2.js";
import { isObject, stringifyJson } from "../../kube/mod.ts";

/** True if both charts have the same metadata, default values, files and subcharts. */
export function isSameChart(a: Chart, b: Chart): boolean {
  if (a === b) return true;
  return JSON.stringify(a.metadata) === JSON.stringify(b.metadata) &&
    isSameConfig(a.values?.raw ?? "", b.values?.raw ?? "") &&
    sameFiles(a.templates, b.templates) && sameFiles(a.files, b.files) &&
    a.dependencies.length === b.dependencies.length &&
    byName(a.dependencies).every((child, at) => isSameChart(child, byName(b.dependencies)[at] as Chart));
}

const byName = (charts: readonly Chart[]): Chart[] =>
  charts.toSorted((a, b) => a.metadata.name < b.metadata.name ? -1 : 1);

function sameFiles(a: readonly ChartFile[], b: readonly ChartFile[]): boolean {
  if (a.length !== b.length) return false;
  const others = new Map(b.map((file) => [file.path, file.data]));
  return a.every(({ path, data }) => {
    const other = others.get(path);
    return other !== undefined && other.length === data.length && data.every((byte, at) => byte === other[at]);
  });
}

/** True if both texts hold the same values. */
export function isSameConfig(a: string, b: string): boolean {
  if (a === b) return true;
  try {
    return stringifyJson(parseValues(a, "chartutil.Values")) === stringifyJson(parseValues(b, "chartutil.Values"));
  } catch {
    return false;
  }
}

/** Returns the SHA-256 of a chart's content, as hex. The order of its files and subcharts does not count. */
export function chartDigest(chart: Chart): string {
  const files = (list: readonly ChartFile[]): string[] => list.map(({ path, data }) => `${path} ${hex(data)}`).sort();
  const content = {
    metadata: chart.metadata,
    values: configDigest(chart.values?.raw ?? ""),
    templates: files(chart.templates),
    files: files(chart.files),
    dependencies: chart.dependencies.map(chartDigest).sort(),
  };
  return hex(new TextEncoder().encode(stringifyJson(sorted(content))));
}

/** Returns the SHA-256 of values, as hex. Comments and the order of keys do not count. */
export function configDigest(raw: string): string {
  let values: unknown;
  try {
    values = parseValues(raw, "chartutil.Values");
  } catch {
    values = raw;
  }
  return hex(new TextEncoder().encode(stringifyJson(sorted(values))));
}

const hex = (bytes: Uint8Array): string => sha256(bytes).toHex();

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => a < b ? -1 : 1).map(([key, inner]) => [key, sorted(inner)]));
}

/**
 * Compares charts and user values by content.
 *
 * @module
 */
import type { Chart, ChartFile } from "../../model/mod.ts";
import { parseValues } from "../../chart/values/mod.ts";
import { stringifyJson } from "../../kube/mod.ts";

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

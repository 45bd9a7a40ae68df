/**
 * A chart as the page shows it.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { quote } from "../../engine/base/mod.ts";
import { fromBytes } from "../../engine/lang/golang/mod.ts";
import type { Chart } from "../../engine/model/mod.ts";
import type { ReleaseMask } from "../../engine/release/mod.ts";
import { maskedYaml } from "./masks.ts";
import type { ChartAnswer, ChartFileAnswer } from "./types.ts";

/** One file of a chart tree. */
interface TreeFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly text: () => string;
}

/** Files that are text for people, and hold no values of releases. */
const README = /^readme(?:\.(?:md|txt))?$/i;

/** Returns the facts of a chart. */
export function chartAnswer(chart: Chart, mask?: ReleaseMask): ChartAnswer {
  const { metadata, values } = chart;
  const files = filesOf(chart);
  const readme = files.find(({ path }) => README.test(path))?.text() ?? "";
  return {
    name: metadata.name,
    version: metadata.version ?? "",
    appVersion: metadata.appVersion ?? "",
    description: metadata.description ?? "",
    home: metadata.home ?? "",
    deprecated: metadata.deprecated ?? false,
    maintainers: (metadata.maintainers ?? []).map(({ name = "", email = "" }) =>
      email === "" ? name : `${name} <${email}>`
    ),
    files: files.map(({ path, sizeBytes }) => ({ path, sizeBytes })),
    requirements: chart.dependencies.map((child) => ({
      name: child.metadata.name,
      version: child.metadata.version ?? "",
    })),
    readme: mask?.text(readme) ?? readme,
    values: mask === undefined ? values?.raw ?? "" : maskedYaml(values?.raw ?? "", mask),
  };
}

/**
 * Returns the text of a file of a chart.
 *
 * @throws SkegError of kind `not-found`.
 */
export function chartFile(chart: Chart, path: string, mask?: ReleaseMask): ChartFileAnswer {
  const file = filesOf(chart).find((each) => each.path === path);
  if (file === undefined) throw new SkegError("not-found", `the chart has no file ${quote(path)}`);
  const text = file.text();
  if (mask === undefined) return { path, text };
  return { path, text: /(?:^|\/)values\.yaml$/.test(path) ? maskedYaml(text, mask) : mask.text(text) };
}

function filesOf(chart: Chart, prefix = ""): TreeFile[] {
  const own = [...chart.templates, ...chart.files].map(({ path, data }) => ({
    path: `${prefix}${path}`,
    sizeBytes: data.length,
    text: () => fromBytes(data),
  }));
  const { values } = chart;
  const valuesFile = values === undefined
    ? []
    : [{ path: `${prefix}values.yaml`, sizeBytes: values.raw.length, text: () => values.raw }];
  return [
    ...valuesFile,
    ...own,
    ...chart.dependencies.flatMap((child) => filesOf(child, `${prefix}charts/${child.metadata.name}/`)),
  ];
}

/**
 * Files → chart: interprets each path of a chart.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/load.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Chart, ChartFile, ChartMetadata, Config } from "../../model/mod.ts";
import { compareBytes, fromBytes, toBytes } from "../../lang/golang/mod.ts";
import { decodeYaml, encodeYaml } from "../../lang/yaml/mod.ts";
import { type Budget, readArchive } from "./archive.ts";
import { decodeMetadata } from "./chartfile.ts";
import type { ChartWarning } from "./folder.ts";
import { CHART_LIMITS } from "./limits.ts";

/** The only version of the chart format that Helm 2 supports. */
export const API_VERSION = "v1";

/** Options of {@linkcode assembleChart}. */
export interface AssembleOptions {
  /** The space that the files may take. */
  readonly budget: Budget;
  /** Called with warnings. */
  readonly warn: ChartWarning;
  /** The number of charts around it. */
  readonly depth?: number | undefined;
  /** True to read charts of `apiVersion: v2`, too. */
  readonly allowV2?: boolean | undefined;
}

/** The files of one subchart while they are gathered. */
type Subcharts = Map<string, ChartFile[]>;

/**
 * Returns the chart built from its files, in the order they were read. Of two
 * files with the same path the later one is used.
 *
 * @throws kind `chart` or `yaml`, with Helm's message.
 */
export function assembleChart(files: readonly ChartFile[], options: AssembleOptions): Chart {
  const { depth = 0, allowV2 = false } = options;
  if (depth > CHART_LIMITS.depthMax) {
    throw new SkegError("chart", `subcharts are nested deeper than ${CHART_LIMITS.depthMax} levels`);
  }
  let metadata: ChartMetadata | undefined;
  let values: Config | undefined;
  const templates: ChartFile[] = [];
  const others: ChartFile[] = [];
  const subcharts: Subcharts = new Map();
  for (const file of files) {
    if (file.path === "Chart.yaml") metadata = readMetadata(file, allowV2);
    else if (file.path === "values.toml") {
      throw new SkegError("chart", "values.toml is illegal as of 2.0.0-alpha.2");
    } else if (file.path === "values.yaml") values = { raw: fromBytes(file.data) };
    else if (file.path.startsWith("templates/")) templates.push(file);
    else if (!file.path.startsWith("charts/") || extension(file.path) === ".prov") others.push(file);
    else gather(subcharts, file);
  }
  if (metadata === undefined) throw new SkegError("chart", "chart metadata (Chart.yaml) missing");
  if (metadata.name === "") throw new SkegError("chart", "invalid chart (Chart.yaml): name must not be empty");
  const { name } = metadata;
  const below = { ...options, depth: depth + 1 };
  const dependencies = [...subcharts].sort(([a], [b]) => compareBytes(a, b))
    .map(([entry, content]) => assembleSubchart(name, entry, content, below));
  const chart = { metadata, templates, dependencies, values, files: others };
  return metadata.apiVersion === "v2" ? asVersion1(chart, files) : chart;
}

/** Returns a chart of `apiVersion: v2` with the dependencies of its Chart.yaml in requirements.yaml; a library has partials only. */
function asVersion1(chart: Chart, files: readonly ChartFile[]): Chart {
  const text = fromBytes(files.findLast(({ path }) => path === "Chart.yaml")?.data ?? new Uint8Array());
  const { type, dependencies } = decodeYaml(text) as Record<string, unknown>;
  const isPartial = ({ path }: ChartFile) => path.slice(path.lastIndexOf("/") + 1).startsWith("_");
  const isListed = Array.isArray(dependencies) && chart.files.every(({ path }) => path !== "requirements.yaml");
  const listed = isListed ? [{ path: "requirements.yaml", data: toBytes(encodeYaml({ dependencies })) }] : [];
  return {
    ...chart,
    templates: type === "library" ? chart.templates.filter(isPartial) : chart.templates,
    files: [...chart.files, ...listed],
  };
}

function readMetadata(file: ChartFile, allowV2: boolean): ChartMetadata {
  const metadata = decodeMetadata(fromBytes(file.data));
  const version = metadata.apiVersion ?? "";
  if (version !== "" && version !== API_VERSION && !(allowV2 && version === "v2")) {
    throw new SkegError("chart", `apiVersion '${version}' is not valid. The value must be "${API_VERSION}"`);
  }
  return metadata;
}

/** Adds a file below `charts/` to the files of its subchart, which the first path part names. */
function gather(subcharts: Subcharts, file: ChartFile): void {
  const path = file.path.slice("charts/".length);
  if (path.startsWith(".") || path.startsWith("_")) return;
  const entry = path.split("/", 1)[0] ?? "";
  const content = subcharts.get(entry) ?? [];
  content.push({ path, data: file.data });
  subcharts.set(entry, content);
}

function assembleSubchart(
  parent: string,
  entry: string,
  content: readonly ChartFile[],
  options: AssembleOptions,
): Chart {
  const [first] = content;
  if (extension(entry) === ".tgz" && first !== undefined && first.path !== entry) {
    throw new SkegError("chart", `error unpacking tar in ${parent}: expected ${entry}, got ${first.path}`);
  }
  try {
    if (extension(entry) === ".tgz" && first !== undefined) {
      return assembleChart(readArchive(first.data, options.budget, { warn: options.warn }), options);
    }
    // Helm 2: a loose file in `charts/` is a subchart without files, which fails because it has no Chart.yaml.
    const own = content.filter((file) => file.path !== entry)
      .map((file) => ({ path: file.path.slice(entry.length + 1), data: file.data }));
    return assembleChart(own, options);
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    throw new SkegError(error.kind, `error unpacking ${entry} in ${parent}: ${error.message}`, {
      cause: error,
      hint: error.hint,
    });
  }
}

/** Returns the file name's extension with its dot; empty when there is none. */
function extension(path: string): string {
  return /\.[^./]*$/u.exec(path)?.[0] ?? "";
}

/**
 * Files → chart: interprets each path of a chart.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/load.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Chart, ChartFile, ChartMetadata, Config } from "../../model/mod.ts";
import { compareBytes, fromBytes } from "../../lang/golang/mod.ts";
import { type Budget, readArchive } from "./archive.ts";
import { decodeMetadata } from "./chartfile.ts";
import type { ChartWarning } from "./folder.ts";
import { CHART_LIMITS } from "./limits.ts";

/** The only version of the chart format that Helm 2 supports. */
export const API_VERSION = "v1";

/** The files of one subchart while they are gathered. */
type Subcharts = Map<string, ChartFile[]>;

/**
 * Returns the chart built from its files, in the order they were read. Of two
 * files with the same path the later one is used.
 *
 * @throws kind `chart` or `yaml`, with Helm's message.
 */
export function assembleChart(files: readonly ChartFile[], budget: Budget, warn: ChartWarning, depth = 0): Chart {
  if (depth > CHART_LIMITS.depthMax) {
    throw new SkegError("chart", `subcharts are nested deeper than ${CHART_LIMITS.depthMax} levels`);
  }
  let metadata: ChartMetadata | undefined;
  let values: Config | undefined;
  const templates: ChartFile[] = [];
  const others: ChartFile[] = [];
  const subcharts: Subcharts = new Map();
  for (const file of files) {
    if (file.path === "Chart.yaml") metadata = readMetadata(file);
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
  const dependencies = [...subcharts].sort(([a], [b]) => compareBytes(a, b))
    .map(([entry, content]) => assembleSubchart(name, entry, content, { budget, warn, depth: depth + 1 }));
  return { metadata, templates, dependencies, values, files: others };
}

function readMetadata(file: ChartFile): ChartMetadata {
  const metadata = decodeMetadata(fromBytes(file.data));
  const version = metadata.apiVersion ?? "";
  if (version !== "" && version !== API_VERSION) {
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
  { budget, warn, depth }: { readonly budget: Budget; readonly warn: ChartWarning; readonly depth: number },
): Chart {
  const [first] = content;
  if (extension(entry) === ".tgz" && first !== undefined && first.path !== entry) {
    throw new SkegError("chart", `error unpacking tar in ${parent}: expected ${entry}, got ${first.path}`);
  }
  try {
    if (extension(entry) === ".tgz" && first !== undefined) {
      return assembleChart(readArchive(first.data, budget, { warn }), budget, warn, depth);
    }
    // Helm 2: a loose file in `charts/` is a subchart without files, which fails because it has no Chart.yaml.
    const own = content.filter((file) => file.path !== entry)
      .map((file) => ({ path: file.path.slice(entry.length + 1), data: file.data }));
    return assembleChart(own, budget, warn, depth);
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

/**
 * Creates charts: from the built-in scaffold, or from a starter.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/create.go`.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { SkegError } from "../../../errors.ts";
import type { Chart, ChartMetadata } from "../../model/mod.ts";
import { API_VERSION, loadChart } from "../load/mod.ts";
import { fromBytes, toBytes } from "../../lang/golang/mod.ts";
import { NAME_MARK, SCAFFOLD_FILES, SCAFFOLD_FOLDERS } from "./_scaffold_text.ts";
import { metadataText } from "./metadata_text.ts";
import { makeFolder, saveFolder, stat, write } from "./save.ts";

/**
 * Creates a chart folder at `path`; the last part of the path is the chart's
 * name. Existing files stay unchanged; missing files are added.
 *
 * @throws kind `io`, with Helm's message; the folder above must exist.
 */
export function createChart(path: string): void {
  const above = resolve(folderOf(path));
  if (!stat(above).isDirectory()) throw new SkegError("io", `no such directory ${above}`);
  const name = nameOf(path);
  const root = join(above, name);
  if (existsSync(root) && !stat(root).isDirectory()) {
    throw new SkegError("io", `file ${root} already exists and is not a directory`);
  }
  makeFolder(root);
  writeMissing(join(root, "Chart.yaml"), metadataText(newMetadata(name)));
  for (const folder of SCAFFOLD_FOLDERS) makeFolder(join(root, folder));
  for (const [file, text] of Object.entries(SCAFFOLD_FILES)) {
    writeMissing(join(root, file), text.replaceAll(NAME_MARK, () => name));
  }
}

/**
 * Creates a chart folder at `path` from the chart at `starter`: with new
 * metadata, and with `<CHARTNAME>` replaced in its templates and values.
 *
 * @throws kind `io` when `path` exists already; errors of the starter, with its name.
 */
export async function createFromStarter(path: string, starter: string): Promise<void> {
  const name = nameOf(path);
  const chart = await loadStarter(starter);
  const named = (text: string): string => text.replaceAll(NAME_MARK, () => name);
  saveFolder({
    ...chart,
    metadata: newMetadata(name),
    templates: chart.templates.map((file) => ({ path: file.path, data: toBytes(named(fromBytes(file.data))) })),
    values: chart.values === undefined ? undefined : { raw: named(chart.values.raw) },
  }, folderOf(path));
}

/** Returns the last part of a path. As in Go, that of an empty one is `.`. */
function nameOf(path: string): string {
  return path === "" ? "." : basename(path);
}

/** Returns the part before the last slash. As in Go, the folder above `web/` is `web`. */
function folderOf(path: string): string {
  return dirname(`${path}.`);
}

async function loadStarter(path: string): Promise<Chart> {
  try {
    return await loadChart(path);
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    throw new SkegError(error.kind, `could not load ${path}: ${error.message}`, { cause: error });
  }
}

function newMetadata(name: string): ChartMetadata {
  return {
    name,
    description: "A Helm chart for Kubernetes",
    version: "0.1.0",
    appVersion: "1.0",
    apiVersion: API_VERSION,
  };
}

function writeMissing(path: string, text: string): void {
  if (!existsSync(path)) write(path, toBytes(text));
}

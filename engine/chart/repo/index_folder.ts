/**
 * A folder of packaged charts → its index.
 *
 * Source: Helm 2.17.0, `pkg/repo/index.go`, `cmd/helm/repo_index.go`.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { SkegError } from "../../../errors.ts";
import type { ChartMetadata } from "../../model/mod.ts";
import { CHART_LIMITS, loadArchive } from "../load/mod.ts";
import { joinAddress } from "./address.ts";
import { exists, replaceFile } from "./files.ts";
import { type ChartVersion, emptyIndex, encodeIndex, mergeIndex, sortVersions, toChartVersion } from "./index_file.ts";
import { loadIndex } from "./index_store.ts";
import { localTime } from "./time.ts";

/** Options of {@linkcode indexFolder}. */
export interface IndexFolderOptions {
  /** Address of the folder; empty: addresses in the index are relative. */
  readonly url?: string;
  /** Path of an index whose entries are added; it is created when it does not exist. */
  readonly merge?: string;
}

/**
 * Writes `index.yaml` of a folder: its archives and those one folder deeper.
 * Other files are skipped.
 *
 * @throws kind `io`, `yaml` or `chart`.
 */
export async function indexFolder(folder: string, { url = "", merge = "" }: IndexFolderOptions = {}): Promise<void> {
  const index = emptyIndex();
  for (const { parent, name } of await archivesIn(folder)) {
    const path = join(folder, parent, name);
    const entry = await readEntry(path, name, joinAddress(url, parent));
    if (entry !== undefined) index.entries.set(entry.name, [...index.entries.get(entry.name) ?? [], entry]);
  }
  if (merge !== "") {
    if (await exists(merge)) {
      try {
        mergeIndex(index, await loadIndex(merge));
      } catch (error) {
        if (!(error instanceof SkegError)) throw error;
        throw new SkegError(error.kind, `Merge failed: ${error.message}`, { cause: error });
      }
    } else await replaceFile(merge, encodeIndex(emptyIndex())).catch(() => {});
  }
  for (const [name, list] of index.entries) index.entries.set(name, sortVersions(list));
  await replaceFile(join(folder, "index.yaml"), encodeIndex(index));
}

interface Archive {
  readonly parent: string;
  readonly name: string;
}

/** Returns the archives of the folder, then those of its subfolders; each sorted by name. */
async function archivesIn(folder: string): Promise<Archive[]> {
  const names = await namesIn(folder);
  const found: Archive[] = names.filter(isArchive).map((name) => ({ parent: "", name }));
  for (const parent of names) {
    const info = await stat(join(folder, parent)).catch(() => undefined);
    if (!info?.isDirectory()) continue;
    for (const name of await namesIn(join(folder, parent))) if (isArchive(name)) found.push({ parent, name });
  }
  return found;
}

function isArchive(name: string): boolean {
  return name.endsWith(".tgz");
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

async function readEntry(path: string, name: string, base: string): Promise<ChartVersion | undefined> {
  let bytes: Uint8Array;
  try {
    const info = await stat(path);
    if (!info.isFile() || info.size > CHART_LIMITS.archiveBytesMax) return undefined;
    bytes = await readFile(path);
  } catch {
    return undefined;
  }
  let metadata: ChartMetadata;
  try {
    metadata = loadArchive(bytes, path).metadata;
  } catch (error) {
    if (error instanceof SkegError) return undefined;
    throw error;
  }
  return toChartVersion(metadata, {
    urls: [base === "" ? name : joinAddress(base, name)],
    created: localTime(new Date()),
    digest: createHash("sha256").update(bytes).digest("hex"),
  });
}

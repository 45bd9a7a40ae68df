/**
 * The index of the local repository, to which `package --save` adds entries.
 *
 * Source: Helm 2.17.0, `pkg/repo/local.go`.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { SkegError } from "../../../errors.ts";
import { isObject, type JsonObject } from "../../base/mod.ts";
import type { Chart } from "../../model/mod.ts";
import { fromBytes, toBytes } from "../../lang/golang/mod.ts";
import { compareVersions, parseVersion, type Version } from "../../lang/semver/mod.ts";
import { decodeYaml, encodeYaml } from "../../lang/yaml/mod.ts";
import type { ArchiveOptions } from "./archive.ts";
import { metadataDocument } from "./metadata_text.ts";
import { saveArchive, write } from "./save.ts";
import { readBytes } from "./_read.ts";

/** Address of the local repository. Helm 2 writes it even when `serve` uses another address. */
const LOCAL_URL = "http://127.0.0.1:8879/charts";

/**
 * Writes a chart's archive into the folder of the local repository and adds it
 * to the `index.yaml` there. Returns the archive's path.
 *
 * Helm 2 writes the digest of the index instead of the archive's, and adds
 * another entry each time. Here the entry of the same version is replaced.
 *
 * @param created Creation time of the entry.
 * @throws kind `io`, `chart` or `yaml`.
 */
export function saveToLocalRepository(
  chart: Chart,
  folder: string,
  created: Date,
  options: ArchiveOptions = {},
): string {
  const path = saveArchive(chart, folder, options);
  const indexPath = join(folder, "index.yaml");
  const index = readIndex(indexPath);
  const { name, version = "" } = chart.metadata;
  const entries = isObject(index["entries"]) ? index["entries"] : {};
  const before = Array.isArray(entries[name]) ? entries[name] as unknown[] : [];
  const entry = {
    ...metadataDocument(chart.metadata),
    created: created.toISOString(),
    digest: `sha256:${createHash("sha256").update(readBytes(path)).digest("hex")}`,
    urls: [`${LOCAL_URL}/${name}-${version}.tgz`],
  };
  // Helm 2 sorts the existing entries, newest first, and appends the new one.
  const others = before.filter(isObject).filter((other) => other["version"] !== version).sort(byVersion);
  write(indexPath, toBytes(encodeYaml({ ...index, entries: { ...entries, [name]: [...others, entry] } })));
  return path;
}

/** Compares by version: newest first, invalid versions last. */
function byVersion(a: JsonObject, b: JsonObject): number {
  const [left, right] = [versionOf(a), versionOf(b)];
  if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
  return compareVersions(right, left);
}

function versionOf(entry: JsonObject): Version | undefined {
  try {
    return parseVersion(String(entry["version"]));
  } catch {
    return undefined;
  }
}

function readIndex(path: string): JsonObject {
  const index = decodeYaml(fromBytes(readBytes(path)));
  if (!isObject(index) || typeof index["apiVersion"] !== "string" || index["apiVersion"] === "") {
    throw new SkegError("chart", "no API version specified");
  }
  return index;
}

/**
 * Records of Helm 3: a release ⇄ the JSON, and the text around it.
 *
 * Fields stand in the order in which Go writes them, maps are sorted, and gzip gets no time: equal releases give equal bytes.
 *
 * Source: Helm 3.22.0, `pkg/storage/driver/util.go`, `pkg/release`, `pkg/chart`.
 *
 * @module
 */
import { constants, gunzipSync, gzipSync } from "node:zlib";
import { SkegError } from "../../../errors.ts";
import { checkJsonDepth } from "../../base/mod.ts";
import { encodeJson } from "../../lang/yaml/mod.ts";
import type {
  Helm3Chart,
  Helm3Dependency,
  Helm3Hook,
  Helm3HookRun,
  Helm3Info,
  Helm3Lock,
  Helm3Metadata,
  Helm3Release,
} from "./record_types.ts";

/** Largest record that is unpacked, in bytes: a hundred times what an object of a cluster holds. */
const JSON_BYTES_MAX = 128 * 1024 * 1024;

/** A field's name and its JSON; without JSON it is left out. */
type Field = readonly [name: string, json: string | undefined];

/** Returns the JSON of a release, as Helm 3 writes it. */
export function helm3Json(release: Helm3Release): string {
  return struct([
    ["name", text(release.name)],
    ["info", optional(release.info, infoJson)],
    ["chart", optional(release.chart, chartJson)],
    ["config", mapJson(release.config)],
    ["manifest", text(release.manifest)],
    ["hooks", listJson(release.hooks, hookJson)],
    ["version", number(release.version)],
    ["namespace", text(release.namespace)],
  ]);
}

function infoJson(info: Helm3Info): string {
  return struct([
    ["first_deployed", encodeJson(info.first_deployed)],
    ["last_deployed", encodeJson(info.last_deployed)],
    ["deleted", encodeJson(info.deleted)],
    ["description", text(info.description)],
    ["status", text(info.status)],
    ["notes", text(info.notes)],
  ]);
}

function chartJson(chart: Helm3Chart): string {
  const files = (list: Helm3Chart["files"]): string =>
    orNull(list?.map(({ name, data }) => struct([["name", encodeJson(name)], ["data", encodeJson(data)]])));
  return struct([
    ["metadata", chart.metadata === null ? "null" : metadataJson(chart.metadata)],
    ["lock", chart.lock === null ? "null" : lockJson(chart.lock)],
    ["templates", files(chart.templates)],
    ["values", encodeJson(chart.values)],
    ["schema", encodeJson(chart.schema)],
    ["files", files(chart.files)],
  ]);
}

function metadataJson(metadata: Helm3Metadata): string {
  return struct([
    ["name", text(metadata.name)],
    ["home", text(metadata.home)],
    ["sources", listJson(metadata.sources, encodeJson)],
    ["version", text(metadata.version)],
    ["description", text(metadata.description)],
    ["keywords", listJson(metadata.keywords, encodeJson)],
    [
      "maintainers",
      listJson(
        metadata.maintainers,
        ({ name, email, url }) => struct([["name", text(name)], ["email", text(email)], ["url", text(url)]]),
      ),
    ],
    ["icon", text(metadata.icon)],
    ["apiVersion", text(metadata.apiVersion)],
    ["condition", text(metadata.condition)],
    ["tags", text(metadata.tags)],
    ["appVersion", text(metadata.appVersion)],
    ["deprecated", metadata.deprecated === true ? "true" : undefined],
    ["annotations", mapJson(metadata.annotations)],
    ["kubeVersion", text(metadata.kubeVersion)],
    ["dependencies", listJson(metadata.dependencies, dependencyJson)],
    ["type", text(metadata.type)],
  ]);
}

function dependencyJson(entry: Helm3Dependency): string {
  return struct([
    ["name", encodeJson(entry.name)],
    ["version", text(entry.version)],
    ["repository", encodeJson(entry.repository)],
    ["condition", text(entry.condition)],
    ["tags", listJson(entry.tags, encodeJson)],
    ["enabled", entry.enabled === true ? "true" : undefined],
    ["import-values", listJson(entry["import-values"], encodeJson)],
    ["alias", text(entry.alias)],
  ]);
}

function lockJson({ generated, digest, dependencies }: Helm3Lock): string {
  return struct([
    ["generated", encodeJson(generated)],
    ["digest", encodeJson(digest)],
    ["dependencies", orNull(dependencies?.map(dependencyJson))],
  ]);
}

function hookJson(hook: Helm3Hook): string {
  return struct([
    ["name", text(hook.name)],
    ["kind", text(hook.kind)],
    ["path", text(hook.path)],
    ["manifest", text(hook.manifest)],
    ["events", listJson(hook.events, encodeJson)],
    ["last_run", runJson(hook.last_run)],
    ["weight", number(hook.weight)],
    ["delete_policies", listJson(hook.delete_policies, encodeJson)],
  ]);
}

function runJson({ started_at, completed_at, phase }: Helm3HookRun): string {
  return struct([
    ["started_at", encodeJson(started_at)],
    ["completed_at", encodeJson(completed_at)],
    ["phase", encodeJson(phase)],
  ]);
}

function struct(fields: readonly Field[]): string {
  const parts = fields.flatMap(([name, json]) => json === undefined ? [] : [`"${name}":${json}`]);
  return `{${parts.join(",")}}`;
}

function text(value: string | undefined): string | undefined {
  return value === undefined || value === "" ? undefined : encodeJson(value);
}

function number(value: number | undefined): string | undefined {
  return value === undefined || value === 0 ? undefined : encodeJson(value);
}

function mapJson(map: object | undefined): string | undefined {
  return map === undefined || Object.keys(map).length === 0 ? undefined : encodeJson(map);
}

function listJson<T>(list: readonly T[] | undefined, item: (one: T) => string): string | undefined {
  return list === undefined || list.length === 0 ? undefined : orNull(list.map(item));
}

function orNull(items: readonly string[] | undefined): string {
  return items === undefined ? "null" : `[${items.join(",")}]`;
}

function optional<T>(value: T | undefined, json: (value: T) => string): string | undefined {
  return value === undefined ? undefined : json(value);
}

/** Returns the text that a Secret, a ConfigMap or a row holds for the JSON of a release: base64 of gzip. */
export function helm3Text(json: string): string {
  const packed = gzipSync(new TextEncoder().encode(json), { level: constants.Z_BEST_COMPRESSION });
  // The header bytes of Go's library, on every system: no time, best compression, system unknown.
  packed.set([0, 0, 0, 0, 2, 255], 4);
  return new Uint8Array(packed.buffer, packed.byteOffset, packed.length).toBase64();
}

/**
 * Returns the JSON in the text of a record, packed or not.
 *
 * @throws SkegError of kind `record` when it holds none.
 */
export function helm3JsonOf(stored: string): string {
  try {
    const bytes = Uint8Array.fromBase64(stored);
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
    const plain = isPacked ? gunzipSync(bytes, { maxOutputLength: JSON_BYTES_MAX }) : bytes;
    return new TextDecoder().decode(new Uint8Array(plain));
  } catch (cause) {
    throw new SkegError("record", "Cannot decode the record of Helm 3: it is neither JSON nor gzip in base64", {
      cause,
    });
  }
}

/**
 * Returns the release in the text of a record. Fields that Helm 3 does not have stay in it.
 *
 * @throws SkegError of kind `record` when it holds none.
 */
export function decodeHelm3(stored: string): Helm3Release {
  const json = helm3JsonOf(stored);
  let found: unknown;
  try {
    checkJsonDepth(json);
    found = JSON.parse(json);
  } catch (cause) {
    throw new SkegError("record", "Cannot decode the record of Helm 3: it is not JSON", { cause });
  }
  const release = found as Helm3Release | null;
  const isRelease = typeof release === "object" && typeof release?.name === "string" &&
    typeof release.version === "number" && typeof release.info === "object";
  if (!isRelease) throw new SkegError("record", "Cannot decode the record of Helm 3: it holds no release");
  return release;
}

/** Returns JSON with all keys sorted: two records are equal if these texts are. */
export function sortedJson(json: string): string {
  return encodeJson(JSON.parse(json));
}

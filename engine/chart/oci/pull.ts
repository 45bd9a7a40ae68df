/**
 * Pulls a chart from a registry.
 *
 * Source: Helm 3, `pkg/registry/client.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { digestOf } from "./body.ts";
import { CHART, CONFIG, type Descriptor, LEGACY_CHART, PROVENANCE } from "./media_types.ts";
import { type OciReference, shownReference } from "./reference.ts";
import type { OciRegistry } from "./registry.ts";
import { chooseTag } from "./tags.ts";

/** A chart that was pulled from a registry. */
export interface PulledChart {
  /** Name, from the chart's own metadata. */
  readonly name: string;
  /** Version of the chart, build metadata included. */
  readonly version: string;
  /** The tag or digest that was requested from the registry. */
  readonly tag: string;
  /** Digest of the manifest. */
  readonly digest: string;
  /** The `.tgz`. */
  readonly archive: Uint8Array<ArrayBuffer>;
  /** The provenance file; `undefined` when there is none, or it was not requested. */
  readonly provenance: Uint8Array<ArrayBuffer> | undefined;
}

const MIB = 1024 * 1024;
const ARCHIVE_BYTES_MAX = 100 * MIB;
const SMALL_BYTES_MAX = MIB;

/**
 * Pulls a chart.
 *
 * @param range A version or a range; empty: the tag or digest of the reference, else the newest release.
 * @param withProvenance True to pull the provenance file too.
 * @throws SkegError of kind `not-found`, `usage`, `io`, or `chart` when the content is not a chart.
 */
export async function pullChart(
  registry: OciRegistry,
  reference: OciReference,
  range: string,
  withProvenance: boolean,
): Promise<PulledChart> {
  const { repository } = reference;
  const tag = await chooseTag(reference, range, registry);
  const isDigest = tag.startsWith("sha256:");
  const shown = shownReference({ ...reference, tag: isDigest ? "" : tag, digest: isDigest ? tag : "" });
  const bytes = await registry.manifest(repository, tag);
  const digest = digestOf(bytes);
  if (isDigest && digest !== tag) throw new SkegError("chart", `the registry sent another manifest than ${tag}`);
  const { config, layers } = readManifest(bytes, shown);
  const archive = layers.find(({ mediaType }) => mediaType === CHART) ??
    layers.find(({ mediaType }) => mediaType === LEGACY_CHART);
  if (config.mediaType !== CONFIG || archive === undefined) {
    throw new SkegError("chart", `${shown} is not a chart: its content is ${config.mediaType || "of no type"}`);
  }
  const proof = withProvenance ? layers.find(({ mediaType }) => mediaType === PROVENANCE) : undefined;
  const [about, content, provenance] = await Promise.all([
    registry.blob(repository, config, SMALL_BYTES_MAX),
    registry.blob(repository, archive, ARCHIVE_BYTES_MAX),
    proof && registry.blob(repository, proof, SMALL_BYTES_MAX),
  ]);
  return { ...readNames(about, shown), tag, digest, archive: content, provenance };
}

/** Returns the parts of a manifest that a chart needs. */
function readManifest(bytes: Uint8Array, shown: string): { config: Descriptor; layers: Descriptor[] } {
  const { config, layers } = parseObject(bytes, `the manifest of ${shown}`);
  return { config: descriptor(config), layers: Array.isArray(layers) ? layers.map(descriptor) : [] };
}

function descriptor(given: unknown): Descriptor {
  const { mediaType, digest, size } = (given ?? {}) as Record<string, unknown>;
  return {
    mediaType: typeof mediaType === "string" ? mediaType : "",
    digest: typeof digest === "string" ? digest : "",
    size: typeof size === "number" && Number.isSafeInteger(size) && size >= 0 ? size : 0,
  };
}

/** Returns name and version. They are checked, because they become a file name. */
function readNames(bytes: Uint8Array, shown: string): { name: string; version: string } {
  const { name, version } = parseObject(bytes, `what ${shown} says of itself`);
  const isSafe = (text: unknown): text is string =>
    typeof text === "string" && /^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(text);
  if (isSafe(name) && isSafe(version)) return { name, version };
  throw new SkegError("chart", `${shown} is not a chart: it has no name and version`);
}

function parseObject(bytes: Uint8Array, what: string): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof found === "object" && found !== null && !Array.isArray(found)) return found as Record<string, unknown>;
  } catch {
    // The error below also covers text that is not JSON.
  }
  throw new SkegError("chart", `${what} is not a JSON object`);
}

/**
 * Pushes a chart to a registry.
 *
 * Source: Helm 3, `pkg/registry/client.go`, `pkg/registry/util.go`.
 *
 * @module
 */
import type { ChartMetadata } from "../../model/mod.ts";
import { digestOf } from "./body.ts";
import { CHART, CONFIG, type Descriptor, MANIFEST, type OciManifest, PROVENANCE } from "./media_types.ts";
import { type OciReference, shownReference, tagOf } from "./reference.ts";
import type { OciRegistry } from "./registry.ts";

/** A chart to push. */
export interface ChartToPush {
  /** The chart's metadata. */
  readonly metadata: ChartMetadata;
  /** The `.tgz`. */
  readonly archive: Uint8Array<ArrayBuffer>;
  /** The `.tgz.prov` file; absent when there is none. */
  readonly provenance?: Uint8Array<ArrayBuffer> | undefined;
  /** Creation time of the archive. With it, the same archive gets the same digest whenever it is pushed. */
  readonly created?: Date | undefined;
}

/** A chart that was pushed. */
export interface Pushed {
  /** Reference, such as `localhost:5000/charts/web:1.2.3`. */
  readonly reference: string;
  /** Digest of the manifest. */
  readonly digest: string;
}

/**
 * Pushes a chart below a path of a registry: its name and version become the
 * last part of the path and the tag.
 *
 * @param parent Target path, such as `oci://localhost:5000/charts`; without a tag.
 */
export async function pushChart(registry: OciRegistry, parent: OciReference, chart: ChartToPush): Promise<Pushed> {
  const { metadata, archive, provenance } = chart;
  const repository = `${parent.repository}/${metadata.name}`;
  const tag = tagOf(metadata.version ?? "");
  const config = json(configOf(metadata));
  const layers = [describe(CHART, archive), ...provenance === undefined ? [] : [describe(PROVENANCE, provenance)]];
  for (const bytes of [archive, ...provenance === undefined ? [] : [provenance], config]) {
    await registry.putBlob(repository, bytes);
  }
  const manifest: OciManifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: describe(CONFIG, config),
    layers,
    annotations: annotationsOf(metadata, chart.created),
  };
  const bytes = json(manifest);
  await registry.putManifest(repository, tag, bytes);
  return { reference: shownReference({ ...parent, repository, tag }), digest: digestOf(bytes) };
}

function json(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}

function describe(mediaType: string, bytes: Uint8Array): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** Returns the metadata in the form in which Helm 3 stores it: without empty fields, and with `apiVersion`. */
function configOf(metadata: ChartMetadata): Record<string, unknown> {
  const { unknown: _, maintainers, ...rest } = metadata;
  const people = maintainers?.map(({ unknown: _, isNull, ...person }) => isNull ? null : person);
  const all = { ...rest, maintainers: people, apiVersion: metadata.apiVersion || "v1" };
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) =>
      value !== undefined && value !== "" && value !== false && !(Array.isArray(value) && value.length === 0)
    ),
  );
}

/** Returns the annotations of the manifest, which registries show to users. */
function annotationsOf(metadata: ChartMetadata, created: Date | undefined): Record<string, string> {
  const { description, version = "", name, home, sources = [], maintainers = [] } = metadata;
  const authors = maintainers.map(({ name, email }) => email ? `${name} (${email})` : name ?? "").join(", ");
  const known: Record<string, string | undefined> = {
    "org.opencontainers.image.title": name,
    "org.opencontainers.image.version": version,
    "org.opencontainers.image.description": description,
    "org.opencontainers.image.url": home,
    "org.opencontainers.image.source": sources[0],
    "org.opencontainers.image.authors": authors,
    "org.opencontainers.image.created": created?.toISOString().replace(/\.\d+Z$/, "Z"),
  };
  const own = Object.entries(metadata.annotations ?? {}).filter(([key]) => !Object.hasOwn(known, key));
  return Object.fromEntries(
    [...Object.entries(known), ...own].filter((entry): entry is [string, string] => !!entry[1]),
  );
}

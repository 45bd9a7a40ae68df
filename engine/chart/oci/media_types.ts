/**
 * What things in a registry are.
 *
 * Source: Helm 3, `pkg/registry/constants.go`, and the OCI image specification.
 *
 * @module
 */

/** A manifest: what a tag names. */
export const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
/** A chart's Chart.yaml, as JSON. */
export const CONFIG = "application/vnd.cncf.helm.config.v1+json";
/** A chart's archive. */
export const CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
/** A chart's archive, as the first releases of Helm 3 named it. */
export const LEGACY_CHART = "application/tar+gzip";
/** A chart's provenance file. */
export const PROVENANCE = "application/vnd.cncf.helm.chart.provenance.v1.prov";
/** Bytes of nothing in particular: uploads. */
export const BYTES = "application/octet-stream";

/** Something in a registry, by what it consists of. */
export interface Descriptor {
  /** What it is. */
  readonly mediaType: string;
  /** Such as `sha256:…`. */
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

/** What a tag names: a chart in parts. */
export interface OciManifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

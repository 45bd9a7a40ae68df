/**
 * Media types of contents in registries.
 *
 * Source: Helm 3, `pkg/registry/constants.go`, and the OCI image specification.
 *
 * @module
 */

/** A manifest, which tags refer to. */
export const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
/** A chart's Chart.yaml, as JSON. */
export const CONFIG = "application/vnd.cncf.helm.config.v1+json";
/** A chart's archive. */
export const CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
/** A chart's archive, as the first releases of Helm 3 named it. */
export const LEGACY_CHART = "application/tar+gzip";
/** A chart's provenance file. */
export const PROVENANCE = "application/vnd.cncf.helm.chart.provenance.v1.prov";
/** Bytes of any kind: uploads. */
export const BYTES = "application/octet-stream";

/** Reference to content in a registry. */
export interface Descriptor {
  /** Type of the content. */
  readonly mediaType: string;
  /** Digest, such as `sha256:…`. */
  readonly digest: string;
  /** Size in bytes. */
  readonly size: number;
}

/** A manifest: the parts of a chart. */
export interface OciManifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * `Chart.yaml`: text → metadata.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/chartfile.go`, `hapi/chart/metadata.proto`.
 *
 * @module
 */
import type { ChartMetadata, Maintainer } from "../../model/mod.ts";
import { decodeStruct, type StructShape } from "./_struct.ts";

const MAINTAINER: StructShape = {
  struct: "chart.Maintainer",
  fields: { name: "string", email: "string", url: "string" },
};

const METADATA: StructShape = {
  struct: "chart.Metadata",
  fields: {
    name: "string",
    home: "string",
    sources: { list: "string" },
    version: "string",
    description: "string",
    keywords: { list: "string" },
    maintainers: { list: MAINTAINER },
    engine: "string",
    icon: "string",
    apiVersion: "string",
    condition: "string",
    tags: "string",
    appVersion: "string",
    deprecated: "bool",
    tillerVersion: "string",
    annotations: { map: "string" },
    kubeVersion: "string",
  },
};

/**
 * Reads the text of a `Chart.yaml`. Field names match in any case, unknown
 * fields are ignored; a missing name is empty, which loaders refuse.
 *
 * @throws kind `yaml`, with the messages of Go's library.
 *
 * @example Helm 2: a number with a point loses what a 32-bit float cannot hold
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(decodeMetadata("name: web\nappVersion: 1.10\n").appVersion, "1.1");
 * ```
 */
export function decodeMetadata(text: string): ChartMetadata {
  const fields = decodeStruct(text, METADATA) as Partial<ChartMetadata>;
  const maintainers = fields.maintainers as readonly (Maintainer | null)[] | undefined;
  return {
    ...fields,
    name: fields.name ?? "",
    ...(maintainers && { maintainers: maintainers.map((person) => person ?? {}) }),
  };
}

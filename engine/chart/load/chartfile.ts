/**
 * `Chart.yaml`: text → metadata.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/chartfile.go`, `hapi/chart/metadata.proto`.
 *
 * @module
 */
import type { ChartMetadata } from "../../model/mod.ts";
import { BOOL, decodeStruct, STRING, STRING_LIST, STRING_MAP } from "../../lang/yaml/mod.ts";

const MAINTAINER = {
  kind: "struct",
  type: "chart.Maintainer",
  pointer: true,
  fields: { name: STRING, email: STRING, url: STRING },
} as const;

/** The fields of a Chart.yaml, in the form for `decodeStruct`. An entry of a repository's index has the same fields. */
export const METADATA_FIELDS = {
  name: STRING,
  home: STRING,
  sources: STRING_LIST,
  version: STRING,
  description: STRING,
  keywords: STRING_LIST,
  maintainers: { kind: "list", type: "[]*chart.Maintainer", item: MAINTAINER },
  engine: STRING,
  icon: STRING,
  apiVersion: STRING,
  condition: STRING,
  tags: STRING,
  appVersion: STRING,
  deprecated: BOOL,
  tillerVersion: STRING,
  annotations: STRING_MAP,
  kubeVersion: STRING,
} as const;

const METADATA = { kind: "struct", type: "chart.Metadata", fields: METADATA_FIELDS } as const;

/**
 * Returns the metadata in the text of a `Chart.yaml`. The case of field names is
 * ignored, and so are unknown fields. A missing name becomes an empty text, which
 * the loaders refuse.
 *
 * @throws kind `yaml`, with the messages of Go's library.
 *
 * @example Helm 2: a decimal number is read as a 32-bit float
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(decodeMetadata("name: web\nappVersion: 1.10\n").appVersion, "1.1");
 * ```
 */
export function decodeMetadata(text: string): ChartMetadata {
  const fields = decodeStruct(text, METADATA) ?? {};
  const { name = "", maintainers, ...others } = fields;
  const people = (maintainers as ((typeof maintainers & object)[number] | null)[] | undefined)?.map((one) =>
    one ?? { isNull: true }
  );
  return { name, ...others, ...people && { maintainers: people } };
}

/**
 * Metadata → the text of a Chart.yaml.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/chartfile.go`.
 *
 * @module
 */
import type { ChartMetadata } from "../../model/mod.ts";
import { encodeYaml } from "../../lang/yaml/mod.ts";

/**
 * Returns metadata as JSON-like data without empty fields, as Helm writes it
 * to Chart.yaml, indexes and provenance files.
 */
export function metadataDocument({ unknown: _, maintainers, ...fields }: ChartMetadata): Record<string, unknown> {
  const people = maintainers?.map(({ unknown: _, isNull, ...person }) => isNull ? null : filled(person));
  return filled({ ...fields, maintainers: people });
}

/** Returns the text of a Chart.yaml: keys are sorted, comments and unknown fields are lost. */
export function metadataText(metadata: ChartMetadata): string {
  return encodeYaml(metadataDocument(metadata));
}

function filled(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === "" || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

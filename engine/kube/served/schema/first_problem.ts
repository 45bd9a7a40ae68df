/**
 * Finds the first problem of a CustomResourceDefinition's schema.
 *
 * @module
 */
import { isBuildable, schemaProblems } from "./openapi.ts";
import type { ServedSchema } from "./read.ts";
import { structuralProblems } from "./structural.ts";

/**
 * Returns the problem for which `apiextensions.k8s.io/v1` refuses a schema, in the API server's words, or
 * `undefined`.
 *
 * Of several problems, the alphabetically first, as the server sorts them.
 *
 * @param path Path of the schema, such as `spec.versions[0].schema.openAPIV3Schema`.
 */
export function firstProblem(schema: ServedSchema, path: string): string | undefined {
  const [other] = schemaProblems(schema, path).sort();
  // The server builds the structure first; if that fails, it reports only the fields that prevent it.
  if (other !== undefined && !isBuildable(schema)) return other;
  return structuralProblems(schema, path).sort()[0] ?? other;
}

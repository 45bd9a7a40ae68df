/**
 * The first thing that is wrong with a schema of a CustomResourceDefinition.
 *
 * @module
 */
import { isBuildable, schemaProblems } from "./openapi.ts";
import type { Schema } from "./read.ts";
import { structuralProblems } from "./structural.ts";

/**
 * Returns what `apiextensions.k8s.io/v1` refuses in a schema, in the API server's words, or `undefined`.
 *
 * Of several, the one that is first in the alphabet, as the server sorts them.
 *
 * @param path Where the schema is, such as `spec.versions[0].schema.openAPIV3Schema`.
 */
export function firstProblem(schema: Schema, path: string): string | undefined {
  const [other] = schemaProblems(schema, path).sort();
  // The server builds the structure first; fields that it cannot build it from are named alone.
  if (other !== undefined && !isBuildable(schema)) return other;
  return structuralProblems(schema, path).sort()[0] ?? other;
}

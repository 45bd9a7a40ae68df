/**
 * Computes the values of each chart of a tree: merges the user's values,
 * processes requirements, coalesces values.
 *
 * @module
 */
export type { Chart, ChartFile, ChartMetadata, Config, Maintainer, Values } from "../../model/mod.ts";
export { coalesceValues, type ValuesUse, type Warn } from "./coalesce.ts";
export { type GivenValues, mergeConfig, mergeValues, type ValuesFile } from "./merge.ts";
export { copyValues, parseValues } from "./parse.ts";
export { findTable, findValue, type TableResult } from "./path.ts";
export { processRequirements } from "./process.ts";
export { applySet, INDEX_MAX, PATH_MAX, type ReadValue, stringValue, typedValue } from "./set.ts";
export { readSource, type Sources } from "./source.ts";
export {
  checkSchemas,
  hasSchema,
  SCHEMA_FILE,
  schemaChecker,
  type SchemaFailure,
  schemaFailures,
  schemaFailureText,
} from "./schema.ts";

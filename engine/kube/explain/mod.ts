/**
 * Explains differences of objects: which fields differ, why, and what could go wrong.
 *
 * Pure: objects in, plain data out.
 *
 * ```text
 * old and new manifest, live object, result → align → label → Change[] → ignore → mask
 * ```
 *
 * @module
 */
export { hasAllFields, isAsIn } from "./as_in.ts";
export {
  compareDrift,
  compareLive,
  compareManifests,
  type CompareOptions,
  type FindChangeOrigins,
  type FindOrigins,
  type IsUnknownField,
  NO_RENDERS,
  type ObjectRenders,
  type ObjectStates,
} from "./compare.ts";
export { contentDigest } from "./content.ts";
export { isOwnEntry } from "./equal.ts";
export {
  type HiddenChanges,
  hideIgnored,
  type IgnoreRule,
  type IgnoreTarget,
  parseIgnoreFlag,
  readIgnoreRules,
} from "./ignore.ts";
export { type FieldRenders, type FieldTests, type FieldViews, manifestCause, type RenderFacts } from "./label.ts";
export { createMasker, createMasking, type Masker, type Masking, maskReport } from "./mask.ts";
export { isSecret, normalObject } from "./normal.ts";
export { type FieldPath, type ItemPart, type PathPart, pathText, pointerOf } from "./paths.ts";
export { findRisks, inOrder, type RiskFacts, type RiskSubject } from "./risks.ts";
export * from "./types.ts";

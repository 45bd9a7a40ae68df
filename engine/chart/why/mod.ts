/**
 * Says where the output of a chart comes from, and why something is missing. Pure.
 *
 * @module
 */
export {
  explainChart,
  type Explained,
  type FieldOrigin,
  type FieldUse,
  shortName,
  type TemplatePlace,
  type WhyOptions,
} from "./explain.ts";
export { type Gate, type MissingObject, whyMissing } from "./missing.ts";
export { documentText, matching, type ObjectName, objectsOf, parseObjectName, type TracedObject } from "./objects.ts";
export { type GivenSource, type OtherFacts, type ValueFact, type ValueFinder, valueIn } from "./sources.ts";

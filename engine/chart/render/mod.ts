/**
 * Chart + values → hooks, manifests in order, notes. Pure.
 *
 * @module
 */
export * from "./chart_coverage.ts";
export * from "./computed.ts";
export * from "./head.ts";
export * from "./hooks.ts";
export * from "./manifests.ts";
export * from "./notes.ts";
export * from "./release.ts";
export * from "./render.ts";
export { filesObject, mapMethod } from "./map_methods.ts";
export { compileTexts, templateTexts } from "./program.ts";
export { type CapabilityFacts, childValues, type Facts, factsOf, type ReleaseFacts, templatesOf } from "./scopes.ts";
export { type TodaysFailure, todaysFailure } from "./todays_failure.ts";
export * from "./sort.ts";
export * from "./trace.ts";

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
export { type CapabilityFacts, type Facts, factsOf, type ReleaseFacts } from "./scopes.ts";
export * from "./sort.ts";
export * from "./trace.ts";

/**
 * Fields of built-in kinds that the API server fills in when an object leaves them out.
 *
 * Pure. The sandbox fills in what it stores; a plan that is predicted here fills in what a merge alone would lack.
 *
 * @module
 */
export { withDefaults } from "./filled.ts";
export * from "./jobs.ts";
export * from "./network.ts";
export * from "./others.ts";
export { podDefaults, podOnlyDefaults, podTemplateDefaults, VOLUME_SOURCES } from "./pod.ts";
export * from "./storage.ts";
export * from "./workloads.ts";

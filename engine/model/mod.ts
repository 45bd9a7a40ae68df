/**
 * Charts, releases, capabilities and Kubernetes objects as plain read-only data. Imports nothing.
 *
 * @module
 */
export * from "./chart.ts";
export * from "./release.ts";
export * from "./capabilities.ts";
export * from "./default_capabilities.ts";
export * from "./kube.ts";
export * from "./storage.ts";

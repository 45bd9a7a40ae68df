/**
 * Chart tests: suites in the format of helm-unittest, parsed and run. Pure: files are read by the caller.
 *
 * @module
 */
export type {
  Assert,
  AssertResult,
  CapabilitySettings,
  ChartSettings,
  DocumentSelector,
  Job,
  JobResult,
  PostRenderer,
  ReleaseSettings,
  SetEntry,
  SnapshotCounts,
  Suite,
  SuiteResult,
} from "./model.ts";
export { FORMAT_VERSION, type ParseOptions, parseSuites, suiteFrom } from "./parse.ts";
export { ChartCache, runSuite, type RunSuiteOptions } from "./run.ts";
export type { JobConfig, ReadValues } from "./job_values.ts";
export type { CompiledCharts, ReadyChart, RunPostRenderer } from "./render_job.ts";
export type { CheckedDocument, SnapshotComparison, SnapshotPatterns } from "./asserts/check.ts";
export { rendersTemplate, type TemplateChoice } from "./templates.ts";
export { SnapshotFile, type SnapshotMode } from "./snapshots.ts";
export { type DocumentCache, yamlDocuments } from "./documents.ts";

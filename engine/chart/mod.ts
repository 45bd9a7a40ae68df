/**
 * Charts in: a folder, an archive or files in memory → a Chart.
 *
 * @module
 */
export { API_VERSION } from "./assemble.ts";
export { decodeMetadata } from "./chartfile.ts";
export { expandArchive } from "./expand.ts";
export { readChartText } from "./folder.ts";
export { IGNORE_FILE, type IgnoreRule, isIgnored, parseIgnoreRules } from "./ignore.ts";
export type { MatchResult, Pattern } from "./glob.ts";
export { CHART_LIMITS, type ChartLimits } from "./limits.ts";
export { chartFromFiles, loadArchive, loadChart, loadFolder, type LoadOptions, readArchiveFiles } from "./load.ts";
export {
  checkRequirements,
  decodeRequirements,
  loadRequirements,
  LOCK_FILE,
  type Requirement,
  type Requirements,
  REQUIREMENTS_FILE,
} from "./requirements.ts";

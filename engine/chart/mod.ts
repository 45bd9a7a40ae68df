/**
 * Charts in: a folder, an archive or files in memory → a Chart.
 *
 * @module
 */
export type { Chart, ChartFile, ChartMetadata, Config, Maintainer } from "../../model/mod.ts";
export { API_VERSION } from "./assemble.ts";
export { readTarGz } from "./archive.ts";
export { readTar, type TarEntry } from "./tar.ts";
export { joinBytes, writeTar } from "./tar_write.ts";
export { decodeMetadata, METADATA_FIELDS } from "./chartfile.ts";
export { expandArchive } from "./expand.ts";
export { readChartText } from "./folder.ts";
export { matchGlob, type MatchResult } from "./glob.ts";
export { IGNORE_FILE } from "./ignore.ts";
export { CHART_LIMITS, type ChartLimits } from "./limits.ts";
export { chartFromFiles, loadArchive, loadChart, loadFolder, type LoadOptions, readArchiveFiles } from "./load.ts";
export {
  checkRequirements,
  decodeRequirements,
  loadRequirements,
  LOCK_FILE,
  missingRequirements,
  type Requirement,
  type Requirements,
  REQUIREMENTS_FILE,
} from "./requirements.ts";

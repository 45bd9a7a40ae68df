/**
 * Charts in: a folder, an archive or files in memory → a Chart.
 *
 * @module
 */
export type { Chart, ChartFile, ChartMetadata, Config, Maintainer } from "../../model/mod.ts";
export {
  archivePlace,
  type Arrival,
  ArrivalError,
  type ArrivalOptions,
  type AskedChart,
  checkArrival,
  type Difference,
  isProvenance,
  PROVENANCE_PLACE,
} from "./arrival.ts";
export { API_VERSION } from "./assemble.ts";
export { readTarGz } from "./archive.ts";
export type { ByteSource, Damage } from "./byte_source.ts";
export { readTar, type TarEntry } from "./tar.ts";
export { writeTar } from "./tar_write.ts";
export { decodeMetadata, METADATA_FIELDS } from "./chartfile.ts";
export { expandArchive, type ExpandOptions } from "./expand.ts";
export { readChartText } from "./folder.ts";
export { matchGlob, type MatchResult } from "./glob.ts";
export { IGNORE_FILE } from "./ignore.ts";
export { CHART_LIMITS, type ChartLimits } from "./limits.ts";
export { archiveMetadata, chartFromFiles, loadArchive, loadChart, loadFolder, type LoadOptions } from "./load.ts";
export {
  checkFileName,
  isArchiveName,
  type Proof,
  receiveArchive,
  type ReceivedArchive,
  type ReceiveOptions,
  type SignedDownload,
} from "./receive.ts";
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

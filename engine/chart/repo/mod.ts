/**
 * Chart repositories: the user's list, indexes, downloads, and the
 * dependencies that come from them.
 *
 * @module
 */
export type { Chart, ChartFile, ChartMetadata, Config, Maintainer } from "../../model/mod.ts";
export type { Requirement, Requirements } from "../load/mod.ts";
export { buildDependencies, type DependencyOptions, updateDependencies } from "./dependencies.ts";
export { type DependencyStatus, dependencyStatus, type StrayChart, strayCharts } from "./dependency_status.ts";
export {
  type ChartPlace,
  downloadChart,
  type Downloaded,
  type DownloadOptions,
  fetchIndex,
  findChartAddress,
  type Provenance,
  repositoryAccess,
  resolveChart,
} from "./download.ts";
export {
  type Access,
  type Downloader,
  type FetchOptions,
  type Getter,
  makeGetter,
  plainAccess,
  repositoryGetter,
} from "./fetch.ts";
export {
  encodeHelm3Repositories,
  forHelm3,
  type ForHelm3Options,
  type Helm3Repositories,
  type Helm3Repository,
  type LeftOutRepository,
  loadHelm3Repositories,
  writeHelm3Repositories,
} from "./helm3.ts";
export { archivePath, cachedIndexPath, cachePath, localRepositoryPath, repositoriesPath } from "./home.ts";
export {
  type ChartIndex,
  type ChartVersion,
  decodeIndex,
  emptyIndex,
  encodeIndex,
  findVersion,
  type IndexFile,
} from "./index_file.ts";
export { indexFolder, type IndexFolderOptions } from "./index_folder.ts";
export { loadIndex, openIndex, removeIndex, storeIndex } from "./index_store.ts";
export { encodeLock, loadLock, type LockedRequirement, requirementsDigest, type RequirementsLock } from "./lock.ts";
export {
  decodeRepositories,
  dropRepository,
  emptyRepositories,
  encodeRepositories,
  findRepository,
  hasSecrets,
  isOpenToOthers,
  loadRepositories,
  newRepository,
  putRepository,
  type Repository,
  type RepositoryFile,
  upgradeRepositories,
  writeRepositories,
} from "./repositories.ts";
export { searchIndexes, type SearchQuery, type SearchResult } from "./search.ts";
export { repositoryHandler } from "./serve.ts";
export { isSetUp, setUpHome, type SetUpOptions } from "./set_up.ts";
export { type IndexUpdateOptions, updateRepositories, updateRepository } from "./update.ts";

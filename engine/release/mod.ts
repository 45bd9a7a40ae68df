/**
 * The operations on releases: what Tiller did.
 *
 * Each takes the outside as one value, an {@linkcode Environment}, and options
 * with every default named. The client's half (charts from paths, merging of
 * values, requirements, printing) is not here.
 *
 * @module
 */
export * from "./environment.ts";
export * from "./release_error.ts";
export * from "./steps.ts";
export type { ChosenValues } from "./given_values.ts";
export { type Outcome, perform, performChecks } from "./perform.ts";
export { checkNewReleaseName, checkReleaseName, RELEASE_NAME_MAX } from "./names.ts";
export { install, type InstallFacts, type InstallOptions, prepareInstall, type ReleaseResult } from "./install.ts";
export { prepareForced, prepareUpgrade, upgrade, type UpgradeFacts, type UpgradeOptions } from "./upgrade.ts";
export { prepareRollback, rollback, type RollbackFacts, type RollbackOptions } from "./rollback.ts";
export {
  prepareUninstall,
  uninstall,
  type UninstallFacts,
  type UninstallOptions,
  type UninstallResult,
} from "./uninstall.ts";
export { getRelease, type RevisionOptions, status, type StatusOptions, type StatusResult } from "./status.ts";
export { history, type HistoryOptions } from "./history.ts";
export { list, type ListOptions, type ListResult } from "./list.ts";
export { runTests, type TestMessage, type TestOptions, type TestResult } from "./run_tests.ts";

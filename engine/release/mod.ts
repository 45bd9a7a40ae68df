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
export * from "./operations.ts";
export type { ChosenValues } from "./given_values.ts";
export type { Outcome } from "./perform.ts";
export { checkNewReleaseName, checkReleaseName, RELEASE_NAME_MAX } from "./names.ts";
export type { InstallFacts, InstallOptions, ReleaseResult } from "./install.ts";
export type { UpgradeFacts, UpgradeOptions } from "./upgrade.ts";
export type { RollbackFacts, RollbackOptions } from "./rollback.ts";
export type { UninstallFacts, UninstallOptions, UninstallResult } from "./uninstall.ts";
export type { RevisionOptions, StatusOptions, StatusResult } from "./status.ts";
export type { HistoryOptions } from "./history.ts";
export type { ListOptions, ListResult } from "./list.ts";
export type { TestMessage, TestOptions, TestResult } from "./run_tests.ts";

/**
 * The operations, each from a file that is loaded when it is called: who lists
 * releases needs no templates.
 *
 * @module
 */
import type { Release } from "../../model/mod.ts";
import type { Environment } from "./environment.ts";
import type { HistoryOptions } from "./history.ts";
import type { InstallOptions, ReleaseResult } from "./install.ts";
import type { ListOptions, ListResult } from "./list.ts";
import type { RecordArchive } from "./repair/archive.ts";
import type { RepairOptions } from "./repair/perform.ts";
import type { RepairResult, RepairSubject } from "./repair/run.ts";
import type { OptionsOfRepair, RepairName } from "./repair/table.ts";
import type { UndoOptions, UndoReport } from "./repair/undo.ts";
import type { RollbackOptions } from "./rollback.ts";
import type { TestOptions, TestResult } from "./run_tests.ts";
import type { RevisionOptions, StatusOptions, StatusResult } from "./status.ts";
import type { UninstallOptions, UninstallResult } from "./uninstall.ts";
import type { UpgradeOptions } from "./upgrade.ts";

/** Installs a chart as a new release; `install.ts` has the rest. */
export async function install(env: Environment, options: InstallOptions): Promise<ReleaseResult> {
  return await (await import("./install.ts")).install(env, options);
}

/** Brings a release to a chart and values; `upgrade.ts` has the rest. */
export async function upgrade(env: Environment, options: UpgradeOptions): Promise<ReleaseResult> {
  return await (await import("./upgrade.ts")).upgrade(env, options);
}

/** Brings a release back to an earlier revision; `rollback.ts` has the rest. */
export async function rollback(env: Environment, options: RollbackOptions): Promise<ReleaseResult> {
  return await (await import("./rollback.ts")).rollback(env, options);
}

/** Deletes a release; `uninstall.ts` has the rest. */
export async function uninstall(env: Environment, options: UninstallOptions): Promise<UninstallResult> {
  return await (await import("./uninstall.ts")).uninstall(env, options);
}

/** A release with the table of its objects; `status.ts` has the rest. */
export async function status(env: Environment, options: StatusOptions): Promise<StatusResult> {
  return await (await import("./status.ts")).status(env, options);
}

/** One revision of a release; `status.ts` has the rest. */
export async function getRelease(env: Environment, options: RevisionOptions): Promise<Release> {
  return await (await import("./status.ts")).getRelease(env, options);
}

/** A release's revisions; `history.ts` has the rest. */
export async function history(env: Environment, options: HistoryOptions): Promise<readonly Release[]> {
  return await (await import("./history.ts")).history(env, options);
}

/** Releases of all namespaces; `list.ts` has the rest. */
export async function list(env: Environment, options?: ListOptions): Promise<ListResult> {
  return await (await import("./list.ts")).list(env, options);
}

/** Runs the tests of a release; `run_tests.ts` has the rest. */
export async function runTests(env: Environment, options: TestOptions): Promise<TestResult> {
  return await (await import("./run_tests.ts")).runTests(env, options);
}

/** Runs a repair on stored records; `repair/run.ts` has the rest. */
export async function repair<N extends RepairName>(
  env: Environment,
  name: N,
  options: RepairSubject & RepairOptions & OptionsOfRepair<N>,
): Promise<RepairResult> {
  return await (await import("./repair/run.ts")).repair(env, name, options);
}

/** Restores the records that a repair wrote; `repair/undo.ts` has the rest. */
export async function undoRepair(env: Environment, options: UndoOptions): Promise<UndoReport> {
  return await (await import("./repair/undo.ts")).undoRepair(env, options);
}

/** Unpacks and verifies an archive of records; `repair/archive.ts` has the rest. */
export async function openArchive(bytes: Uint8Array): Promise<RecordArchive> {
  return await (await import("./repair/archive.ts")).unpackArchive(bytes);
}

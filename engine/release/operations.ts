/**
 * The operations. The file of each is loaded when it is called: listing releases, for example, needs no
 * templates.
 *
 * When a release is not found, the error's `elsewhere` names the other places that have it.
 *
 * @module
 */
import { KubeError, SkegError } from "../../errors.ts";
import type { KubeObject, Release } from "../model/mod.ts";
import type { Environment } from "./environment.ts";
import type { Helm3Marks } from "./helm3_marks.ts";
import type { BackOptions, ReturnedRelease } from "./helm3/back_types.ts";
import type { FinishOptions, FinishResult } from "./helm3/finish.ts";
import type { MigrateOptions, MigrationResult } from "./helm3/migrate_types.ts";
import type { MigrationPlan, PredictionInput, ReleasePrediction } from "./helm3/plan_types.ts";
import type { PredictHelm3Options } from "./helm3/predict/types.ts";
import type { MigrationRolesOptions } from "./helm3/roles.ts";
import type { Helm3Store } from "./helm3/store.ts";
import type { Helm3Options } from "./helm3/tools.ts";
import type { VerifiedRelease, VerifyMigrationsOptions } from "./helm3/verify_all.ts";
import type { HistoryOptions } from "./history.ts";
import type { EventSubject } from "./look/events.ts";
import type { LiveObjectName } from "./look/live_object.ts";
import type { OutlineOptions, ReleaseOutlines } from "./look/outlines.ts";
import type { FollowResourcesOptions, ReleaseResources, ResourcesOptions } from "./look/resources.ts";
import type { FollowedHeads, RecordChanges } from "./look/watch_records.ts";
import type { WholeRevisions, WholeRevisionsOptions } from "./look/revisions.ts";
import type { MaskedRelease, ReleaseMask } from "./look/masks.ts";
import type { InstallOptions, ReleaseResult } from "./install.ts";
import type { ListOptions, ListResult } from "./list.ts";
import { ReleaseError } from "./release_error.ts";
import type { ChangeReport, Masker, ObjectChange } from "../kube/explain/mod.ts";
import type { CompareChoices } from "./plan/compare_revisions.ts";
import type { DiffReleasesOptions, DiffRevisionsOptions } from "./plan/diff.ts";
import type { ApplyPlanOptions, PlanOutcome } from "./plan/apply.ts";
import type { PlannedRequest } from "./plan/requests.ts";
import type { SavedPlan } from "./plan/saved_plan.ts";
import type { DiffLiveOptions } from "./plan/drift.ts";
import type { PlannedOperation } from "./plan/decide.ts";
import type { PlannedChanges, PlanOptions } from "./plan/plan.ts";
import type { SqlConnection } from "../../storage/mod.ts";
import type { RecordArchive } from "./repair/archive.ts";
import type { DoctorOptions } from "./doctor/examination.ts";
import type { DoctorReport } from "./doctor/finding.ts";
import type { RepairOptions } from "./repair/perform.ts";
import type { SavedRepairPlan } from "./repair/plan.ts";
import type { RepairResult, RepairSubject } from "./repair/run.ts";
import type { OptionsOfRepair, RepairName } from "./repair/table.ts";
import type { BookkeepingOptions, BookkeepingReport } from "./repair/sql_bookkeeping.ts";
import type { UndoReport, UndoRequest } from "./repair/undo.ts";
import type { ReleaseLease } from "./lease.ts";
import type { Right } from "../kube/mod.ts";
import type { RightsPurpose } from "./rights/rights_for.ts";
import type { RolesOptions } from "./rights/roles.ts";
import type { ReleaseRightsOptions } from "./rights/release_rights.ts";
import type { RollbackOptions } from "./rollback.ts";
import type { ExportOptions, ExportResult } from "./transfer/export.ts";
import type { ImportOptions, ImportResult } from "./transfer/import.ts";
import type { MoveOptions, MoveResult } from "./transfer/move.ts";
import type { TestOptions, TestResult } from "./run_tests.ts";
import type { RevisionOptions, StatusOptions, StatusResult } from "./status.ts";
import type { UninstallOptions, UninstallResult } from "./uninstall.ts";
import type { UpgradeOptions } from "./upgrade.ts";
import type { WaitOptions } from "./wait.ts";

/** Installs a chart as a new release; `install.ts` has the rest. */
export async function install(env: Environment, options: InstallOptions): Promise<ReleaseResult> {
  const { install } = await import("./install.ts");
  try {
    return await install(env, options);
  } catch (error) {
    if (!(error instanceof ReleaseError) || error.kind !== "exists") throw error;
    throw await (await import("./elsewhere.ts")).withOwner(env, error);
  }
}

/** Upgrades a release to a chart and values; `upgrade.ts` has the rest. */
export async function upgrade(env: Environment, options: UpgradeOptions): Promise<ReleaseResult> {
  return await orElsewhere(env, options, (await import("./upgrade.ts")).upgrade);
}

/** Rolls a release back to an earlier revision; `rollback.ts` has the rest. */
export async function rollback(env: Environment, options: RollbackOptions): Promise<ReleaseResult> {
  return await orElsewhere(env, options, (await import("./rollback.ts")).rollback);
}

/** Deletes a release; `uninstall.ts` has the rest. */
export async function uninstall(env: Environment, options: UninstallOptions): Promise<UninstallResult> {
  return await orElsewhere(env, options, (await import("./uninstall.ts")).uninstall);
}

/** Returns a release with the table of its objects; `status.ts` has the rest. */
export async function status(env: Environment, options: StatusOptions): Promise<StatusResult> {
  return await orElsewhere(env, options, (await import("./status.ts")).status);
}

/** Returns one revision of a release; `status.ts` has the rest. */
export async function getRelease(env: Environment, options: RevisionOptions): Promise<Release> {
  return await orElsewhere(env, options, (await import("./status.ts")).getRelease);
}

/** Returns a release's revisions; `history.ts` has the rest. */
export async function history(env: Environment, options: HistoryOptions): Promise<readonly Release[]> {
  return await orElsewhere(env, options, (await import("./history.ts")).history);
}

/** Lists releases of all namespaces; `list.ts` has the rest. */
export async function list(env: Environment, options?: ListOptions): Promise<ListResult> {
  return await (await import("./list.ts")).list(env, options);
}

/** Lists what Helm 3 has of each release; `helm3_marks.ts` has the rest. */
export async function helm3Marks(env: Environment, storage: "secret" | "configmap"): Promise<Helm3Marks> {
  return await (await import("./helm3_marks.ts")).helm3Marks(env, storage);
}

/** Compares two revisions of a release; `plan/diff.ts` has the rest. */
export async function diffRevisions(env: Environment, options: DiffRevisionsOptions): Promise<ChangeReport> {
  return await orElsewhere(env, options, (await import("./plan/diff.ts")).diffRevisions);
}

/** Compares two releases; `plan/diff.ts` has the rest. */
export async function diffReleases(env: Environment, options: DiffReleasesOptions): Promise<ChangeReport> {
  return await orElsewhere(env, options, (await import("./plan/diff.ts")).diffReleases);
}

/** Plans an operation; `plan/plan.ts` has the rest. */
export async function planOperation(
  env: Environment,
  planned: PlannedOperation,
  options: PlanOptions = {},
): Promise<PlannedChanges> {
  const { planOperation } = await import("./plan/plan.ts");
  try {
    return await planOperation(env, planned, options);
  } catch (error) {
    if (planned.operation !== "install") {
      return await orElsewhere(env, planned.options, () => Promise.reject(error));
    }
    if (!(error instanceof ReleaseError) || error.kind !== "exists") throw error;
    throw await (await import("./elsewhere.ts")).withOwner(env, error);
  }
}

/** Compares an operation with the records alone; `plan/plan.ts` has the rest. */
export async function diffOffline(
  env: Environment,
  planned: PlannedOperation,
  choices: CompareChoices = {},
): Promise<ChangeReport> {
  const { diffOffline } = await import("./plan/plan.ts");
  return await orElsewhere(env, { name: planned.options.name ?? "" }, () => diffOffline(env, planned, choices));
}

/** Returns the requests of a plan; `plan/requests.ts` has the rest. */
export async function plannedRequests(planned: PlannedChanges, masker?: Masker): Promise<PlannedRequest[]> {
  return (await import("./plan/requests.ts")).plannedRequests(planned, masker);
}

/** Saves a plan; `plan/saved_plan.ts` has the rest. */
export async function savePlan(env: Environment, planned: PlannedChanges, key?: string): Promise<SavedPlan> {
  return await (await import("./plan/saved_plan.ts")).savePlan(env, planned, key);
}

/** Reads a saved plan; `plan/saved_plan.ts` has the rest. */
export async function readPlan(text: string, source: string): Promise<SavedPlan> {
  return (await import("./plan/saved_plan.ts")).readPlan(text, source);
}

/** Returns a plan's report with chosen objects only; `plan/report.ts` has the rest. */
export async function selectReport(
  report: ChangeReport,
  only: (object: ObjectChange) => boolean,
): Promise<ChangeReport> {
  return (await import("./plan/report.ts")).selectReport(report, only);
}

/** Returns the number of Secrets that a plan holds in clear; `plan/saved_plan.ts` has the rest. */
export async function secretsInClear(plan: SavedPlan): Promise<number> {
  return (await import("./plan/saved_plan.ts")).secretsInClear(plan);
}

/** Applies a saved plan; `plan/apply.ts` has the rest. */
export async function applyPlan(env: Environment, plan: SavedPlan, options: ApplyPlanOptions = {}): Promise<Release> {
  return await (await import("./plan/apply.ts")).applyPlan(env, plan, options);
}

/** Applies a saved plan and tells what was kept; `plan/apply.ts` has the rest. */
export async function performPlan(
  env: Environment,
  plan: SavedPlan,
  options: ApplyPlanOptions = {},
): Promise<PlanOutcome> {
  return await (await import("./plan/apply.ts")).performPlan(env, plan, options);
}

/** Compares a release with the cluster; `plan/drift.ts` has the rest. */
export async function diffLive(env: Environment, options: DiffLiveOptions): Promise<ChangeReport> {
  return await orElsewhere(env, options, (await import("./plan/drift.ts")).diffLive);
}

/** Runs the tests of a release; `run_tests.ts` has the rest. */
export async function runTests(env: Environment, options: TestOptions): Promise<TestResult> {
  // Tests hold no lease, and write their result into the record.
  if (env.journals !== undefined && env.ignoreHelm3 !== true) {
    await (await import("./helm3/fence.ts")).refuseIfMigrated(env, env.journals, options.name);
  }
  return await orElsewhere(env, options, (await import("./run_tests.ts")).runTests);
}

/** Waits until the objects of a release are ready; `wait.ts` has the rest. */
export async function waitForRelease(env: Environment, options: WaitOptions): Promise<Release> {
  return await orElsewhere(env, options, (await import("./wait.ts")).waitForRelease);
}

/** Rejects when the other kind of storage holds a release of this name; `same_name.ts` has the rest. */
export async function checkNameIsFree(env: Environment, name: string): Promise<void> {
  await (await import("./same_name.ts")).checkNameIsFree(env, name);
}

/** Runs an operation on one release; when it is not found, the error says where it is. */
async function orElsewhere<O extends { readonly name: string }, T>(
  env: Environment,
  options: O,
  operation: (env: Environment, options: O) => Promise<T>,
): Promise<T> {
  try {
    return await operation(env, options);
  } catch (error) {
    if (env.lease !== undefined && error instanceof SkegError && error.kind === "conflict") {
      throw await (await import("./lease.ts")).withHolder(env, options.name, error);
    }
    // A missing object is not a missing record.
    const isMissing = error instanceof SkegError && error.kind === "not-found" && !(error instanceof KubeError) &&
      !(error instanceof ReleaseError);
    throw isMissing ? await (await import("./elsewhere.ts")).withElsewhere(env, options.name, error) : error;
  }
}

/** Examines releases and their records; `doctor/doctor.ts` has the rest. */
export async function examine(env: Environment, options: DoctorOptions = {}): Promise<DoctorReport> {
  return await (await import("./doctor/doctor.ts")).examine(env, options);
}

/** Runs a repair on stored records; `repair/run.ts` has the rest. */
export async function repair<N extends RepairName>(
  env: Environment,
  name: N,
  options: RepairSubject & RepairOptions & OptionsOfRepair<N>,
): Promise<RepairResult> {
  return await (await import("./repair/run.ts")).repair(env, name, options);
}

/** Decides a repair of all releases; `repair/plan.ts` has the rest. */
export async function planRepair<N extends RepairName>(
  env: Environment,
  name: N,
  options: Omit<RepairOptions, "yes" | "check" | "backups"> & OptionsOfRepair<N>,
): Promise<{ readonly plan: SavedRepairPlan; readonly result: RepairResult }> {
  return await (await import("./repair/plan.ts")).planRepair(env, name, options);
}

/** Performs the plan of a repair; `repair/plan.ts` has the rest. */
export async function applyRepairPlan(
  env: Environment,
  plan: SavedRepairPlan,
  options: RepairOptions,
): Promise<RepairResult> {
  return await (await import("./repair/plan.ts")).applyRepairPlan(env, plan, options);
}

/** Reads the plan of a repair; `repair/plan.ts` has the rest. */
export async function readRepairPlan(text: string, source: string): Promise<SavedRepairPlan> {
  return (await import("./repair/plan.ts")).readRepairPlan(text, source);
}

/** Restores the records that a repair wrote; `repair/undo.ts` has the rest. */
export async function undoRepair(env: Environment, options: UndoRequest): Promise<UndoReport> {
  return await (await import("./repair/undo.ts")).undoRepair(env, options);
}

/** Unpacks and verifies an archive of records; `repair/archive.ts` has the rest. */
export async function openArchive(bytes: Uint8Array): Promise<RecordArchive> {
  return await (await import("./repair/archive.ts")).unpackArchive(bytes);
}

/** Packs releases into an archive; `transfer/export.ts` has the rest. */
export async function exportReleases(env: Environment, options: ExportOptions = {}): Promise<ExportResult> {
  return await (await import("./transfer/export.ts")).exportReleases(env, options);
}

/** Creates the releases of an archive; `transfer/import.ts` has the rest. */
export async function importReleases(env: Environment, options: ImportOptions): Promise<ImportResult> {
  return await (await import("./transfer/import.ts")).importReleases(env, options);
}

/** Returns the lease of a release, held or stale; `lease.ts` has the rest. */
export async function leaseOf(env: Environment, name: string): Promise<ReleaseLease | undefined> {
  return await (await import("./lease.ts")).leaseOf(env, name);
}

/** Returns the rights that an operation, a release or its records need; `rights/rights_for.ts` has the rest. */
export async function rightsFor(env: Environment, purpose: RightsPurpose): Promise<Right[]> {
  const { rightsFor } = await import("./rights/rights_for.ts");
  const name = "options" in purpose ? purpose.options.name ?? "" : "";
  if (purpose.operation === "install" || purpose.operation === "records") return await rightsFor(env, purpose);
  return await orElsewhere(env, { name }, () => rightsFor(env, purpose));
}

/** Returns the rights that a release needs, whatever its next revision changes; `rights/release_rights.ts` has the rest. */
export async function rightsOfRelease(
  env: Environment,
  release: Pick<Release, "manifest" | "hooks" | "namespace">,
  options: ReleaseRightsOptions = {},
): Promise<Right[]> {
  return await (await import("./rights/release_rights.ts")).rightsOfRelease(env, release, options);
}

/** Returns Roles, a ClusterRole and bindings that grant rights; `rights/roles.ts` has the rest. */
export async function rolesOf(rights: readonly Right[], options: RolesOptions): Promise<KubeObject[]> {
  return (await import("./rights/roles.ts")).rolesOf(rights, options);
}

/** Makes a database usable for Tiller again; `repair/sql_bookkeeping.ts` has the rest. */
export async function repairBookkeeping(
  env: Environment,
  options: BookkeepingOptions = {},
): Promise<BookkeepingReport> {
  return await (await import("./repair/sql_bookkeeping.ts")).repairBookkeeping(env, options);
}

/** Moves records to another storage; `transfer/move.ts` has the rest. */
export async function moveStorage(env: Environment, options: MoveOptions): Promise<MoveResult> {
  return await (await import("./transfer/move.ts")).moveStorage(env, options);
}

/** Plans the migration of releases to Helm 3, and performs it with `yes`; `helm3/migrate.ts` has the rest. */
export async function migrateToHelm3(
  env: Environment,
  options: MigrateOptions & Helm3Options,
): Promise<MigrationResult> {
  const [{ migrateToHelm3 }, { migrationTools }] = await Promise.all([
    import("./helm3/migrate.ts"),
    import("./helm3/tools.ts"),
  ]);
  const to = options.approved?.choices.to ?? options.to;
  return await migrateToHelm3(env, await migrationTools(env, { ...options, to }), options);
}

/** Predicts the first Helm 3 upgrade of a release; `helm3/predict/predict.ts` has the rest. */
export async function predictHelm3Upgrade(
  env: Environment,
  input: PredictionInput,
  options: PredictHelm3Options = {},
): Promise<ReleasePrediction> {
  return await (await import("./helm3/predict/predict.ts")).predictHelm3Upgrade(env, input, options);
}

/** Compares releases that were migrated with what Helm 3 has of them; `helm3/verify_all.ts` has the rest. */
export async function verifyMigrations(
  env: Environment,
  options: VerifyMigrationsOptions,
): Promise<readonly VerifiedRelease[]> {
  return await (await import("./helm3/verify_all.ts")).verifyMigrations(env, options);
}

/** Reads the plan of a migration; `helm3/read_plan.ts` has the rest. */
export async function readMigrationPlan(text: string, source: string): Promise<MigrationPlan> {
  return (await import("./helm3/read_plan.ts")).readMigrationPlan(text, source);
}

/** Gives releases that were migrated back to Helm 2; `helm3/back.ts` has the rest. */
export async function migrateBack(env: Environment, options: BackOptions): Promise<readonly ReturnedRelease[]> {
  return await (await import("./helm3/back.ts")).migrateBack(env, options);
}

/** Removes the records of Helm 2 of releases that were migrated; `helm3/finish.ts` has the rest. */
export async function finishMigration(env: Environment, options: FinishOptions): Promise<FinishResult> {
  return await (await import("./helm3/finish.ts")).finishMigration(env, options);
}

/** Returns the roles that the migration of releases needs; `helm3/roles.ts` has the rest. */
export async function migrationRoles(env: Environment, options: MigrationRolesOptions): Promise<KubeObject[]> {
  return await (await import("./helm3/roles.ts")).migrationRoles(env, options);
}

/** Returns Helm 3's storage in a database; `helm3/sql_store.ts` has the rest. */
export async function helm3SqlStore(env: Environment, connection: SqlConnection): Promise<Helm3Store> {
  return (await import("./helm3/sql_store.ts")).sqlStore(env, connection);
}

/** Returns outlines of the newest revisions, or of all; `look/outlines.ts` has the rest. */
export async function outlineReleases(env: Environment, options?: OutlineOptions): Promise<ReleaseOutlines> {
  return await (await import("./look/outlines.ts")).outlineReleases(env, options);
}

/** Returns the objects of a release as they are in the cluster; `look/resources.ts` has the rest. */
export async function releaseResources(env: Environment, options: ResourcesOptions): Promise<ReleaseResources> {
  return await orElsewhere(env, options, (await import("./look/resources.ts")).releaseResources);
}

/** Yields the objects of a release, and again after every change; `look/resources.ts` has the rest. */
export async function* followResources(
  env: Environment,
  options: FollowResourcesOptions,
): AsyncGenerator<ReleaseResources> {
  yield* (await import("./look/resources.ts")).followResources(env, options);
}

/** Returns the revisions of a release with the sizes of their records; `look/revisions.ts` has the rest. */
export async function wholeRevisions(env: Environment, options: WholeRevisionsOptions): Promise<WholeRevisions> {
  return await orElsewhere(env, options, (await import("./look/revisions.ts")).wholeRevisions);
}

/** Returns the events about objects; `look/events.ts` has the rest. */
export async function objectEvents(env: Environment, subjects: readonly EventSubject[]): Promise<KubeObject[]> {
  return await (await import("./look/events.ts")).objectEvents(env, subjects);
}

/** Returns a live object; `look/live_object.ts` has the rest. */
export async function liveObject(env: Environment, object: LiveObjectName): Promise<KubeObject | undefined> {
  return await (await import("./look/live_object.ts")).liveObject(env, object);
}

/** Yields the heads of all records, and again after every change; `look/watch_records.ts` has the rest. */
export async function* followRecords(env: Environment): AsyncGenerator<FollowedHeads> {
  yield* (await import("./look/watch_records.ts")).followRecords(env);
}

/** Yields changes of records as they happen; `look/watch_records.ts` has the rest. */
export async function* watchRecords(env: Environment): AsyncGenerator<RecordChanges> {
  yield* (await import("./look/watch_records.ts")).watchRecords(env);
}

/** Returns the masks of some revisions; `look/masks.ts` has the rest. */
export async function maskReleases(
  releases: readonly MaskedRelease[],
  masker: Masker,
  live?: readonly KubeObject[],
): Promise<ReleaseMask> {
  return (await import("./look/masks.ts")).releaseMask(releases, masker, live);
}

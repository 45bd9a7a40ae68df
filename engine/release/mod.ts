/**
 * The operations on releases, which Tiller did in Helm 2.
 *
 * Each takes an {@linkcode Environment} and options; every option documents its default. The client's half
 * (charts from paths, merging of values, requirements, printing) is not here.
 *
 * @module
 */
export * from "./environment.ts";
export * from "./release_error.ts";
export * from "./steps.ts";
export * from "./operations.ts";
export { checkExistingName, checkNewName, RELEASE_NAME_MAX } from "./names.ts";
export type { ReleaseLease } from "./lease.ts";
export { recoveryHint } from "./recovery.ts";
export type { InstallOptions, ReleaseResult } from "./install.ts";
export type { UpgradeOptions } from "./upgrade.ts";
export type { RollbackOptions } from "./rollback.ts";
export type { UninstallOptions, UninstallResult } from "./uninstall.ts";
export type { RevisionOptions, StatusObject, StatusOptions, StatusResult } from "./status.ts";
export type { DocumentToDelete } from "./deletion.ts";
export type { Helm3Mark, Helm3Marks } from "./helm3_marks.ts";
export type { HistoryOptions } from "./history.ts";
export type { BackOptions, ReturnedRelease } from "./helm3/back_types.ts";
export type { FinishedRelease, FinishOptions, FinishResult } from "./helm3/finish.ts";
export type { TillerPart, TillerRest } from "./helm3/tiller_rest.ts";
export type {
  MigratedRelease,
  MigrateOptions,
  MigrationOutcome,
  MigrationResult,
  MigrationSubject,
} from "./helm3/migrate_types.ts";
export type {
  AdoptionMark,
  AdoptionStep,
  Helm3StorageName,
  LabelMove,
  MigrationBlocker,
  MigrationChoices,
  MigrationPlan,
  ObjectAddress,
  ObjectPrediction,
  PredictionClass,
  PredictionInput,
  PredictUpgrade,
  ReleaseMigration,
  ReleasePrediction,
  RevisionMigration,
  TargetState,
} from "./helm3/plan_types.ts";
export type {
  Helm3Chart,
  Helm3Dependency,
  Helm3File,
  Helm3Hook,
  Helm3HookRun,
  Helm3Info,
  Helm3Lock,
  Helm3Maintainer,
  Helm3Metadata,
  Helm3Release,
  Helm3Status,
  Helm3Values,
} from "./helm3/record_types.ts";
export type {
  Helm3Answer,
  Helm3Question,
  Helm3Renderer,
  OtherChart,
  PredictHelm3Options,
  RenderedHook,
} from "./helm3/predict/types.ts";
export { postRendererScript } from "./helm3/predict/post_renderer.ts";
export type { Helm3Store, Helm3Stored, NewHelm3Record } from "./helm3/store.ts";
export type { MigrationRolesOptions } from "./helm3/roles.ts";
export type { Helm3Options } from "./helm3/tools.ts";
export type { CrossCheck, Helm3Comparison } from "./helm3/verify.ts";
export type { VerifiedRelease, VerifyMigrationsOptions } from "./helm3/verify_all.ts";
export type { JournalState } from "./helm3/journal.ts";
export type { RemovedApiOptions } from "./removed.ts";
export type { ListOptions, ListResult } from "./list.ts";
export type { LabelDifference, MislabelledRecord } from "./_label_check.ts";
export type { CompareChoices } from "./plan/compare_revisions.ts";
export type { DiffReleasesOptions, DiffRevisionsOptions } from "./plan/diff.ts";
export type { ApplyPlanOptions, GivenAgain, PlanOutcome } from "./plan/apply.ts";
export type { BoundFacts, BoundObject } from "./plan/fit.ts";
export type { PlanContent, PlannedWrite, SavedPlan } from "./plan/saved_plan.ts";
export type { PlannedRequest } from "./plan/requests.ts";
export type { Sealed } from "./plan/seal.ts";
export type { DiffLiveOptions } from "./plan/drift.ts";
export type { PlannedOperation } from "./plan/decide.ts";
export type { PlannedChanges, PlanOptions } from "./plan/plan.ts";
export type { PredictedOperation, PredictMode, PredictOperationOptions } from "./plan/predict_operation.ts";
export type { WaitOptions } from "./wait.ts";
export type { EventSubject } from "./look/events.ts";
export type { LiveObjectName } from "./look/live_object.ts";
export type { KnownOutline, OutlinedRevision, OutlineOptions, ReleaseOutlines } from "./look/outlines.ts";
export type { FollowResourcesOptions, ReleaseResource, ReleaseResources, ResourcesOptions } from "./look/resources.ts";
export type { WholeRevision, WholeRevisions, WholeRevisionsOptions } from "./look/revisions.ts";
export type { FollowedHeads, RecordChanges } from "./look/watch_records.ts";
export type { MaskedRelease, ReleaseMask } from "./look/masks.ts";
export type { TestMessage, TestOptions, TestResult } from "./run_tests.ts";
export type {
  ArchivedCluster,
  ArchivedObject,
  ArchivedRepair,
  ArchivedStorage,
  ArchivedWrite,
  ArchiveFacts,
  RecordArchive,
} from "./repair/archive.ts";
export type { DoctorOptions } from "./doctor/examination.ts";
export type {
  DoctorReport,
  ExaminedPlace,
  Finding,
  FindingFact,
  FindingSeverity,
  ProposedRepair,
  Unseen,
} from "./doctor/finding.ts";
export type { BackupStore, PlannedRecord } from "./repair/backups.ts";
export type { MapApisOptions } from "./repair/map_apis.ts";
export type { AtWorkOptions } from "./repair/at_work.ts";
export type { ChooseOptions } from "./repair/dedupe.ts";
export type { DisownOptions } from "./repair/disown.ts";
export type { ForgetOptions } from "./repair/forget.ts";
export type { PruneOptions } from "./repair/prune.ts";
export type { QuarantineOptions } from "./repair/quarantine.ts";
export type { CleanupFailedOptions } from "./repair/cleanup_failed.ts";
export type { DeleteOrphansOptions } from "./repair/delete_orphans.ts";
export type { FinishDeleteOptions } from "./repair/finish_delete.ts";
export type { ReapplyOptions } from "./repair/reapply.ts";
export type { RelabelOptions } from "./repair/relabel.ts";
export type { SalvageOptions } from "./repair/salvage.ts";
export type { SettleOptions } from "./repair/settle.ts";
export type { SlimOptions } from "./repair/slim.ts";
export type { PlannedRepair, RepairOptions, RepairReport } from "./repair/perform.ts";
export type { BoundRecord, PlannedRelease, SavedRepairPlan } from "./repair/plan.ts";
export type {
  ObjectDeletion,
  PreparedRepair,
  RecordChange,
  RecordCreation,
  RecordDeletion,
  RecordWrite,
  ReleaseRecords,
  Repair,
  RepairChange,
  RepairNote,
  RepairOperation,
  StoredRecord,
} from "./repair/repair.ts";
export type { RepairFailure, RepairResult, RepairSubject } from "./repair/run.ts";
export { type OptionsOfRepair, type RepairName, REPAIRS } from "./repair/table.ts";
export type { UndoRecord, UndoState } from "./repair/compare_record.ts";
export type { BookkeepingOptions, BookkeepingReport } from "./repair/sql_bookkeeping.ts";
export type { UndoOptions, UndoReport, UndoRequest } from "./repair/undo.ts";
export type { ExportedRelease, ExportOptions, ExportResult } from "./transfer/export.ts";
export type { ImportedRecord, ImportOptions, ImportResult } from "./transfer/import.ts";
export type { ImportedObject } from "./transfer/import_objects.ts";
export type { MovedRelease, MoveFailure, MoveOptions, MoveResult } from "./transfer/move.ts";
export type { Renames } from "./transfer/rename.ts";
export type { ReleaseRightsOptions } from "./rights/release_rights.ts";
export type { RightsPurpose } from "./rights/rights_for.ts";
export type { RolesOptions, RoleSubject } from "./rights/roles.ts";

/**
 * skeg as a library: Helm 2 charts and releases without Tiller.
 *
 * Charts and templates need no cluster; {@linkcode createSkeg} gives the operations on a cluster.
 *
 * @example Render a chart that is held in memory
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const chart = chartFromFiles({
 *   "Chart.yaml": "name: hello\nversion: 1.0.0\n",
 *   "templates/greeting.yaml": "greeting: {{ .Values.greeting | upper }}\n",
 * });
 * const files = await renderChart(chart, { values: { greeting: "hi" } });
 * equal(files["hello/templates/greeting.yaml"], "greeting: HI\n");
 * ```
 *
 * @example Find the template line and the values that made a line
 * ```ts
 * import { deepEqual, equal } from "node:assert/strict";
 *
 * const chart = chartFromFiles({
 *   "Chart.yaml": "name: hello\nversion: 1.0.0\n",
 *   "templates/greeting.yaml": "kind: Greeting\ngreeting: {{ .Values.words.greeting }}\n",
 * });
 * const traced = await traceChart(chart, { values: { words: { greeting: "hi" } } });
 * const [, line] = traced["hello/templates/greeting.yaml"] ?? [];
 * equal(line?.text, "greeting: hi");
 * deepEqual(line?.origins.map((origin) => [origin.line, origin.values]), [[2, []], [2, ["Values.words.greeting"]]]);
 * ```
 *
 * @module
 */
export * from "./errors.ts";
export * from "./engine/model/mod.ts";
export { chartFromFiles, type ChartLimits, loadChart, type LoadOptions } from "./engine/chart/load/mod.ts";
export type { ClockAndRandom, Instant } from "./engine/base/mod.ts";
export type { NetworkVariables } from "./engine/net/mod.ts";
export { toBytes } from "./engine/lang/golang/mod.ts";
export {
  type CapabilityFacts,
  type Facts,
  type Origin,
  type ReleaseFacts,
  renderChart,
  type RenderOptions,
  traceChart,
  type TracedLine,
} from "./engine/chart/render/mod.ts";
export { type GivenValues, mergeValues, type Sources, type ValuesFile } from "./engine/chart/values/mod.ts";
export {
  type DecodeOptions,
  type RepeatedKey,
  toYaml as encodeYaml,
  yamlToJson as decodeYaml,
} from "./engine/lang/yaml/mod.ts";
export {
  apiVersionsOf,
  type IsServed,
  type MapOptions,
  type Mapped,
  mapRemovedApi,
  RemovedApiError,
  type RemovedApiProblem,
  type RemovedApiSituation,
  reportRemovedApis,
  type ReportServer,
  type ServedFinding,
} from "./engine/kube/served/mod.ts";
export { type ObjectState, objectState, parseWaitRules, type Related, type WaitRule } from "./engine/kube/ready/mod.ts";
export type {
  Action,
  Cause,
  Change,
  ChangeOrigin,
  ChangeReport,
  IgnoreRule,
  IgnoreTarget,
  Masker,
  Moved,
  ObjectChange,
  ObjectId,
  PlannedHook,
  ReleaseChange,
  Risk,
  RiskLevel,
} from "./engine/kube/explain/mod.ts";
export type {
  ApplyMode,
  Env,
  JsonObject,
  KubeConfigCluster,
  KubeConfigContext,
  KubeConfigObject,
  KubeConfigUser,
  KubeProgress,
  PodLogLine,
  PodLogOptions,
  PodProgress,
  SeenState,
  WaitSettings,
} from "./engine/kube/mod.ts";
export { ReleaseError, type ReleaseErrorFacts } from "./engine/release/mod.ts";
export type {
  AdoptionMark,
  AdoptionStep,
  ApplyPlanOptions,
  ArchivedCluster,
  ArchivedStorage,
  ArchivedWrite,
  AtWorkOptions,
  BackupStore,
  BookkeepingOptions,
  BookkeepingReport,
  BoundFacts,
  BoundObject,
  BoundRecord,
  ChooseOptions,
  CleanupFailedOptions,
  CompareChoices,
  DeleteOrphansOptions,
  DisownOptions,
  DoctorOptions,
  DoctorReport,
  EventSubject,
  ExaminedPlace,
  ExportedRelease,
  ExportOptions,
  ExportResult,
  Finding,
  FindingFact,
  FindingSeverity,
  FinishDeleteOptions,
  FinishedRelease,
  FinishResult,
  FollowedHeads,
  FollowResourcesOptions,
  GivenAgain,
  Helm3Comparison,
  Helm3Status,
  Helm3StorageName,
  HistoryOptions,
  ImportedObject,
  ImportedRecord,
  ImportOptions,
  ImportResult,
  InstallOptions,
  JournalState,
  KnownOutline,
  LabelDifference,
  LabelMove,
  ListOptions,
  ListResult,
  LiveObjectName,
  MapApisOptions,
  MigratedRelease,
  MigrationBlocker,
  MigrationChoices,
  MigrationOutcome,
  MigrationPlan,
  MigrationResult,
  MigrationSubject,
  MislabelledRecord,
  MovedRelease,
  MoveFailure,
  MoveOptions,
  MoveResult,
  ObjectAddress,
  ObjectPrediction,
  OptionsOfRepair,
  OutlinedRevision,
  OutlineOptions,
  PlanContent,
  PlannedRecord,
  PlannedRelease,
  PlannedRepair,
  PlannedWrite,
  PredictionClass,
  PredictMode,
  ProposedRepair,
  PruneOptions,
  QuarantineOptions,
  ReapplyOptions,
  RecordChanges,
  RelabelOptions,
  ReleaseEvent,
  ReleaseMigration,
  ReleaseOutlines,
  ReleasePrediction,
  ReleaseRecords,
  ReleaseResource,
  ReleaseResources,
  RemovedApiOptions,
  Renames,
  RepairChange,
  RepairFailure,
  RepairName,
  RepairNote,
  RepairOptions,
  RepairReport,
  RepairResult,
  RepairSubject,
  ResourcesOptions,
  ReturnedRelease,
  RevisionMigration,
  RevisionOptions,
  RollbackOptions,
  SalvageOptions,
  SavedPlan,
  SavedRepairPlan,
  Sealed,
  SettleOptions,
  StatusObject,
  StatusOptions,
  StatusResult,
  StoredRecord,
  TakeOverOptions,
  TargetState,
  TestMessage,
  TestOptions,
  TestResult,
  TillerPart,
  TillerRest,
  UndoOptions,
  UndoRecord,
  UndoReport,
  UndoState,
  UninstallOptions,
  UninstallResult,
  Unseen,
  UpgradeOptions,
  VerifiedRelease,
  WaitOptions,
  WholeRevision,
  WholeRevisions,
  WholeRevisionsOptions,
} from "./engine/release/mod.ts";
export {
  type ClusterPlace,
  decodeRecord,
  type Driver,
  type DriverOptions,
  encodeRecord,
  type HeadsOptions,
  memoryDriver,
  type MemoryStore,
  type ObjectAnswer,
  type ObjectCall,
  type ObjectCallOptions,
  type ObjectsBesides,
  type PlainKind,
  type PlainRecord,
  type PlainRecords,
  type RawRecords,
  readKey,
  type RecordDetail,
  type RecordFetchOptions,
  type RecordHead,
  type RecordLabels,
  recordLabels,
  type RecordObject,
  type RecordObjectKind,
  type RecordQuery,
  type RecordUpdateOptions,
  type RecordVersion,
  releaseKey,
  type SqlBookkeeping,
  type StorageName,
  type StoredRelease,
  withVersion,
} from "./storage/mod.ts";
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
  RunPostRenderer,
  SetEntry,
  SnapshotCounts,
  Suite,
  SuiteResult,
} from "./engine/chart/suite/mod.ts";
export type { FieldOrigin, FieldUse, Gate, MissingObject, TemplatePlace, ValueFact } from "./engine/chart/why/mod.ts";
export type {
  BranchCoverage,
  BranchKind,
  CallCoverage,
  DefineCoverage,
  FileCoverage,
  LineCoverage,
  WayCoverage,
} from "./engine/lang/template/mod.ts";
export type { CoveredChart, CoveredTemplate, Share, UnusedSetting } from "./app/coverage_report.ts";
export type { ChartTests, TestCounts, UnittestEvents, UnittestOptions, UnittestReport } from "./app/unittest.ts";
export type { PredictionChoices } from "./app/helm3_prediction.ts";
export type { WhyAnswers, WhyObject } from "./app/why.ts";
export * from "./app/skeg_options.ts";
export type {
  ClusterSummary,
  SkegFollowResourcesOptions,
  SkegLogOptions,
  SkegLooks,
  SkegOutlineOptions,
  SkegResourcesOptions,
  SkegRevisionsOptions,
} from "./app/skeg_look_options.ts";
export { rolesOf } from "./app/skeg_rights.ts";
export {
  fleetContexts,
  type FleetContextsOptions,
  type FleetError,
  type FleetOptions,
  type FleetResult,
  overContexts,
} from "./app/fleet.ts";
export type { AccessSubject, Right } from "./engine/kube/mod.ts";
export type { RolesOptions, RoleSubject } from "./engine/release/mod.ts";
export * from "./app/skeg.ts";

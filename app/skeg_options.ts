/**
 * Options and results of {@linkcode createSkeg} and its operations.
 *
 * @module
 */
import type { SkegError } from "../errors.ts";
import type { ChangeReport } from "../engine/kube/explain/mod.ts";
import type {
  ApplyPlanOptions,
  BookkeepingOptions,
  BookkeepingReport,
  ChooseOptions,
  CleanupFailedOptions,
  CompareChoices,
  DeleteOrphansOptions,
  DisownOptions,
  DoctorOptions,
  DoctorReport,
  ExportOptions,
  ExportResult,
  FinishDeleteOptions,
  FinishResult,
  HistoryOptions,
  ImportOptions,
  ImportResult,
  InstallOptions,
  ListOptions,
  ListResult,
  MapApisOptions,
  MigrationChoices,
  MigrationPlan,
  MigrationResult,
  MigrationSubject,
  MoveOptions,
  MoveResult,
  OptionsOfRepair,
  PredictMode,
  PruneOptions,
  QuarantineOptions,
  ReapplyOptions,
  RelabelOptions,
  ReleaseEvent,
  RepairName,
  RepairOptions,
  RepairResult,
  RepairSubject,
  ReturnedRelease,
  RollbackOptions,
  SalvageOptions,
  SavedPlan,
  SavedRepairPlan,
  SettleOptions,
  StatusOptions,
  StatusResult,
  TestOptions,
  TestResult,
  UndoOptions,
  UndoReport,
  UninstallOptions,
  UninstallResult,
  UpgradeOptions,
  VerifiedRelease,
  WaitOptions,
} from "../engine/release/mod.ts";
import type { AccessSubject, Right, WaitSettings } from "../engine/kube/mod.ts";
import type { CapabilityFacts, ReleaseFacts } from "../engine/chart/render/mod.ts";
import type { ValuesFile } from "../engine/chart/values/mod.ts";
import type { Chart, Hook, Manifest, Release, StatusCode, Timestamp, Values } from "../engine/model/mod.ts";
import type { KubeConfigObject } from "../engine/kube/mod.ts";
import type { Driver, StorageName } from "../storage/mod.ts";
import type { CallOptions } from "./call_options.ts";
import type { ChartAccess } from "./fetching.ts";
import type { PredictionChoices } from "./helm3_prediction.ts";
import type { UnittestEvents, UnittestOptions, UnittestReport } from "./unittest.ts";
import type { SkegLooks } from "./skeg_look_options.ts";
import type { WhyAnswers } from "./why.ts";
import type { EngineNames, HookFlags, NewReleaseFlags, NotesFlags } from "./flag_names.ts";

export type { CallOptions };
export type { ChartAccess, EngineNames, HookFlags, NewReleaseFlags, NotesFlags };

/** The operations' names of options that scripts give by the name of a flag. */
export type RenamedOption = keyof EngineNames;

/** Where a chart comes from when it is not a path: `stable/web`, an address, `oci://…`, or a name beside `repo`. */
export interface ChartPlaceOptions {
  /** A version or a range; default: the newest release. */
  readonly version?: string | undefined;
  /** Address of a repository that need not be in the user's list. */
  readonly repo?: string | undefined;
  /**
   * Credentials and certificates for the repository or the registry; default: those that `repo add` stored,
   * and Docker's credentials.
   */
  readonly access?: ChartAccess | undefined;
  /** Path of a keyring: the chart must have a provenance file that one of its keys signed. */
  readonly keyring?: string | undefined;
  /** With a keyring: refuses weak signatures, expired keys, and archives whose digest differs from the index's. */
  readonly verifyStrict?: boolean | undefined;
}

/** Options of {@linkcode createSkeg}. */
export interface SkegOptions {
  /** Path of a kubeconfig; default: `KUBECONFIG`, then `~/.kube/config`, then the cluster around this pod. */
  readonly kubeconfig?: string | undefined;
  /**
   * A `KubeConfig` of `@kubernetes/client-node`, or an object of that shape: used instead of files. Authenticators
   * that a script added to it are not used.
   */
  readonly kubeConfig?: KubeConfigObject | undefined;
  /** Context of the kubeconfig; default: its current one. */
  readonly context?: string | undefined;
  /** Namespace that charts are installed into; default: the context's, else `default`. */
  readonly namespace?: string | undefined;
  /** Namespace of the release records; default `kube-system`. */
  readonly tillerNamespace?: string | undefined;
  /** Use the sandbox: `true`, or the file of its state; `":memory:"` keeps the state in memory only. */
  readonly sandbox?: boolean | string | undefined;
  /** Where release records are kept: default `configmap`, as in Tiller; or your own driver. */
  readonly storage?: StorageName | Driver | undefined;
  /** With storage `sql`: the database, as a URL or as `key=value` pairs; default: `SKEG_SQL_CONNECTION_STRING`. */
  readonly sqlConnectionString?: string | undefined;
  /** With storage `sql`: makes the table of records if the database has none. */
  readonly sqlCreateSchema?: boolean | undefined;
  /** Folder of Helm's files, such as the list of repositories; default `HELM_HOME`, then `~/.helm`. */
  readonly home?: string | undefined;
  /** Revisions to keep per release; default 0, which keeps all. */
  readonly historyMax?: number | undefined;
  /**
   * If true, an operation holds the lease of the release that it changes, where the user may: another one then says who is
   * at work. Default: true, except in a sandbox in memory.
   */
  readonly lease?: boolean | undefined;
  /** If true, operations also change releases that were migrated to Helm 3, which will not know of it. */
  readonly ignoreHelm3?: boolean | undefined;
  /** Concurrent requests to the cluster; default 32. */
  readonly parallelism?: number | undefined;
  /**
   * Gives the time, for records and for templates; default: the system's clock. Waiting is not measured by it.
   */
  readonly clock?: (() => Timestamp) | undefined;
  /**
   * Gives a number from 0 up to, not including, 1: the source of names that are made up, and of everything random in
   * templates but keys, which the runtime makes. Passwords come from it, so outside of tests it must not be
   * predictable. Default: the system's source.
   */
  readonly random?: (() => number) | undefined;
  /** Called with every event, in all operations. */
  readonly onEvent?: ((event: ReleaseEvent) => void) | undefined;
  /** Called when a request to the cluster begins. The function that it returns is called when its answer begins, or fails. */
  readonly onRequest?: ((request: SentRequest) => ((end: RequestEnd) => void) | void) | undefined;
}

/** A request to a cluster. Holds no headers, bodies or credentials. */
export interface SentRequest {
  /** Such as `GET`. */
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
}

/** The outcome of a request. */
export interface RequestEnd {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Duration in milliseconds. */
  readonly ms: number;
  /** Why no answer came. */
  readonly error?: SkegError | undefined;
}

/** The user's values, which override the chart's defaults. Later ones win: `values`, `files`, `set` and so on. */
export interface ValuesOptions {
  /** As data or as YAML text. */
  readonly values?: Values | string | undefined;
  /** Files of values, as `-f` takes them: names to read, or their content. */
  readonly files?: readonly (string | ValuesFile)[] | undefined;
  /** Arguments of `--set`, such as `image.tag=1.27`. */
  readonly set?: readonly string[] | undefined;
  /** Arguments of `--set-string`: every value stays text. */
  readonly setString?: readonly string[] | undefined;
  /** Arguments of `--set-file`: the values are in files. */
  readonly setFile?: readonly string[] | undefined;
}

/** How an operation waits: for the objects of the release, and for hooks. */
export type WaitingOptions = Omit<WaitSettings, "waitStrict" | "liveLogLines">;

/** Options of {@linkcode Skeg.wait}. */
export interface SkegWaitOptions extends CallOptions, WaitingOptions, Omit<WaitOptions, "name"> {
  /**
   * How strictly; default `true`: every workload must have rolled out. `"all"` waits for every object of the manifest,
   * `false` judges as `helm install --wait` does.
   */
  readonly waitStrict?: boolean | "all" | undefined;
}

/** Options of {@linkcode Skeg.install}. */
export interface SkegInstallOptions
  extends
    CallOptions,
    WaitingOptions,
    ValuesOptions,
    ChartPlaceOptions,
    HookFlags,
    NotesFlags,
    NewReleaseFlags,
    Partial<Omit<InstallOptions, RenamedOption | "chart" | "config" | "nameIsFree">> {
  /** If true, waits, and purges the release when the install fails. The call rejects all the same. */
  readonly atomic?: boolean | undefined;
}

/** Options of {@linkcode Skeg.upgrade}. */
export interface SkegUpgradeOptions
  extends
    CallOptions,
    WaitingOptions,
    ValuesOptions,
    ChartPlaceOptions,
    HookFlags,
    NotesFlags,
    Omit<UpgradeOptions, RenamedOption | "name" | "chart" | "config"> {
  /**
   * If true, waits, and goes back to the revision that was deployed before when the upgrade fails. The call rejects
   * all the same.
   */
  readonly atomic?: boolean | undefined;
  /** If true, installs the chart when there is no release of this name. */
  readonly install?: boolean | undefined;
  /** With `install`: the namespace of a release that is installed. */
  readonly namespace?: string | undefined;
}

/** Options of {@linkcode Skeg.rollback}. */
export interface SkegRollbackOptions
  extends CallOptions, WaitingOptions, HookFlags, Omit<RollbackOptions, RenamedOption | "name" | "revision"> {}

/** Options of {@linkcode Skeg.delete}. */
export interface SkegDeleteOptions
  extends CallOptions, WaitingOptions, HookFlags, Omit<UninstallOptions, RenamedOption | "name"> {}

/** Options of {@linkcode Skeg.list}. */
export interface SkegListOptions extends CallOptions, Omit<ListOptions, "statuses"> {
  /** Statuses to list; empty or absent: DEPLOYED and FAILED, as the command lists them. */
  readonly statuses?: readonly StatusCode[] | undefined;
  /** If true, lists releases of all statuses, as `--all` does, and records that have lost their labels. */
  readonly all?: boolean | undefined;
  /** If true, lists every revision with a wanted status, not only the newest of each release. */
  readonly revisions?: boolean | undefined;
}

/** Options of {@linkcode Skeg.history}. */
export interface SkegHistoryOptions extends CallOptions, Omit<HistoryOptions, "name"> {}

/** Options of {@linkcode Skeg.status}. */
export interface SkegStatusOptions extends SkegRevisionOptions, Pick<StatusOptions, "allowEmpty"> {
  /** If true, returns the resources of FAILED and DELETED releases too. */
  readonly showResources?: boolean | undefined;
}

/** Options of {@linkcode Skeg.get}. */
export interface SkegRevisionOptions extends CallOptions {
  /** Default: the newest. */
  readonly revision?: number | undefined;
}

/** Options of all plans. */
export interface PlanChoices extends Pick<CompareChoices, "ignore" | "noHooks" | "includeTests" | "withDocuments"> {
  /** Finds the state afterwards by dry runs of the server where it can (`auto`, the default), only there, or here. */
  readonly predict?: PredictMode | undefined;
  /** If true, secrets are not masked. */
  readonly showSecrets?: boolean | undefined;
}

/** A plan of an operation. */
export interface SkegPlan {
  /** The changes and their reasons, hooks and risks. */
  readonly report: ChangeReport;
  /** Saves the plan as JSON data for {@linkcode Skeg.apply}; `key` seals the part that holds values and secrets. */
  save(key?: string): Promise<SavedPlan>;
}

/** Options of {@linkcode Skeg.apply}. */
export interface SkegApplyOptions extends CallOptions, ApplyPlanOptions {}

/** Shows what operations would do. Each takes the arguments of its operation, and changes nothing. */
export interface SkegPlans {
  /** Shows what an install would do. */
  install(chart: string | Chart, options?: SkegInstallOptions & PlanChoices): Promise<SkegPlan>;
  /** Shows what an upgrade would do. */
  upgrade(name: string, chart: string | Chart, options?: SkegUpgradeOptions & PlanChoices): Promise<SkegPlan>;
  /** Shows what a rollback would do. */
  rollback(name: string, revision?: number, options?: SkegRollbackOptions & PlanChoices): Promise<SkegPlan>;
  /** Shows what a deletion would do. */
  delete(name: string, options?: SkegDeleteOptions & PlanChoices): Promise<SkegPlan>;
}

/** Options of {@linkcode Skeg.diff}. */
export interface SkegDiffOptions
  extends CallOptions, Pick<CompareChoices, "ignore" | "includeTests" | "noHooks" | "withDocuments"> {
  /** The revision that is compared; needed unless `other` is given. */
  readonly from?: number | undefined;
  /** With this revision; default: the newest. */
  readonly to?: number | undefined;
  /** With the newest revision of this release. */
  readonly other?: string | undefined;
  /** If true, compares with the cluster: `from` is the revision, by default the newest. */
  readonly live?: boolean | undefined;
  /** If true, secrets are not masked. */
  readonly showSecrets?: boolean | undefined;
}

/** Options of {@linkcode Skeg.test}. */
export interface SkegTestOptions extends CallOptions, WaitingOptions, Omit<TestOptions, "name"> {}

/** Options of {@linkcode SkegRights.missing}. */
export interface SkegMissingOptions extends CallOptions {
  /** Whose rights; default: those of the kubeconfig's user. */
  readonly subject?: AccessSubject | undefined;
}

/** The rights that operations need, one for each verb, kind and object. Each takes the arguments of its operation. */
export interface SkegRights {
  /** Returns what an install needs. Reads no records. */
  install(chart: string | Chart, options?: SkegInstallOptions): Promise<Right[]>;
  /** Returns what an upgrade of the release as it is now needs. */
  upgrade(name: string, chart: string | Chart, options?: SkegUpgradeOptions): Promise<Right[]>;
  /** Returns what a rollback needs. */
  rollback(name: string, revision?: number, options?: SkegRollbackOptions): Promise<Right[]>;
  /** Returns what a deletion needs. */
  delete(name: string, options?: SkegDeleteOptions): Promise<Right[]>;
  /** Returns what the tests of a release need. */
  test(name: string, options?: SkegTestOptions): Promise<Right[]>;
  /** Returns what every later upgrade, rollback and deletion needs that keeps the kinds and names of the objects. */
  release(name: string, options?: CallOptions): Promise<Right[]>;
  /** Returns what the records of all releases need. */
  records(options?: CallOptions): Promise<Right[]>;
  /** Asks the server, and returns those that a user does not have. */
  missing(rights: readonly Right[], options?: SkegMissingOptions): Promise<Right[]>;
}

/** Options of {@linkcode Skeg.doctor}. */
export interface SkegDoctorOptions extends CallOptions, DoctorOptions {}

/** Options of every repair but `mapApis`. */
export interface SkegRepairOptions extends CallOptions, Omit<RepairOptions, "backups" | "check"> {
  /** The release. */
  readonly release: string;
  /** Folder for backups; default: `backups/CLUSTER` in the home, where CLUSTER is the UID of the cluster. */
  readonly backup?: string | undefined;
}

/** Options of {@linkcode SkegRepair.plan}: those of the repair, without a release. */
export type SkegPlanRepairOptions<N extends RepairName> =
  & CallOptions
  & Omit<RepairOptions, "backups" | "check" | "yes">
  & OptionsOfRepair<N>;

/** Options of {@linkcode SkegRepair.mapApis}. */
export interface SkegMapApisOptions
  extends CallOptions, RepairSubject, Omit<RepairOptions, "backups" | "check">, MapApisOptions {
  /** Folder for backups; default: `backups/CLUSTER` in the home, where CLUSTER is the UID of the cluster. */
  readonly backup?: string | undefined;
}

/** Options of {@linkcode SkegRepair.undo}. */
export interface SkegUndoOptions extends CallOptions, Omit<UndoOptions, "archive"> {
  /** Path or bytes of the backup that the repair made. */
  readonly archive: string | Uint8Array;
}

/** Repairs of stored records. Nothing is written without `yes: true`; `docs/repair.md` has the conditions. */
export interface SkegRepair {
  /** Ends an interrupted operation: marks its revision FAILED or DEPLOYED. */
  settle(options: SkegRepairOptions & SettleOptions): Promise<RepairResult>;
  /** Leaves one of several DEPLOYED revisions. */
  dedupe(options: SkegRepairOptions & ChooseOptions): Promise<RepairResult>;
  /** Marks a revision DEPLOYED where there is none. */
  promote(options: SkegRepairOptions & ChooseOptions): Promise<RepairResult>;
  /** Makes the labels of records and their content agree. */
  relabel(options: SkegRepairOptions & RelabelOptions): Promise<RepairResult>;
  /** Takes records that cannot be decoded out of the history. */
  quarantine(options: SkegRepairOptions & QuarantineOptions): Promise<RepairResult>;
  /** Writes damaged records anew, from what can be read of them. */
  salvage(options: SkegRepairOptions & SalvageOptions): Promise<RepairResult>;
  /** Deletes the oldest revisions. */
  prune(options: SkegRepairOptions & PruneOptions): Promise<RepairResult>;
  /** Removes the chart's files from old revisions. */
  slim(options: SkegRepairOptions): Promise<RepairResult>;
  /** Deletes the records of a release, and none of its objects. */
  forget(options: SkegRepairOptions): Promise<RepairResult>;
  /** Removes an object from a release that another release owns, too. */
  disown(options: SkegRepairOptions & DisownOptions): Promise<RepairResult>;
  /** Deletes what an interrupted deletion has left of a release. */
  finishDelete(options: SkegRepairOptions & FinishDeleteOptions): Promise<RepairResult>;
  /** Deletes objects that only failed revisions have made. */
  cleanupFailed(options: SkegRepairOptions & CleanupFailedOptions): Promise<RepairResult>;
  /** Deletes named objects that carry the labels of a release without a record; without names, it lists them. */
  deleteOrphans(options: SkegRepairOptions & DeleteOrphansOptions): Promise<RepairResult>;
  /** Deletes finished Jobs and Pods of hooks and tests. */
  cleanHooks(options: SkegRepairOptions): Promise<RepairResult>;
  /** Creates what is missing of a release, by a rollback to its DEPLOYED revision. */
  reapply(options: SkegRepairOptions & ReapplyOptions): Promise<RepairResult>;
  /** Decides a repair of all releases. The plan is data, ready for JSON; it holds no values of releases. */
  plan<N extends RepairName>(
    repair: N,
    options: SkegPlanRepairOptions<N>,
  ): Promise<{ readonly plan: SavedRepairPlan; readonly result: RepairResult }>;
  /** Performs a plan, as far as its records were not modified since. */
  apply(plan: SavedRepairPlan, options?: Omit<SkegRepairOptions, "release" | "yes">): Promise<RepairResult>;
  /** Maps API versions that the server no longer has, in the stored manifests of `release`, or of `all` releases. */
  mapApis(options: SkegMapApisOptions): Promise<RepairResult>;
  /** Makes a database usable for Tiller again, after a run of Helm 3. */
  sqlBookkeeping(options?: CallOptions & BookkeepingOptions): Promise<BookkeepingReport>;
  /** Restores the records that a repair wrote, unless they were modified since. */
  undo(options: SkegUndoOptions): Promise<UndoReport>;
}

/** Helm 3's database. */
export interface SkegHelm3Database {
  /** With Helm 3's storage `sql`: the database. */
  readonly sqlConnectionString?: string | undefined;
}

/** Options of {@linkcode SkegMigrate.helm3}. */
export interface SkegMigrateOptions extends CallOptions, SkegHelm3Database, MigrationChoices, MigrationSubject {
  /** True to write. Default false: only the plan. */
  readonly yes?: boolean | undefined;
  /** The plan that was approved: exactly that is done. Its releases and its choices count. */
  readonly approved?: MigrationPlan | undefined;
  /** If true, migrates although a Tiller runs. */
  readonly tillerRunning?: boolean | undefined;
  /** Folder for archives; default: `backups/CLUSTER` in the home, where CLUSTER is the UID of the cluster. */
  readonly archive?: string | undefined;
  /** Predicts the first Helm 3 upgrade of each release; `true` is the same as `{}`. Default: it is not predicted. */
  readonly predict?: boolean | PredictionChoices | undefined;
}

/** Options of {@linkcode SkegMigrate.verify}. */
export interface SkegVerifyMigrationOptions extends CallOptions, SkegHelm3Database {
  /** Names of releases. */
  readonly releases?: readonly string[] | undefined;
  /** All releases that were migrated instead. */
  readonly all?: boolean | undefined;
}

/** Options of {@linkcode SkegMigrate.back}. */
export interface SkegMigrateBackOptions extends SkegVerifyMigrationOptions {
  /** True to write. Default false: only the plan. */
  readonly yes?: boolean | undefined;
  /** If true, also removes the records that Helm 3 has made or changed itself. */
  readonly allRevisions?: boolean | undefined;
  /** Folder of archives; default: as in the migration. */
  readonly archive?: string | undefined;
}

/** Options of {@linkcode SkegMigrate.finish}. */
export interface SkegFinishOptions extends SkegVerifyMigrationOptions {
  /** True to write. Default false: only the plan. */
  readonly yes?: boolean | undefined;
  /** Folder of archives; default: as in the migration. */
  readonly archive?: string | undefined;
}

/** Migrations to Helm 3. Nothing is written without `yes: true`. */
export interface SkegMigrate {
  /** Plans the migration of releases, and performs it with `yes: true`. */
  helm3(options: SkegMigrateOptions): Promise<MigrationResult>;
  /** Compares releases that were migrated with what Helm 3 has of them. */
  verify(options: SkegVerifyMigrationOptions): Promise<readonly VerifiedRelease[]>;
  /** Gives releases that were migrated back to Helm 2. */
  back(options: SkegMigrateBackOptions): Promise<readonly ReturnedRelease[]>;
  /** Removes the records of Helm 2 of releases that were migrated. */
  finish(options: SkegFinishOptions): Promise<FinishResult>;
}

/** Options of {@linkcode Skeg.export}. */
export interface SkegExportOptions extends CallOptions, ExportOptions {}

/** Options of {@linkcode Skeg.import}. */
export interface SkegImportOptions extends CallOptions, Omit<ImportOptions, "archive"> {}

/** Options of {@linkcode Skeg.moveStorage}. */
export interface SkegMoveOptions extends CallOptions, Omit<MoveOptions, "target" | "backups"> {
  /** The new storage. */
  readonly to: {
    /** Default: the same kind as that of `createSkeg`. */
    readonly storage?: "configmap" | "secret" | "sql" | undefined;
    /** Namespace of the records; default: that of `createSkeg`. */
    readonly namespace?: string | undefined;
    /** With storage `sql`: the database. */
    readonly sqlConnectionString?: string | undefined;
    /** With storage `sql`: makes the table of records if the database has none. */
    readonly sqlCreateSchema?: boolean | undefined;
  };
  /** Folder for backups; default: `backups/CLUSTER` in the home, where CLUSTER is the UID of the cluster. */
  readonly backup?: string | undefined;
}

/** Options of {@linkcode Skeg.template}. */
export interface SkegTemplateOptions extends CallOptions, ValuesOptions, ChartPlaceOptions, NotesFlags {
  /** The fields of `.Release`. */
  readonly release?: ReleaseFacts | undefined;
  /**
   * The fields of `.Capabilities`, against which the chart's requirements on a cluster are checked; default:
   * those of `helm template`, and no check.
   */
  readonly capabilities?: CapabilityFacts | undefined;
}

/** Options of chart tests. */
export interface SkegUnittestOptions extends UnittestOptions {
  /** Called while tests run. */
  readonly events?: UnittestEvents | undefined;
}

/** Options of questions about a chart. */
export interface SkegWhyOptions extends CallOptions, ValuesOptions, ChartPlaceOptions {
  /** The fields of `.Release`. */
  readonly release?: ReleaseFacts | undefined;
  /** The fields of `.Capabilities`; default: those of `helm template`. */
  readonly capabilities?: CapabilityFacts | undefined;
}

/** The result of rendering a chart. */
export interface TemplateResult {
  /** Ordered by path, then by document. */
  readonly hooks: readonly Hook[];
  /** One per document, in the order of creation. */
  readonly manifests: readonly Manifest[];
  /** The manifests as one text, as a release records it. */
  readonly manifest: string;
  /** Empty when there are none. */
  readonly notes: string;
}

/** The operations. All reject with a `SkegError`. */
export interface Skeg extends SkegLooks {
  /** Installs a chart: one that is loaded, a path, or what `helm install` takes: `stable/web`, an address, `oci://…`. */
  install(chart: string | Chart, options?: SkegInstallOptions): Promise<Release>;
  /** Upgrades a release to another chart or other values; with `install: true`, installs one that does not exist. */
  upgrade(name: string, chart: string | Chart, options?: SkegUpgradeOptions): Promise<Release>;
  /** Rolls back to a revision; 0 or absent: the one before the newest. */
  rollback(name: string, revision?: number, options?: SkegRollbackOptions): Promise<Release>;
  /** Deletes a release. */
  delete(name: string, options?: SkegDeleteOptions): Promise<UninstallResult>;
  /** Lists releases as the command does: by default the DEPLOYED and FAILED ones, in storage order, which is by name. */
  list(options?: SkegListOptions): Promise<ListResult>;
  /** Returns a release with the state of its objects. */
  status(name: string, options?: SkegStatusOptions): Promise<StatusResult>;
  /** Returns the revisions, newest first. */
  history(name: string, options?: SkegHistoryOptions): Promise<readonly Release[]>;
  /**
   * Compares two revisions of a release, or the newest revisions of two releases, by their records; or a release with the
   * cluster. Secrets in the result are masked.
   */
  diff(name: string, options: SkegDiffOptions): Promise<ChangeReport>;
  /** Shows what operations would do, and why. */
  readonly plan: SkegPlans;
  /** The rights that operations need, for roles and for checks. */
  readonly rights: SkegRights;
  /**
   * Does what a saved plan shows, and returns the release as recorded. Rejects with kind `conflict` and exit status 3 when
   * the plan does not fit any more; nothing was changed then.
   */
  apply(plan: SavedPlan, options?: SkegApplyOptions): Promise<Release>;
  /** Returns the recorded release. */
  get(name: string, options?: SkegRevisionOptions): Promise<Release>;
  /** Waits until the objects of a release are ready; changes nothing. Resolves with the release. */
  wait(name: string, options?: SkegWaitOptions): Promise<Release>;
  /** Runs a release's tests. */
  test(name: string, options?: SkegTestOptions): Promise<TestResult>;
  /** Returns the local path of a chart, as `install` finds it; downloads what is not here. Needs no cluster. */
  locate(chart: string, options?: CallOptions & ChartPlaceOptions): Promise<string>;
  /** Renders a chart; needs no cluster. */
  template(chart: string | Chart, options?: SkegTemplateOptions): Promise<TemplateResult>;
  /**
   * Runs the suites of charts, as the command `unittest` does; needs no cluster. Failed tests are in the report.
   *
   * @param charts Folders or archives.
   */
  unittest(charts: string | readonly string[], options?: SkegUnittestOptions): Promise<UnittestReport>;
  /** Renders a chart and answers questions about the result, as the command `why` does; needs no cluster. */
  why(chart: string | Chart, options?: SkegWhyOptions): Promise<WhyAnswers>;
  /** Answers questions about a recorded revision; default the newest. */
  whyRelease(name: string, options?: SkegRevisionOptions): Promise<WhyAnswers>;
  /** Repairs stored records, with a backup. */
  readonly repair: SkegRepair;
  /** Examines releases and their records, and names what is wrong; changes nothing. */
  doctor(options?: SkegDoctorOptions): Promise<DoctorReport>;
  /** Packs releases into an archive. Its bytes hold secrets unless `redact` is set. */
  export(options?: SkegExportOptions): Promise<ExportResult>;
  /** Creates the releases of an archive: its bytes, or the path of its file. */
  import(archive: string | Uint8Array, options?: SkegImportOptions): Promise<ImportResult>;
  /** Moves records to another storage, with a backup. Nothing is written without `yes: true`. */
  moveStorage(options: SkegMoveOptions): Promise<MoveResult>;
  /** Migrates releases to Helm 3, and back. */
  readonly migrate: SkegMigrate;
  /** Closes kept connections. */
  close(): Promise<void>;
}

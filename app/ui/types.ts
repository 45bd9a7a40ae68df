/**
 * The data that `skeg ui` sends and takes: one type for each route of its API.
 *
 * Plain data, ready for JSON. Times are Unix seconds, `null` when unknown. Secrets are masked before an answer is
 * made. `ui/API.md` lists the routes.
 *
 * @module
 */
import type { Change, ChangeReport } from "../../engine/kube/explain/mod.ts";
import type { DoctorReport, FindingSeverity } from "../../engine/release/mod.ts";

/** The body of every answer whose status is 400 or higher, and the last line of a stream that failed. */
export interface UiFailure {
  readonly error: UiError;
}

/** Why a request failed. */
export interface UiError {
  /** The kind of the library's error, such as `not-found`, `forbidden`, `usage` or `timeout`. */
  readonly kind: string;
  /** One sentence. */
  readonly message: string;
  /** The next step; empty when there is none. */
  readonly hint: string;
}

/** POST `/session`: exchanges the start code for the token. */
export interface SessionRequest {
  /** The text after `#k=` of the address. Works once, for 60 seconds. */
  readonly code: string;
}

/** Answer of POST `/session`. */
export interface SessionAnswer {
  /** Sent with every request as `Authorization: Bearer TOKEN`. */
  readonly token: string;
}

/** GET `/contexts`. */
export interface ContextsAnswer {
  /** The contexts that this process was started for. At least one. */
  readonly contexts: readonly ContextEntry[];
}

/** One context. */
export interface ContextEntry {
  /** Its name, as in addresses. `sandbox` for the sandbox. */
  readonly name: string;
  /** Namespace of the context, or `default`. */
  readonly namespace: string;
  /** True for the context that a command without `--kube-context` uses. */
  readonly current: boolean;
}

/** GET `/me?ctx=`: the program, its flags, and the rights of the user in a cluster. */
export interface MeAnswer {
  readonly ctx: string;
  /** Name that the program was started with, such as `skeg`: the first word of a command line. */
  readonly program: string;
  /** Version of the program. */
  readonly version: string;
  /** Flags that belong on every copied command line, such as `--kube-context prod --tiller-namespace tiller`; or empty. */
  readonly globalFlags: string;
  /** Address of the API server, or `sandbox`; empty when the cluster cannot be reached. */
  readonly server: string;
  /** Such as `v1.34.4`; empty when the cluster cannot be reached. */
  readonly kubeVersion: string;
  /** Where records are kept: `configmap`, `secret`, `sql` or `memory`. */
  readonly storage: string;
  /** Namespace of the records. */
  readonly tillerNamespace: string;
  readonly sandbox: boolean;
  readonly allowWrite: boolean;
  readonly allowSecrets: boolean;
  /** Minutes without a tab after which the server ends. */
  readonly idleMinutes: number;
  readonly rights: readonly UiRight[];
  /** Why the cluster could not be asked; null when it was. */
  readonly error: UiError | null;
}

/** One right that a part of the page needs. */
export interface UiRight {
  /** The part: `list`, `resources`, `events`, `logs`, `write`. */
  readonly use: string;
  /** The right in words, such as `list configmaps in kube-system`. */
  readonly words: string;
  readonly allowed: boolean;
}

/** Names of the columns of a release row, in this order. */
export type ReleaseColumn =
  | "ctx"
  | "namespace"
  | "name"
  | "revision"
  | "status"
  | "chart"
  | "version"
  | "appVersion"
  | "updated"
  | "description";

/**
 * The cells of a row, as `columns` names them. `ctx` is an index into `contexts`. `updated` is in Unix seconds. The
 * others are texts; `revision` is a number.
 */
export type ReleaseRow = readonly (string | number | null)[];

/**
 * GET `/releases?ctx=&all=&revisions=&fields=`: the newest revision of every release.
 *
 * - `ctx`: one context; default all.
 * - `all=1`: also DELETED and PENDING releases, as `list --all`. Default: all statuses but DELETED.
 * - `revisions=1`: every revision.
 * - `fields=name,status`: only these columns, in this order.
 * - `fresh=1`: the cluster is asked, even while its records are watched for an open stream of `/events`.
 *
 * Has an `ETag`, which changes with any record.
 */
export interface ReleasesAnswer {
  /** Names that `ctx` cells point to. */
  readonly contexts: readonly string[];
  readonly columns: readonly string[];
  readonly rows: readonly ReleaseRow[];
  /** Number of releases, not counting the filter of statuses. */
  readonly releases: number;
  /** Number of records. */
  readonly revisions: number;
  /** Number of releases by the status of the newest revision, DELETED ones included. */
  readonly counts: Readonly<Record<string, number>>;
  /** Contexts that gave no answer. Their releases are missing. */
  readonly errors: readonly (UiError & { readonly ctx: string })[];
  /** Records that could not be read, such as `record web.v3 cannot be read: …`. */
  readonly unreadable: readonly { readonly ctx: string; readonly text: string }[];
}

/** POST `/releases/health`: asks how releases are. */
export interface HealthRequest {
  /** Pairs of context and release. At most 200. Four are asked at a time, in this order. */
  readonly ids: readonly (readonly [ctx: string, name: string])[];
  /** If true, an answer of the last 30 seconds is not used. */
  readonly fresh?: boolean;
}

/** One JSON line of the answer of POST `/releases/health`; one for each id, as soon as it is known. */
export interface HealthLine extends Health {
  readonly ctx: string;
  readonly name: string;
}

/** The state of an object, by the rules of `skeg wait`. `unknown`: it could not be read, or has no rule. */
export type UiState = "ready" | "progress" | "failed" | "deleting" | "missing" | "unknown";

/** How a release is: its objects in the cluster, judged as `skeg wait --wait-strict=all` does. */
export interface Health {
  /** The worst state among the objects; `ready` for a release without objects; `unknown` for a DELETED one. */
  readonly state: UiState;
  /** Number of objects that are ready. */
  readonly ready: number;
  /** Number of objects. */
  readonly total: number;
  /** For the list: `ok`, `1 of 6 waits`, `2 of 6 failed`, `-`. */
  readonly words: string;
  /** Objects that are not ready, the worst first. */
  readonly waiting: readonly WaitingObject[];
  /** When it was read, in Unix seconds. */
  readonly at: number;
  /** Why the objects could not be read; null when they were. */
  readonly error: UiError | null;
}

/** An object that is not ready. */
export interface WaitingObject {
  /** Such as `Deployment/web`. */
  readonly object: string;
  readonly namespace: string;
  readonly state: UiState;
  /** One sentence, such as `pod web-5c9f…: CrashLoopBackOff, exit code 1`. */
  readonly reason: string;
}

/** GET `/releases/{ctx}/{name}?revision=`: a release; default the newest revision. Has an `ETag`. */
export interface ReleaseAnswer {
  readonly ctx: string;
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  /** Number of the newest revision. */
  readonly newest: number;
  /** Such as `DEPLOYED`. */
  readonly status: string;
  readonly description: string;
  readonly firstDeployed: number | null;
  readonly lastDeployed: number | null;
  readonly deleted: number | null;
  /** Null when the record has no chart. */
  readonly chart: { readonly name: string; readonly version: string; readonly appVersion: string } | null;
  /** The results of the last `skeg test`; null when it never ran. */
  readonly tests:
    | readonly {
      readonly name: string;
      readonly status: string;
      readonly info: string;
      readonly completed: number | null;
    }[]
    | null;
}

/** GET `…/revisions?max=`: newest first, 500 at most unless `max` says another number. Has an `ETag`. */
export interface RevisionsAnswer {
  /** Number of records of the release. */
  readonly total: number;
  readonly revisions: readonly RevisionEntry[];
}

/** One revision. */
export interface RevisionEntry {
  readonly revision: number;
  readonly status: string;
  readonly updated: number | null;
  readonly chart: string;
  readonly version: string;
  readonly appVersion: string;
  readonly description: string;
  /** The change since the revision before, such as `values image.tag; 1 object`; for the first `installed`. */
  readonly phrase: string;
  /** Paths of user values that differ from the revision before. */
  readonly values: readonly string[];
  /** Objects that differ from the revision before, such as `Deployment/web`. */
  readonly objects: readonly string[];
  /** Size of the record as it is stored; null when the storage does not say. */
  readonly sizeBytes: number | null;
}

/** GET `…/revisions/{n}/values`. */
export interface ValuesAnswer {
  /** YAML of the user's values, masked. */
  readonly user: string;
  /** YAML of the computed values, as templates saw them, masked. */
  readonly computed: string;
  /** YAML of the chart's defaults, as in its values.yaml, masked. */
  readonly defaults: string;
  readonly leaves: readonly ValueLeaf[];
}

/** One leaf of the computed values. */
export interface ValueLeaf {
  /** Such as `image.tag`, as `--set` takes it. */
  readonly path: string;
  /** JSON text, masked. */
  readonly value: string;
  /** `user`: given by the user. `chart`: the chart's values.yaml. `parent`: a parent chart's values.yaml. */
  readonly source: "user" | "chart" | "parent";
  /** In words, such as `given at revision 4` or `values.yaml`. */
  readonly from: string;
  /** True if no template read it. Null when it is not known. */
  readonly dead: boolean | null;
  readonly masked: boolean;
}

/** GET `…/revisions/{n}/manifest`. */
export interface ManifestAnswer {
  /** The manifest's text, masked. Lines are numbered from 1. */
  readonly text: string;
  readonly documents: readonly ManifestDocument[];
}

/** A document of a manifest. */
export interface ManifestDocument {
  readonly kind: string;
  readonly name: string;
  /** Template path below the chart, such as `templates/web.yaml`; empty when the text does not say. */
  readonly template: string;
  /** First line of its text in the whole manifest. */
  readonly line: number;
}

/** GET `…/revisions/{n}/hooks`. */
export interface HooksAnswer {
  readonly hooks: readonly UiHook[];
}

/** A hook. */
export interface UiHook {
  readonly name: string;
  readonly kind: string;
  /** Template path. */
  readonly path: string;
  readonly events: readonly string[];
  readonly weight: number;
  readonly deletePolicies: readonly string[];
  readonly lastRun: number | null;
  /** Its manifest, masked. */
  readonly text: string;
}

/** GET `…/revisions/{n}/notes`. */
export interface NotesAnswer {
  /** Masked. Empty when there are none. */
  readonly notes: string;
}

/** GET `…/revisions/{n}/chart` and GET `/charts/{repo}/{name}/{version}`. */
export interface ChartAnswer {
  readonly name: string;
  readonly version: string;
  readonly appVersion: string;
  readonly description: string;
  readonly home: string;
  readonly deprecated: boolean;
  readonly maintainers: readonly string[];
  /** All files; those of subcharts below `charts/NAME/`. */
  readonly files: readonly { readonly path: string; readonly sizeBytes: number }[];
  readonly requirements: readonly { readonly name: string; readonly version: string }[];
  /** Text of the README; empty when there is none. */
  readonly readme: string;
  /** Text of values.yaml. */
  readonly values: string;
}

/** GET `…/revisions/{n}/chart?file=PATH` and GET `/charts/{repo}/{name}/{version}?file=PATH`. */
export interface ChartFileAnswer {
  readonly path: string;
  readonly text: string;
}

/**
 * GET `…/revisions/{n}/origins`: where output comes from.
 *
 * - `?line=N`: of line N of the manifest of `…/manifest`.
 * - `?object=KIND/NAME&path=spec.replicas`: of a field.
 */
export interface OriginAnswer {
  /** Such as `Deployment/web`. */
  readonly object: string;
  /** Such as `spec.replicas`; empty: the whole object. */
  readonly path: string;
  /** The field's text, masked. */
  readonly text: string;
  /** Template lines that wrote it, the innermost last. */
  readonly places: readonly { readonly file: string; readonly line: number; readonly text: string }[];
  readonly values: readonly OriginValue[];
  /** Values that decided that the field is written at all. */
  readonly conditions: readonly OriginValue[];
}

/** A value behind a field. */
export interface OriginValue {
  readonly path: string;
  /** Masked. */
  readonly text: string;
  readonly source: string;
}

/** GET `…/revisions/{n}/origins?value=PATH`: the fields that depend on a value. */
export interface ValueUsesAnswer {
  readonly uses: readonly { readonly object: string; readonly path: string; readonly isCondition: boolean }[];
}

/**
 * GET `…/diff?from=A&to=B&text=1`: the report that `docs/plan.schema.json` describes, as `diff revision -o json` prints it.
 * `to=live` compares revision A with the cluster. With `text=1` there is also `texts`.
 */
export interface DiffAnswer extends ChangeReport {
  /** Unified differences of the masked objects, in the order of `objects`; empty for objects without changes. */
  readonly texts?: readonly string[];
}

/** GET `…/resources?revision=&drift=1`. */
export interface ResourcesAnswer {
  readonly revision: number;
  readonly health: Health;
  /** The objects of the manifest, in its order. */
  readonly objects: readonly ResourceNode[];
  /** Objects of hooks, which are not part of the release's health. */
  readonly hooks: readonly ResourceNode[];
  /** Kinds that could not be read, such as `pods is forbidden: …`. */
  readonly errors: readonly UiError[];
}

/** One object, and the objects that it owns. */
export interface ResourceNode {
  /** As in addresses: `GROUP/VERSION/KIND`, or `VERSION/KIND` of the core group, such as `apps/v1/Deployment`, `v1/Pod`. */
  readonly gvk: string;
  readonly kind: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  readonly state: UiState;
  /** One sentence; empty when ready. */
  readonly reason: string;
  /** Creation, in Unix seconds; null when it does not exist. */
  readonly created: number | null;
  /** For pods and their owners: restarts of containers. Else null. */
  readonly restarts: number | null;
  /** With `drift=1`: true if the live object differs from the record. Else null. */
  readonly drift: boolean | null;
  /** For hooks: its events. Else absent. */
  readonly events?: readonly string[];
  readonly owned: readonly ResourceNode[];
}

/**
 * GET `…/objects/{gvk}/{namespace}/{name}?revision=`: one object of a release, or of those that they own. `gvk` is
 * encoded as one segment (`apps%2Fv1%2FDeployment`); the namespace of cluster-scoped objects is `-`.
 */
export interface LiveObjectAnswer {
  readonly gvk: string;
  readonly namespace: string;
  readonly name: string;
  readonly state: UiState;
  readonly reason: string;
  /** YAML of the live object, masked, without managed fields; empty when there is none. */
  readonly live: string;
  /** YAML of the object in the record, masked; empty for objects that are not in the manifest. */
  readonly record: string;
  /** Fields of the live object that differ from the record. */
  readonly changes: readonly Change[];
  readonly conditions: readonly UiCondition[];
  readonly events: readonly UiEvent[];
  /** For pods; else null. */
  readonly pod: PodDetails | null;
}

/** A condition of an object's status. */
export interface UiCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly since: number | null;
}

/** GET `…/events?kind=&namespace=&name=`: events of the release's objects and pods, or of one object, newest first. */
export interface EventsAnswer {
  readonly events: readonly UiEvent[];
}

/** An event of the cluster. */
export interface UiEvent {
  /** `Normal` or `Warning`. */
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  /** Such as `Pod/web-5c9f`. */
  readonly object: string;
  readonly namespace: string;
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
  /** Component that reported it. */
  readonly source: string;
}

/** A pod. */
export interface PodDetails {
  readonly phase: string;
  readonly node: string;
  readonly ip: string;
  readonly containers: readonly PodContainer[];
}

/** A container of a pod. */
export interface PodContainer {
  readonly name: string;
  readonly image: string;
  readonly init: boolean;
  readonly ready: boolean;
  readonly restarts: number;
  /** Such as `running`, `waiting: CrashLoopBackOff`, `terminated: Error, exit code 1`. */
  readonly state: string;
  readonly since: number | null;
  /** The last termination in words; empty when there was none. */
  readonly last: string;
  readonly lastAt: number | null;
}

/**
 * One JSON line of GET `…/logs/{namespace}/{pod}?container=&follow=1&previous=1&since=SECONDS&tail=LINES`. `tail` is 10,000
 * by default and at most.
 */
export interface LogLine {
  /** Time in RFC 3339, as the server gives it; empty when it gives none. */
  readonly time: string;
  /** Masked. ANSI colours are kept. */
  readonly text: string;
}

/** POST `…/plans`; for an install, POST `/releases/{ctx}/{name}/plans` with `operation: "install"`. */
export interface PlanRequest {
  readonly operation: "upgrade" | "rollback" | "delete" | "install";
  /** For upgrade and install: a path, `repo/name`, or an address. Absent for an upgrade: the chart of the newest revision. */
  readonly chart?: string;
  /** For upgrade and install: an archive (`.tgz`) as base64, instead of `chart`. */
  readonly archive?: string;
  readonly version?: string;
  /** YAML text. */
  readonly values?: string;
  readonly set?: readonly string[];
  readonly resetValues?: boolean;
  readonly reuseValues?: boolean;
  readonly force?: boolean;
  readonly noHooks?: boolean;
  readonly removedApis?: "refuse" | "map";
  /** For rollback: the revision; absent: the one before the newest. */
  readonly revision?: number;
  /** For delete. */
  readonly purge?: boolean;
  /** For install. */
  readonly namespace?: string;
  /** If true, the plan is kept for GET and apply. Default false: a preview. */
  readonly save?: boolean;
  /** If true, `texts` are made too. */
  readonly text?: boolean;
}

/** Answer of POST `…/plans`, and of GET `/plans/{digest}`. */
export interface PlanAnswer {
  /** Identifies the saved plan; empty for a preview. */
  readonly digest: string;
  readonly ctx: string;
  readonly release: string;
  /** The command line that does the same. */
  readonly command: string;
  readonly report: ChangeReport;
  /** As in {@linkcode DiffAnswer}. */
  readonly texts?: readonly string[];
  /** True if a risk is `danger`: apply must confirm with the release's name. */
  readonly danger: boolean;
  /** Unix seconds. */
  readonly made: number;
}

/** POST `/plans/{digest}/apply`; exists only with `--allow-write`. The answer is a stream of {@linkcode ApplyLine}. */
export interface ApplyRequest {
  /** The release's name; needed when the plan says `danger`. */
  readonly confirm?: string;
}

/** One JSON line of an apply: progress, then `done` or `error`. */
export type ApplyLine =
  | { readonly progress: string }
  | { readonly done: { readonly revision: number; readonly status: string } }
  | UiFailure;

/** GET `/doctor?ctx=&release=&deep=1`: as `doctor -o json` prints it. */
export interface DoctorAnswer extends DoctorReport {
  readonly ctx: string;
}

/**
 * One JSON line of GET `/findings?ctx=&fresh=1`: the worst findings that doctor has about each release of a context. One line for each
 * context, as soon as it is examined. An examination is shown for five minutes, unless `fresh` is given.
 */
export interface FindingsLine {
  readonly ctx: string;
  /** When the examination ended, in Unix seconds. */
  readonly at: number;
  /** The severity of the worst findings, their number, and the title of the first. Releases without findings are left out. */
  readonly rows: readonly (readonly [release: string, worst: FindingSeverity, count: number, title: string])[];
  /** Why the context could not be examined; null when it was. */
  readonly error: UiError | null;
}

/** POST `/doctor/preview`: shows what a proposed repair would write. Changes nothing. */
export interface RepairRequest {
  readonly ctx: string;
  /** The `command` of a {@linkcode ProposedRepair} of a finding, as it is. */
  readonly command: string;
}

/** Answer of POST `/doctor/preview`. */
export interface RepairAnswer {
  /** As `repair … -o json` prints it, secrets masked. */
  readonly preview: unknown;
  /** The same for people, as the command prints it. */
  readonly text: string;
}

/** GET `/charts?query=`: the repositories of the user's list, and the newest version of each chart. */
export interface ChartsAnswer {
  readonly repositories: readonly {
    readonly name: string;
    readonly url: string;
    readonly charts: number;
    /** When the index was fetched, in Unix seconds; null when there is none. */
    readonly updated: number | null;
    /** Why the index could not be read; empty when it was. */
    readonly problem: string;
  }[];
  /** `repo`, `name`, `version`, `appVersion`, `versions` (a number), `deprecated`, `description`. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | boolean)[])[];
}

/** GET `/charts/{repo}/{name}`: newest first. */
export interface ChartVersionsAnswer {
  readonly versions: readonly {
    readonly version: string;
    readonly appVersion: string;
    readonly created: number | null;
    readonly deprecated: boolean;
  }[];
}

/** POST `/charts/template`: renders a chart without a cluster. */
export interface TemplateRequest {
  readonly chart: string;
  readonly version?: string;
  /** YAML text. */
  readonly values?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** Answer of POST `/charts/template`. */
export interface TemplateAnswer {
  /** Masked, as `skeg template` prints it. */
  readonly text: string;
  readonly notes: string;
}

/** GET `/activity`: what this process did and saw, newest first, at most 1,000 entries. */
export interface ActivityAnswer {
  readonly entries: readonly ActivityEntry[];
  /** Requests to clusters that are waiting for an answer now. */
  readonly running: number;
  /** Requests to clusters since the start. */
  readonly requests: number;
}

/** One entry. */
export interface ActivityEntry {
  /** Rises by one. */
  readonly id: number;
  /** Unix seconds, with milliseconds. */
  readonly at: number;
  /** `request`: to a cluster, only those that failed. `operation`: a call of the page. `event`: of an operation. */
  readonly kind: "request" | "operation" | "event";
  readonly ctx: string;
  readonly text: string;
  /** Duration; null when it is not over or unknown. */
  readonly ms: number | null;
  readonly ok: boolean;
}

/** POST `/secrets/reveal`; exists only with `--allow-secrets`. */
export interface RevealRequest {
  readonly ctx: string;
  readonly release: string;
  readonly revision: number;
  /** Key of a Secret of the manifest: `{secret: "web-db", namespace: "shop", key: "password"}`; its live value with `live: true`. */
  readonly secret?: string;
  readonly namespace?: string;
  readonly key?: string;
  readonly live?: boolean;
  /** Or a path of the computed values. */
  readonly value?: string;
}

/** Answer of POST `/secrets/reveal`. */
export interface RevealAnswer {
  /** Decoded. */
  readonly value: string;
}

/**
 * One JSON line of GET `/events?ctx=&topics=releases,activity` or `/events?ctx=&topics=objects&release=&revision=`.
 *
 * The first line is `hello`; a line `alive` is sent after 20 quiet seconds. An open stream keeps the server running.
 */
export type StreamLine =
  | { readonly topic: "hello"; readonly columns: readonly string[]; readonly contexts: readonly string[] }
  | { readonly topic: "alive" }
  /** A release has a new newest revision, or another status. The row is as in {@linkcode ReleasesAnswer}. */
  | { readonly topic: "release"; readonly ctx: string; readonly name: string; readonly row: ReleaseRow }
  /** The last record of a release is gone. */
  | { readonly topic: "gone"; readonly ctx: string; readonly name: string }
  /** A watch broke off and began again: read the list again. */
  | { readonly topic: "reload"; readonly ctx: string }
  /** The objects of the release, at once and after every change of one. */
  | { readonly topic: "objects"; readonly ctx: string; readonly name: string; readonly resources: ResourcesAnswer }
  | { readonly topic: "activity"; readonly entry: ActivityEntry };

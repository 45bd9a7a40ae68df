/**
 * The plan of a migration to Helm 3: plain data, ready for JSON. It holds no values and no manifests.
 *
 * `plan.ts` makes it, `perform.ts` does what it says, and a saved plan is approved by its `digest`.
 *
 * @module
 */
import type { Release } from "../../model/mod.ts";
import type { ArchivedCluster, ArchivedStorage } from "../repair/archive.ts";
import type { Environment } from "../environment.ts";
import type { Helm3Release, Helm3Status } from "./record_types.ts";

/** Version of the format of saved plans. */
export const MIGRATION_FORMAT = 1;

/** The places in which Helm 3 keeps records, as `$HELM_DRIVER` names them. */
export type Helm3StorageName = "secret" | "configmap" | "sql";

/** The mark that Helm 3 wants on an object before it takes it over. */
export type AdoptionMark = "label" | "release-name" | "release-namespace";

/** The class of an object or a release: what the first Helm 3 upgrade does to it. */
export type PredictionClass =
  | "nothing"
  | "metadata"
  | "spec"
  | "restarts"
  | "drift"
  | "creates-removes"
  | "blocked"
  | "cannot-render"
  | "gone-api";

/** All classes, the harmless ones first. The class of a release is its worst. */
export const PREDICTION_CLASSES: readonly PredictionClass[] = [
  "nothing",
  "metadata",
  "spec",
  "restarts",
  "drift",
  "creates-removes",
  "blocked",
  "cannot-render",
  "gone-api",
];

/** An object of a cluster, by name. */
export interface ObjectAddress {
  /** Such as `apps/v1`. */
  readonly apiVersion: string;
  /** Such as `Deployment`. */
  readonly kind: string;
  /** Empty for objects without a namespace. */
  readonly namespace: string;
  /** `metadata.name`. */
  readonly name: string;
}

/** The effect of the first Helm 3 upgrade on one object. */
export interface ObjectPrediction {
  /** The object. */
  readonly object: ObjectAddress;
  /** Its class. */
  readonly class: PredictionClass;
  /** Why, one sentence each; the server's own words where it refused. */
  readonly reasons: readonly string[];
  /** Next steps, best first; empty when none is needed. */
  readonly advice: readonly string[];
  /** Paths of the fields that change, such as `spec.template.metadata.labels.heritage`. */
  readonly fields?: readonly string[] | undefined;
}

/** A label whose value differs between the record and the new manifest. */
export interface LabelMove {
  /** Such as `heritage`. */
  readonly key: string;
  /** In the record. */
  readonly from: string;
  /** In the new manifest. */
  readonly to: string;
}

/** The effect of the first Helm 3 upgrade on a release. */
export interface ReleasePrediction {
  /** The worst class of its objects, or of rendering. */
  readonly class: PredictionClass;
  /** True if rendered by our own engine instead of a real Helm 3. */
  readonly estimated: boolean;
  /** The program that rendered, such as `helm v3.22.0`; absent when estimated. */
  readonly renderedBy?: string | undefined;
  /** In the order of the new manifest. Objects of class `nothing` may be left out. */
  readonly objects: readonly ObjectPrediction[];
  /** About the release as a whole, one sentence each. */
  readonly reasons: readonly string[];
  /** Next steps, best first. */
  readonly advice: readonly string[];
  /** Labels that a post-renderer can keep as they are; absent when none moves. */
  readonly labels?: readonly LabelMove[] | undefined;
}

/** Input of a prediction. */
export interface PredictionInput {
  /** The revision that Helm 3 will take as base: the DEPLOYED one, else the newest. As Helm 2 recorded it. */
  readonly release: Release;
  /** The newest revision, as Helm 2 recorded it. */
  readonly newest: Release;
  /** The base as Helm 3 will find it: with its manifest mapped to API versions that the server has. */
  readonly record: Helm3Release;
  /** Live objects that carry the marks of Helm 3, or will after the adoption. */
  readonly adopted: readonly ObjectAddress[];
}

/** Predicts the first Helm 3 upgrade of a release. Changes nothing. */
export type PredictUpgrade = (env: Environment, input: PredictionInput) => Promise<ReleasePrediction>;

/** The reason why a release cannot be migrated now. */
export interface MigrationBlocker {
  /** Stable name: `pending`, `several-deployed`, `nothing-deployed`, `undecodable`, `namespace-gone`, `name`, `size`, `collision`, `exists`, `tiller`, `label`, `no-record`, `map-apis`. */
  readonly code: string;
  /** One sentence. */
  readonly text: string;
  /** The next step, with the command line where there is one; empty when there is none. */
  readonly hint: string;
}

/** State of a record's place in Helm 3's storage. */
export type TargetState = "missing" | "equal" | "other";

/** One revision of a migration. */
export interface RevisionMigration {
  /** Such as `web.v3`. */
  readonly key: string;
  /** Counted from 1. */
  readonly revision: number;
  /** UID of the record of Helm 2; empty for rows of a database. */
  readonly uid: string;
  /** As Helm 2 recorded it. */
  readonly sourceStatus: string;
  /** SHA-256 of the record of Helm 2, in hexadecimal. */
  readonly sourceSha256: string;
  /** As Helm 3 will read it. */
  readonly status: Helm3Status;
  /** Name of the record of Helm 3: `sh.helm.release.v1.web.v3`. */
  readonly target: string;
  /** SHA-256 of the JSON of the record of Helm 3. */
  readonly targetSha256: string;
  /** Bytes of the text that is stored. */
  readonly sizeBytes: number;
  /** State of the record's place. */
  readonly state: TargetState;
  /** Parts of the chart that are left out so that the record fits: `files`, `templates`. */
  readonly slimmed: readonly string[];
  /** Objects whose API versions are mapped: `Deployment "web": extensions/v1beta1 → apps/v1`. */
  readonly mapped: readonly string[];
  /** Parts that Helm 3's record cannot hold, one sentence each. */
  readonly notes: readonly string[];
  /** Why this revision is left out; absent when it is written. */
  readonly leftOut?: string | undefined;
}

/** One live object that is to carry Helm 3's marks. */
export interface AdoptionStep {
  /** The object. */
  readonly object: ObjectAddress;
  /** UID of the live object. */
  readonly uid: string;
  /** Marks to set; empty when the object has all that it may get. */
  readonly add: readonly AdoptionMark[];
  /** Why a mark is not set; empty when all are. */
  readonly note: string;
}

/** The migration of one release. */
export interface ReleaseMigration {
  /** The release. */
  readonly release: string;
  /** Namespace of the release, where Helm 3 keeps its records. */
  readonly namespace: string;
  /** Chart of the newest revision, such as `web-1.2.0`. */
  readonly chart: string;
  /** Newest first: the order in which they are written. */
  readonly revisions: readonly RevisionMigration[];
  /** In the order of the manifest. */
  readonly adoption: readonly AdoptionStep[];
  /** Why the release is not migrated; empty when it is. */
  readonly blockers: readonly MigrationBlocker[];
  /** Why nothing is to be done, such as a release that was deleted; absent when something is. */
  readonly skipped?: string | undefined;
  /** To know before it is approved, one sentence each. */
  readonly notes: readonly string[];
  /** True if an earlier run has finished the migration. */
  readonly migrated: boolean;
  /** The first Helm 3 upgrade; absent when it was not asked for. */
  readonly prediction?: ReleasePrediction | undefined;
  /** SHA-256 of all that is written, and of what it is made from. */
  readonly digest: string;
}

/** Choices that change what is written. */
export interface MigrationChoices {
  /** Where Helm 3 keeps its records; default `secret`. */
  readonly to?: Helm3StorageName | undefined;
  /** The newest revisions to migrate; absent or 0: all. */
  readonly max?: number | undefined;
  /** If true, also migrates releases that were deleted. */
  readonly includeDeleted?: boolean | undefined;
  /** If true, older revisions keep API versions that the server no longer has. */
  readonly keepOldManifests?: boolean | undefined;
  /** If true, revisions that do not fit are written without files, then without templates. */
  readonly slim?: boolean | undefined;
  /** If false, live objects are left alone. Default true. */
  readonly adopt?: boolean | undefined;
  /** If true, also sets the label on Pods, Namespaces, Nodes and PersistentVolumes, which selectors may count on. */
  readonly adoptSelectable?: boolean | undefined;
}

/** The plan of a migration. */
export interface MigrationPlan {
  /** Version of the format. */
  readonly migrationPlan: number;
  /** Such as `2026-01-31T12:00:00Z`. */
  readonly time: string;
  /** The cluster. */
  readonly cluster: ArchivedCluster;
  /** Where the records of Helm 2 are. */
  readonly storage: ArchivedStorage;
  /** The options that were chosen. */
  readonly choices: MigrationChoices;
  /** By name. */
  readonly releases: readonly ReleaseMigration[];
}

/**
 * A release, its hooks and its status as plain data, as Tiller stored them.
 *
 * Source: Helm 2.17.0, `hapi/release/*.proto`.
 *
 * @module
 */
import type { Chart, Config } from "./chart.ts";

/** A protobuf timestamp. */
export interface Timestamp {
  /** Whole seconds since 1970-01-01T00:00:00Z. */
  readonly seconds: number;
  /** 0 to 999,999,999. */
  readonly nanos: number;
}

/** Status codes, indexed by their number on the wire. */
export const STATUS_CODES = [
  "UNKNOWN",
  "DEPLOYED",
  "DELETED",
  "SUPERSEDED",
  "FAILED",
  "DELETING",
  "PENDING_INSTALL",
  "PENDING_UPGRADE",
  "PENDING_ROLLBACK",
] as const;

/** A release's status, spelled as stored. */
export type StatusCode = typeof STATUS_CODES[number];

/** Hook events, indexed by their number on the wire; spelled as in annotations. */
export const HOOK_EVENTS = [
  "unknown",
  "pre-install",
  "post-install",
  "pre-delete",
  "post-delete",
  "pre-upgrade",
  "post-upgrade",
  "pre-rollback",
  "post-rollback",
  "test-success",
  "test-failure",
  "crd-install",
] as const;

/** When a hook runs. */
export type HookEvent = typeof HOOK_EVENTS[number];

/** Delete policies, indexed by their number on the wire; spelled as in annotations. */
export const DELETE_POLICIES = ["hook-succeeded", "hook-failed", "before-hook-creation"] as const;

/** When a hook's object is deleted. */
export type DeletePolicy = typeof DELETE_POLICIES[number];

/** A document with a `helm.sh/hook` annotation. */
export interface Hook {
  /** `metadata.name`; may be empty. */
  readonly name: string;
  /** `kind` of the document. */
  readonly kind: string;
  /** Full template path, such as `parent/charts/sub/templates/job.yaml`. */
  readonly path: string;
  /** Trimmed document text, without a `# Source` line. */
  readonly manifest: string;
  /** In annotation order, duplicates kept. */
  readonly events: readonly HookEvent[];
  /** When it was last run. */
  readonly lastRun?: Timestamp | undefined;
  /** Lower runs first. */
  readonly weight: number;
  /** In annotation order. */
  readonly deletePolicies: readonly DeletePolicy[];
  /** Longest wait for its deletion. */
  readonly deleteTimeoutSeconds: number;
  /** Wire bytes of fields this version does not know; kept on rewrite. */
  readonly unknown?: Uint8Array;
}

/** One object's text and the template that made it. */
export interface Manifest {
  /** Full template path. */
  readonly path: string;
  /** `kind` of the document; empty for a document of comments only. */
  readonly kind: string;
  /** Trimmed document text. */
  readonly text: string;
}

/** Test result codes, indexed by their number on the wire. */
export const TEST_STATUSES = ["UNKNOWN", "SUCCESS", "FAILURE", "RUNNING"] as const;

/** The result of a test. */
export type TestStatus = typeof TEST_STATUSES[number];

/** One test's result. */
export interface TestRun {
  /** Name of the pod. */
  readonly name: string;
  /** The result. */
  readonly status: TestStatus;
  /** The failure in words; else empty. */
  readonly info: string;
  /** When it began. */
  readonly startedAt?: Timestamp | undefined;
  /** When it ended. */
  readonly completedAt?: Timestamp | undefined;
  /** Wire bytes of fields this version does not know; kept on rewrite. */
  readonly unknown?: Uint8Array;
}

/** The last run of a release's tests. */
export interface TestSuite {
  /** When the first test began. */
  readonly startedAt?: Timestamp | undefined;
  /** When the last test ended. */
  readonly completedAt?: Timestamp | undefined;
  /** One per test, in document order. */
  readonly results: readonly TestRun[];
  /** Wire bytes of fields this version does not know; kept on rewrite. */
  readonly unknown?: Uint8Array;
}

/** Status of a release. */
export interface Status {
  /** The status. */
  readonly code: StatusCode;
  /** Resource tables; filled by a status query, empty in storage. */
  readonly resources: string;
  /** Rendered NOTES.txt. */
  readonly notes: string;
  /** Results of the last `test`. */
  readonly lastTestSuiteRun?: TestSuite | undefined;
  /** Wire bytes of fields this version does not know; kept on rewrite. */
  readonly unknown?: Uint8Array;
}

/** Times, status and description of a release. */
export interface Info {
  /** Status and notes. */
  readonly status: Status;
  /** When revision 1 was made. */
  readonly firstDeployed?: Timestamp | undefined;
  /** When this revision was made. */
  readonly lastDeployed?: Timestamp | undefined;
  /** When it was deleted. */
  readonly deleted?: Timestamp | undefined;
  /** The last event in words. */
  readonly description: string;
  /** Wire bytes of fields this version does not know; kept on rewrite. */
  readonly unknown?: Uint8Array;
}

/** One revision of a release: the content of a record. */
export interface Release {
  /** Unique among the records. */
  readonly name: string;
  /** Namespace of objects that name none. */
  readonly namespace: string;
  /** From 1. The record calls it `version`. */
  readonly revision: number;
  /** Times, status and description. */
  readonly info: Info;
  /** The chart after requirements were processed; absent only in damaged records. */
  readonly chart?: Chart | undefined;
  /** The user's values, not merged with the chart's defaults. */
  readonly config?: Config | undefined;
  /** Non-hook documents with their `# Source` lines; begins with a newline unless empty. */
  readonly manifest: string;
  /** Documents that are hooks. */
  readonly hooks: readonly Hook[];
  /** Wire bytes of fields this version does not know; kept on rewrite. */
  readonly unknown?: Uint8Array;
}

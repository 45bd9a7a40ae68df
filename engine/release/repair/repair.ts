/**
 * The interface of a repair: a fix of stored records, decided before anything is written.
 *
 * A repair reads the records of one release and returns writes. `perform.ts` shows them, makes a backup, and
 * writes them one by one. To add a repair: one file that exports a {@linkcode Repair}, and one line in
 * `table.ts`.
 *
 * @module
 */
import type { ResourceInfo } from "../../kube/mod.ts";
import type { KubeObject, Release, StatusCode } from "../../model/mod.ts";
import type { RecordObject } from "../../../storage/mod.ts";
import type { Environment } from "../environment.ts";

/** A stored record of a release: the whole object, and the release in it when it can be decoded. */
export interface StoredRecord {
  /** Such as `web.v3`. */
  readonly key: string;
  /** Counted from 1; from the key. */
  readonly revision: number;
  /** The object as the server returned it. */
  readonly object: RecordObject;
  /** The decoded release; absent when it cannot be decoded. */
  readonly release?: Release | undefined;
  /** Why it cannot be decoded; absent when it can. */
  readonly problem?: string | undefined;
}

/** All records of one release, oldest first; at least one. */
export interface ReleaseRecords {
  /** The release. */
  readonly name: string;
  /** Oldest first. */
  readonly records: readonly StoredRecord[];
}

/** One change of a record, for a person: *record: subject, before → after*. */
export interface RepairChange {
  /** Key of the record: `web.v3`. */
  readonly record: string;
  /** The part of the record: `Deployment "web"`. */
  readonly subject: string;
  /** The current value: `extensions/v1beta1`. */
  readonly before: string;
  /** The new value: `apps/v1`. */
  readonly after: string;
  /** How it is changed, and the reason: `spec.selector from the live object`. */
  readonly details: readonly string[];
  /** Both sides as text, for a line-by-line diff. In reports, secrets are masked. */
  readonly texts?: { readonly before: string; readonly after: string } | undefined;
}

/** Something that a repair does not change. */
export interface RepairNote {
  /** Key of the record. */
  readonly record: string;
  /** The part of the record; empty for the whole record. */
  readonly subject: string;
  /** Why it is not changed. */
  readonly text: string;
  /** True if the repair should change this and cannot: the record is not changed, and the repair is incomplete. */
  readonly unsolved: boolean;
  /** The next step for the user; empty when there is none. */
  readonly hint: string;
}

/** One write: a record that is changed, deleted, or created. */
export type RecordWrite = RecordChange | RecordDeletion | RecordCreation;

/** A record that is to be changed. */
export interface RecordChange {
  /** Absent for changes. */
  readonly verb?: "update" | undefined;
  /** The record as it was read; its `resourceVersion` guards the write. */
  readonly record: StoredRecord;
  /** The release to write into it; absent: the content stays, byte for byte. */
  readonly release?: Release | undefined;
  /** Labels to set; `undefined` removes one. Absent: labels stay. */
  readonly labels?: Readonly<Record<string, string | undefined>> | undefined;
}

/** A record that is to be deleted. */
export interface RecordDeletion {
  /** Tells it from the other writes. */
  readonly verb: "delete";
  /** The record as it was read; its `uid` and `resourceVersion` guard the deletion. */
  readonly record: StoredRecord;
}

/** A record that is to be created, from the content of another one. */
export interface RecordCreation {
  /** Tells it from the other writes. */
  readonly verb: "create";
  /** The new key: `web.v3`. */
  readonly key: string;
  /** The record whose data, annotations and labels it gets. */
  readonly record: StoredRecord;
  /** Labels to set; `undefined` removes one. */
  readonly labels?: Readonly<Record<string, string | undefined>> | undefined;
}

/** An object that a repair deletes. */
export interface ObjectDeletion {
  /** Where it is. */
  readonly info: ResourceInfo;
  /** The whole object as it was read; its UID and `resourceVersion` guard the deletion. */
  readonly object: KubeObject;
  /** Key of the record that shows why it is deleted: `web.v3`. */
  readonly record: string;
  /** The reason, in words. */
  readonly reason: string;
}

/** Decisions of a repair. Nothing is written yet. */
export interface PreparedRepair {
  /** In the order of records. */
  readonly changes: readonly RepairChange[];
  /** In the order of records. */
  readonly notes: readonly RepairNote[];
  /**
   * At most one for each key, in the order in which they are written. After each of them the records must be in a state that
   * doctor names, and never may two revisions be DEPLOYED that were not before.
   */
  readonly writes: readonly RecordWrite[];
  /** Objects that are deleted before the records are written, in any order; absent for repairs of records alone. */
  readonly deletions?: readonly ObjectDeletion[] | undefined;
  /** An operation that follows the writes; absent for repairs that only write records. */
  readonly operation?: RepairOperation | undefined;
}

/** An operation on the release, such as a rollback. Undo does not cover it. */
export interface RepairOperation {
  /** In words, for the report: `rollback to revision 3`. */
  readonly text: string;
  /** Performs it. */
  readonly run: (env: Environment) => Promise<void>;
}

/** One fix. */
export interface Repair<Options> {
  /** The name on the command line: `map-apis`. */
  readonly name: string;
  /** Why it cannot be run on all releases at once; absent when it can. */
  readonly notForAll?: string | undefined;
  /** If true, it is about releases without records: none are read. */
  readonly withoutRecords?: boolean | undefined;
  /** If true, objects with the key of a record count as records, even if they lack the labels by which records are found. */
  readonly readsUnlabelled?: boolean | undefined;
  /**
   * Decides what is written. May read the cluster; changes nothing.
   *
   * @throws SkegError of kind `conflict` when the repair's conditions do not hold.
   */
  readonly prepare: (env: Environment, records: ReleaseRecords, options: Options) => Promise<PreparedRepair>;
}

/** Returns the result of a repair that changes nothing, with the reason. */
export function nothingToDo(record: string, text: string, hint = ""): PreparedRepair {
  return { changes: [], notes: [{ record, subject: "", text, unsolved: false, hint }], writes: [] };
}

/** Returns the status of a record: the label's, which may be edited by hand, else the content's. */
export function statusOf({ object, release }: StoredRecord): StatusCode | "" {
  return (object.metadata?.labels?.["STATUS"] ?? release?.info.status.code ?? "") as StatusCode | "";
}

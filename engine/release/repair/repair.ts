/**
 * The interface of a repair: a fix of stored records, decided before anything is written.
 *
 * A repair reads the records of one release and returns writes. `perform.ts` shows them, makes a backup, and
 * writes them one by one. To add a repair: one file that exports a {@linkcode Repair}, and one line in
 * `table.ts`.
 *
 * @module
 */
import type { Release, StatusCode } from "../../model/mod.ts";
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
  /** Both sides as text, for a line-by-line diff. */
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

/** A record that is to be written. */
export interface RecordWrite {
  /** The record as it was read; its `resourceVersion` guards the write. */
  readonly record: StoredRecord;
  /** The release to write into it. */
  readonly release: Release;
}

/** Decisions of a repair. Nothing is written yet. */
export interface PreparedRepair {
  /** In the order of records. */
  readonly changes: readonly RepairChange[];
  /** In the order of records. */
  readonly notes: readonly RepairNote[];
  /** At most one for each record, in the order in which they are written. */
  readonly writes: readonly RecordWrite[];
}

/** One fix. */
export interface Repair<Options> {
  /** The name on the command line: `map-apis`. */
  readonly name: string;
  /** Decides what is written. May read the cluster; changes nothing. */
  readonly prepare: (env: Environment, records: ReleaseRecords, options: Options) => Promise<PreparedRepair>;
}

/** Returns the status of a record: the label's, which may be edited by hand, else the content's. */
export function statusOf({ object, release }: StoredRecord): StatusCode | "" {
  return (object.metadata?.labels?.["STATUS"] ?? release?.info.status.code ?? "") as StatusCode | "";
}

/**
 * What a repair is: a fix of stored records, decided before anything is written.
 *
 * A repair reads the records of one release and returns writes. The frame
 * (`perform.ts`) shows them, makes a backup, and writes them one by one.
 * To add a repair: one file that exports a {@linkcode Repair}, and one line in
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
  /** The object as the server gave it. */
  readonly object: RecordObject;
  /** What the object holds; absent when it cannot be decoded. */
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
  /** What it is now: `extensions/v1beta1`. */
  readonly before: string;
  /** What it becomes: `apps/v1`. */
  readonly after: string;
  /** How it is changed, and why so: `spec.selector from the live object`. */
  readonly details: readonly string[];
  /** Both sides as text that can be compared line by line. */
  readonly texts?: { readonly before: string; readonly after: string } | undefined;
}

/** Something that a repair leaves as it is. */
export interface RepairNote {
  /** Key of the record. */
  readonly record: string;
  /** The part of the record; empty for the whole record. */
  readonly subject: string;
  /** Why it is left as it is. */
  readonly text: string;
  /** True when the repair was meant to change this and cannot: the record stays as it is, and the repair is not complete. */
  readonly unsolved: boolean;
  /** The way out; empty when there is none. */
  readonly hint: string;
}

/** A record that is to be written. */
export interface RecordWrite {
  /** The record as it was read; its `resourceVersion` guards the write. */
  readonly record: StoredRecord;
  /** The release to write into it. */
  readonly release: Release;
}

/** What a repair decided. Nothing is written yet. */
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
  /** What people type: `map-apis`. */
  readonly name: string;
  /** Decides what is written. May read the cluster; changes nothing. */
  readonly prepare: (env: Environment, records: ReleaseRecords, options: Options) => Promise<PreparedRepair>;
}

/** Status of a record: the label's, which may be edited by hand, else the content's. */
export function statusOf({ object, release }: StoredRecord): StatusCode | "" {
  return (object.metadata?.labels?.["STATUS"] ?? release?.info.status.code ?? "") as StatusCode | "";
}

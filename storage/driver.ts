/**
 * What a place for release records promises.
 *
 * Keys are `NAME.vREVISION`. Every write is guarded: `create` fails when the
 * record exists, `update` when somebody else wrote it since it was read.
 *
 * Source: Helm 2.17.0, `pkg/storage/driver`; `release-pipeline.md` 1.5.
 *
 * @module
 */
import type { Release, StatusCode } from "../model/mod.ts";

/** Labels that a query can ask for. */
export interface RecordQuery {
  /** By the label NAME. */
  readonly name?: string;
  /** By the label STATUS, which may differ from the decoded record after a manual edit. */
  readonly status?: StatusCode;
}

/** Shared options of all driver calls. */
export interface DriverOptions {
  /** Ends the call. */
  readonly signal?: AbortSignal | undefined;
}

/** A place for release records. */
export interface Driver {
  /** `ConfigMap`, `Secret` or `Memory`. */
  readonly name: string;
  /** The record under `key`; rejects with kind `not-found` and `release: "key" not found`. */
  get(key: string, options?: DriverOptions): Promise<Release>;
  /** All records that can be decoded; those that cannot are reported to `onBroken` and left out. */
  list(options?: DriverOptions): Promise<Release[]>;
  /** Records by label. None: rejects with kind `not-found` and `release: "name" not found`. */
  query(labels: RecordQuery, options?: DriverOptions): Promise<Release[]>;
  /** Writes a new record; kind `exists` and `release: "key" already exists` when there is one. */
  create(release: Release, options?: DriverOptions): Promise<void>;
  /** Rewrites a record; kind `conflict` when somebody else wrote it since this driver read or wrote it. */
  update(release: Release, options?: DriverOptions): Promise<void>;
  /** Removes a record and returns it; kind `not-found` when there is none. */
  delete(key: string, options?: DriverOptions): Promise<Release>;
  /** Throws with kind `record` when `release` could never be stored here; asked before anything else is created. */
  check?(release: Release): void;
}

/** One answer of the API server, as far as drivers care: JSON body and HTTP status. */
export interface ObjectAnswer {
  /** HTTP status. */
  readonly status: number;
  /** Parsed JSON. */
  readonly body: unknown;
}

/** The few object calls that cluster drivers need; the kube client's transport is adapted to it. */
export type ObjectCall = (
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
  options?: DriverOptions,
) => Promise<ObjectAnswer>;

/** The key of a revision's record, such as `web.v3`. */
export function releaseKey(name: string, revision: number): string {
  return `${name}.v${revision}`;
}

/**
 * Records in the memory of this process: for tests, and for use without a cluster.
 *
 * Source: Helm 2.17.0, `pkg/storage/driver/memory.go`. Two differences from it: a record is found by name and
 * revision, so that a name may contain `.v`; and a query that finds nothing rejects, as in the other drivers.
 *
 * @module
 */
import { recordExists, recordModified, recordNotFound } from "./_record_errors.ts";
import type { Release } from "../engine/model/mod.ts";
import { withDetail } from "./detail.ts";
import {
  type Driver,
  type RecordFetchOptions,
  type RecordQuery,
  type RecordVersion,
  releaseKey,
  type StoredRelease,
  withVersion,
} from "./driver.ts";
import { headOf } from "./heads.ts";
import { recordLabels } from "./labels.ts";
import { textOfPlain } from "./plain.ts";
import type { PlainRecord } from "./driver.ts";
import { decodeRecord, encodeRecord } from "./record.ts";

/** Where memory drivers keep records; two drivers over one store see each other's writes. */
export type MemoryStore = Map<string, Release>;

/** Returns a driver over `store`, empty unless given. */
export function memoryDriver(store: MemoryStore = new Map()): Driver {
  // Long: one short entry for each method of a driver.
  /** Every write stores a new object, which is also its version. */
  const put = (key: string, release: Release): RecordVersion => {
    const kept = { ...release };
    store.set(key, kept);
    return kept;
  };
  const stored = (release: Release): StoredRelease => withVersion({ ...release }, release);
  const labelled = ({ name, status }: RecordQuery): Release[] =>
    [...store.values()].filter((release) =>
      (name === undefined || release.name === name) && (status === undefined || release.info.status.code === status)
    );
  const take = (key: string): Release => {
    const release = store.get(key);
    if (release === undefined) throw recordNotFound(key);
    return release;
  };
  const plain = (release: Release): PlainRecord => ({
    key: releaseKey(release.name, release.revision),
    labels: recordLabels(release),
    annotations: {},
    data: { release: encodeRecord(release) },
    binaryData: {},
    version: release,
  });
  return {
    name: "Memory",
    plain: {
      kind: "Memory",
      namespace: "",
      list: (labels) => attempt(() => labelled(labels).map(plain)),
      create: (record) =>
        attempt(() => {
          if (store.has(record.key)) throw recordExists(record.key);
          put(record.key, decodeRecord(textOfPlain(record)));
        }),
      remove: ({ key, version }) =>
        attempt(() => {
          const current = store.get(key);
          if (current !== undefined && current !== version) throw recordModified(key);
          store.delete(key);
        }),
      held: (record) => plain(decodeRecord(textOfPlain(record))),
    },
    get: (key) => attempt(() => stored(take(key))),
    list: () => attempt(() => [...store.values()]),
    heads: (labels) => attempt(() => labelled(labels).map(headOf)),
    fetch: (keys, { detail, onRecord }: RecordFetchOptions = {}) =>
      attempt(() =>
        keys.flatMap((key) => {
          const release = store.get(key);
          if (release === undefined) return [];
          const given = withDetail(release, detail);
          onRecord?.(key, given);
          return [given];
        })
      ),
    query: (labels) =>
      attempt(() => {
        const found = labelled(labels);
        if (found.length === 0) throw recordNotFound(labels.name ?? "");
        return found.map(stored);
      }),
    create: (release) =>
      attempt(() => {
        const key = releaseKey(release.name, release.revision);
        if (store.has(key)) throw recordExists(key);
        return put(key, release);
      }),
    update: (release, { version } = {}) =>
      attempt(() => {
        const key = releaseKey(release.name, release.revision);
        const current = store.get(key);
        if (current === undefined) throw recordNotFound(key);
        if (version !== undefined && version !== current) {
          throw recordModified(key);
        }
        return put(key, release);
      }),
    delete: (key) =>
      attempt(() => {
        const release = take(key);
        store.delete(key);
        return release;
      }),
  };
}

/** Calls `run` at once; turns what it throws into a rejection. */
function attempt<T>(run: () => T): Promise<T> {
  return new Promise((resolve) => resolve(run()));
}

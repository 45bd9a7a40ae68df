/**
 * The records that one list has read.
 *
 * @module
 */
import type { Release, StatusCode } from "../model/mod.ts";
import {
  fetchRecords,
  type RecordFetchOptions,
  type RecordHead,
  type RecordReader,
  releaseKey,
} from "../../storage/mod.ts";
import { isStray, labelDifferences, type MislabelledRecord } from "./_label_check.ts";
import { fetchOptions } from "./_outline.ts";
import type { Environment } from "./environment.ts";

/** Which records belong to a list. */
export interface RecordsWanted {
  /** With one of these statuses. */
  readonly statuses: readonly StatusCode[];
  /** Of releases in this namespace; empty or absent: in any. */
  readonly namespace?: string | undefined;
  /** True to keep outlines only. */
  readonly outlines?: boolean | undefined;
  /** True if a match of the label STATUS is enough. */
  readonly checkLabels?: boolean | undefined;
}

/** A revision whose record may not have been read yet. */
export interface ListedRecord {
  /** The facts from the object's metadata. */
  readonly head: RecordHead;
  /** The record, once it is read. */
  readonly release?: Release;
}

/** The records that one list has read, by object name: the content may name another release. */
export class Records {
  readonly #env: Environment;
  readonly #wanted: RecordsWanted;
  readonly #read = new Map<string, Release>();
  /** Options for fetching records. */
  readonly fetching: RecordFetchOptions;

  /** Reads nothing yet. */
  constructor(env: Environment, wanted: RecordsWanted) {
    this.#env = env;
    this.#wanted = wanted;
    this.fetching = { ...fetchOptions(env, wanted), onRecord: (key, release) => void this.#read.set(key, release) };
  }

  /** Reads the records of heads; returns those that exist and belong to the list. */
  async entries(reader: RecordReader, heads: readonly RecordHead[]): Promise<ListedRecord[]> {
    const [strays, others] = [heads.filter(isStray), heads.filter((head) => !isStray(head))];
    const found = await Promise.all([
      fetchRecords(reader, others.map(({ key }) => key), this.fetching),
      // An object without the label may not be a record at all.
      fetchRecords(this.#env.driver, strays.map(({ key }) => key), { ...this.fetching, quiet: true }),
    ]);
    // For drivers that do not call `onRecord`.
    for (const release of found.flat()) {
      const key = releaseKey(release.name, release.revision);
      if (!this.#read.has(key)) this.#read.set(key, release);
    }
    return heads.flatMap((head): ListedRecord[] => {
      const release = this.#read.get(head.key);
      return release !== undefined && this.#belongs(head, release) ? [{ head, release }] : [];
    });
  }

  /** True if a record belongs to the list. Helm 2: the record's content decides, not its label. */
  #belongs({ status }: RecordHead, { info, namespace }: Release): boolean {
    const { checkLabels, ...wanted } = this.#wanted;
    const statuses: readonly string[] = wanted.statuses;
    const isWanted = statuses.includes(info.status.code) || checkLabels === true && statuses.includes(status);
    return isWanted && (!wanted.namespace || namespace === wanted.namespace);
  }

  /** Returns the records that were read and whose labels contradict their content. */
  mislabelled(heads: readonly RecordHead[]): MislabelledRecord[] {
    return heads.flatMap((head) => {
      const release = this.#read.get(head.key);
      const differences = release === undefined ? [] : labelDifferences(head, release);
      return differences.length === 0 ? [] : [{ key: head.key, differences }];
    });
  }
}

/**
 * The records that one list has read.
 *
 * @module
 */
import type { Release, StatusCode } from "../model/mod.ts";
import { type FetchOptions, fetchRecords, type RecordHead, type RecordReader, releaseKey } from "../../storage/mod.ts";
import { isStray, labelDifferences, type MislabelledRecord } from "./_label_check.ts";
import { fetchOptions } from "./_outline.ts";
import type { Environment } from "./environment.ts";

/** Which records belong to a list. */
export interface RecordsWanted {
  /** Of these statuses. */
  readonly statuses: readonly StatusCode[];
  /** Of releases of this namespace; empty or absent: of all. */
  readonly namespace?: string | undefined;
  /** Hold outlines only. */
  readonly outlines?: boolean | undefined;
  /** The label STATUS counts as well. */
  readonly checkLabels?: boolean | undefined;
}

/** A revision of which the record may not be read yet. */
export interface Entry {
  /** What the object's metadata tells. */
  readonly head: RecordHead;
  /** The record, once it is read. */
  readonly release?: Release;
}

/** The records that one list has read, by the names of their objects: content may name another release. */
export class Records {
  readonly #env: Environment;
  readonly #wanted: RecordsWanted;
  readonly #read = new Map<string, Release>();
  /** How records are fetched. */
  readonly fetching: FetchOptions;

  /** Nothing is read yet. */
  constructor(env: Environment, wanted: RecordsWanted) {
    this.#env = env;
    this.#wanted = wanted;
    this.fetching = { ...fetchOptions(env, wanted), onRecord: (key, release) => void this.#read.set(key, release) };
  }

  /** Reads the records of heads; gives those that are there and belong to the list. */
  async entries(reader: RecordReader, heads: readonly RecordHead[]): Promise<Entry[]> {
    const [strays, others] = [heads.filter(isStray), heads.filter((head) => !isStray(head))];
    const found = await Promise.all([
      fetchRecords(reader, others.map(({ key }) => key), this.fetching),
      // What lacks the label may be no record at all.
      fetchRecords(this.#env.driver, strays.map(({ key }) => key), { ...this.fetching, quiet: true }),
    ]);
    // For drivers that do not tell the key.
    for (const release of found.flat()) {
      const key = releaseKey(release.name, release.revision);
      if (!this.#read.has(key)) this.#read.set(key, release);
    }
    return heads.flatMap((head): Entry[] => {
      const release = this.#read.get(head.key);
      return release !== undefined && this.#belongs(head, release) ? [{ head, release }] : [];
    });
  }

  /** Whether a record belongs to the list. Helm 2: the record itself decides, not its label. */
  #belongs({ status }: RecordHead, { info, namespace }: Release): boolean {
    const { checkLabels, ...wanted } = this.#wanted;
    const statuses: readonly string[] = wanted.statuses;
    const isWanted = statuses.includes(info.status.code) || checkLabels === true && statuses.includes(status);
    return isWanted && (!wanted.namespace || namespace === wanted.namespace);
  }

  /** What the labels of records contradict that were read. */
  mislabelled(heads: readonly RecordHead[]): MislabelledRecord[] {
    return heads.flatMap((head) => {
      const release = this.#read.get(head.key);
      const differences = release === undefined ? [] : labelDifferences(head, release);
      return differences.length === 0 ? [] : [{ key: head.key, differences }];
    });
  }
}

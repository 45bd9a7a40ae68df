/**
 * Reads the content of records: a few facts of each, and whole releases of the few that checks need.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Info, Release, StatusCode } from "../../model/mod.ts";
import { readRecord, releaseKey } from "../../../storage/mod.ts";
import { recordOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import type { RecordEntry, RecordStore } from "./inventory.ts";
import { messageOf } from "../../base/mod.ts";

/** Facts of one record. The whole release is not part of it: a store has thousands. */
export interface RecordFacts {
  /** The metadata. */
  readonly entry: RecordEntry;
  /** True if the content was read. */
  readonly wasRead: boolean;
  /** The status in the content; the label's if the content was not read or cannot be decoded. */
  readonly status: StatusCode | "";
  /** Why the content cannot be decoded; absent if it can, or was not read. */
  readonly problem?: string | undefined;
  /** Facts of the content; absent if it was not read or cannot be decoded. */
  readonly content?: ContentFacts | undefined;
  /**
   * Documents whose API version has an end, by their identity alone, as text of a manifest; absent unless all revisions are
   * read.
   */
  readonly endingApis?: string | undefined;
  /** Size of the stored text in bytes; absent if it was not read, and for drivers without texts. */
  readonly textBytes?: number | undefined;
}

/** Facts of a record's content. */
export interface ContentFacts {
  /** The record's key as the content demands it. */
  readonly key: string;
  /** Name of the release. */
  readonly name: string;
  /** Namespace of the release. */
  readonly namespace: string;
  /** Revision. */
  readonly revision: number;
  /** Times, description and status; without notes. */
  readonly info: Info;
  /** Such as `web-1.4.0`; empty without a chart. */
  readonly chart: string;
  /** True if the release has a manifest text. */
  readonly hasManifest: boolean;
}

/** A record with its content. */
export interface ReadRecord extends RecordFacts {
  /** The release; absent if it cannot be decoded. */
  readonly release?: Release | undefined;
  /** The stored text, for the diagnosis of a damaged record; absent for drivers without texts. */
  readonly text?: string | undefined;
}

/** Returns the facts that need no content. */
export function unreadRecord(entry: RecordEntry): RecordFacts {
  return { entry, wasRead: false, status: entry.status };
}

/** Reads one record; `undefined` when it was removed since it was listed. */
export async function readEntry(
  env: Environment,
  { driver }: Pick<RecordStore, "driver">,
  entry: RecordEntry,
): Promise<ReadRecord | undefined> {
  const options = recordOptions(env);
  // Errors of the connection are not problems of the record.
  const text = await driver.envelope?.(entry.key, options);
  if (driver.envelope !== undefined && text === undefined) return undefined;
  try {
    const release = text === undefined ? await driver.get(entry.key, options) : await readRecord(text);
    const { status } = release.info;
    const content = contentFacts(release);
    return { entry, wasRead: true, status: status.code, content, release, text, textBytes: text?.length };
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    if (error.kind === "not-found") return undefined;
    if (error.kind !== "record") throw error;
    const problem = messageOf(error);
    return { entry, wasRead: true, status: entry.status, problem, text, textBytes: text?.length };
  }
}

/** Returns the facts alone, so that the release can be freed. */
export function factsOnly({ release: _, text: __, ...facts }: ReadRecord): RecordFacts {
  return facts;
}

function contentFacts({ name, namespace, revision, info, chart, manifest }: Release): ContentFacts {
  return {
    key: releaseKey(name, revision),
    name,
    namespace,
    revision,
    info: { ...info, status: { ...info.status, notes: "", resources: "" } },
    chart: chart === undefined ? "" : `${chart.metadata.name}-${chart.metadata.version}`,
    hasManifest: manifest !== "",
  };
}

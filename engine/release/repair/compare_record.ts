/**
 * Compares a record with the state in which a repair left it.
 *
 * @module
 */
import type { Release } from "../../model/mod.ts";
import type { RawRecords, RecordObject } from "../../../storage/mod.ts";
import type { ArchivedWrite } from "./archive.ts";
import { dataDigest } from "./digest.ts";
import { messageOf } from "../../base/mod.ts";

/**
 * State of a record that a repair wrote.
 *
 * - `repaired`: as the repair left it; it is restored. A record that the repair deleted is created again, and one that it
 *   created is deleted.
 * - `original`: as it is in the backup; nothing to do.
 * - `modified`: neither; nothing is restored.
 * - `missing`: deleted by another client; nothing is restored.
 */
export type UndoState = "repaired" | "original" | "modified" | "missing";

/** One record of an undo. */
export interface UndoRecord {
  /** Such as `web.v3`. */
  readonly key: string;
  /** As found. */
  readonly state: UndoState;
  /** For `modified`: the differences from the repair's write. */
  readonly differences: readonly string[];
}

/**
 * Compares a live record with the repair's write, and with the record before it.
 *
 * @param original The record in the backup; absent for one that the repair created.
 * @param live Absent when there is none.
 */
export async function compareRecord(
  raw: RawRecords,
  write: ArchivedWrite,
  original: RecordObject | undefined,
  live: RecordObject | undefined,
): Promise<UndoRecord> {
  const { key, verb } = write;
  const as = (state: UndoState, ...differences: string[]): UndoRecord => ({ key, state, differences });
  if (live === undefined) {
    return verb === "delete" ? as("repaired") : verb === "create" ? as("original") : as("missing", "it was deleted");
  }
  if (verb !== "delete" && await isAs(live, write.labels, write.dataSha256)) return as("repaired");
  if (original !== undefined && await isAs(live, original.metadata?.labels ?? {}, await dataDigest(original))) {
    return as("original");
  }
  // A record that was created again with the same content would have passed above: nothing is lost then.
  if (verb === "delete") return as("modified", "it was created again, with other content");
  if (original !== undefined && live.metadata?.uid !== original.metadata?.uid) {
    return as("modified", "it was deleted and created again");
  }
  const differences = labelDifferences(write.labels, live.metadata?.labels ?? {});
  if (await dataDigest(live) !== write.dataSha256) {
    differences.push(...original === undefined ? ["its content"] : await contentDifferences(raw, original, live));
  }
  return as("modified", ...differences);
}

async function isAs(live: RecordObject, labels: ArchivedWrite["labels"], dataSha256: string): Promise<boolean> {
  return labelDifferences(labels, live.metadata?.labels ?? {}).length === 0 && await dataDigest(live) === dataSha256;
}

function labelDifferences(before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].sort()
    .filter((key) => before[key] !== now[key])
    .map((key) => `label ${key}: ${before[key] ?? "none"} -> ${now[key] ?? "none"}`);
}

/** Parts of a release that no repair of text changes. */
const PARTS: readonly (readonly [name: string, of: (release: Release) => string])[] = [
  ["status", ({ info }) => info.status.code],
  ["description", ({ info }) => JSON.stringify(info.description)],
  ["namespace", ({ namespace }) => namespace],
];

/** Returns the differences in the record itself. The archive has only a digest of the repair's text. */
async function contentDifferences(raw: RawRecords, original: RecordObject, live: RecordObject): Promise<string[]> {
  try {
    const [before, now] = await Promise.all([raw.decode(original), raw.decode(live)]);
    const found = PARTS.filter(([, of]) => of(before) !== of(now)).map(([name, of]) =>
      `record: ${name} ${of(before)} -> ${of(now)}`
    );
    return found.length > 0 ? found : ["record: its text was written again since the repair"];
  } catch (error) {
    return [`record: ${messageOf(error)}`];
  }
}

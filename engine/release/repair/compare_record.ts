/**
 * Compares a record with the state in which a repair left it.
 *
 * @module
 */
import type { Release } from "../../model/mod.ts";
import type { RawRecords, RecordObject } from "../../../storage/mod.ts";
import { messageOf } from "../_calls.ts";
import type { ArchivedWrite } from "./archive.ts";
import { dataDigest } from "./digest.ts";

/**
 * State of a record that a repair wrote.
 *
 * - `repaired`: as the repair left it; it is restored.
 * - `original`: as it is in the backup; nothing to do.
 * - `modified`: neither; nothing is restored.
 * - `missing`: deleted; nothing is restored.
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
 * @param original The record in the backup.
 * @param live Absent when it was deleted.
 */
export async function compareRecord(
  raw: RawRecords,
  write: ArchivedWrite,
  original: RecordObject,
  live: RecordObject | undefined,
): Promise<UndoRecord> {
  const { key } = write;
  if (live === undefined) return { key, state: "missing", differences: ["it was deleted"] };
  if (live.metadata?.uid !== original.metadata?.uid) {
    return { key, state: "modified", differences: ["it was deleted and created again"] };
  }
  const digest = await dataDigest(live);
  const labels = live.metadata?.labels ?? {};
  if (digest === write.dataSha256 && labelDifferences(write.labels, labels).length === 0) {
    return { key, state: "repaired", differences: [] };
  }
  const originalLabels = original.metadata?.labels ?? {};
  if (digest === await dataDigest(original) && labelDifferences(originalLabels, labels).length === 0) {
    return { key, state: "original", differences: [] };
  }
  const differences = labelDifferences(write.labels, labels);
  if (digest !== write.dataSha256) differences.push(...await contentDifferences(raw, original, live));
  return { key, state: "modified", differences };
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

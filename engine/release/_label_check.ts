/**
 * Compares the labels of records with their content. A record with wrong labels is not found, or is found
 * under another name.
 *
 * @module
 */
import type { Release } from "../model/mod.ts";
import { OWNER, type RecordHead, recordLabels, releaseKey } from "../../storage/mod.ts";

/** One label (or the name) of a record's object that contradicts the content. */
export interface LabelDifference {
  /** The label; `KEY` for the object's name. */
  readonly label: "KEY" | "NAME" | "OWNER" | "STATUS" | "VERSION";
  /** The object's value; `undefined` without such a label. */
  readonly found: string | undefined;
  /** The value that the content requires. */
  readonly expected: string;
}

/** A record whose object has other labels, or another name, than its content requires. */
export interface MislabelledRecord {
  /** The object's name. */
  readonly key: string;
  /** At least one. */
  readonly differences: readonly LabelDifference[];
}

/** True if the object lacks the label that marks it as a record. */
export function isStray({ labels }: RecordHead): boolean {
  return labels !== undefined && labels.OWNER !== OWNER;
}

/**
 * Returns the same heads, with the suspicious ones marked uncertain, so that their content is read. A head is
 * suspicious when its labels contradict its name, a label is missing, or it is the newest revision and
 * SUPERSEDED.
 */
export function doubted(heads: readonly RecordHead[]): RecordHead[] {
  const newest = new Map<string, number>();
  for (const { name, revision } of heads) newest.set(name, Math.max(newest.get(name) ?? 0, revision));
  return heads.map((head) => {
    const { labels, name, revision, status } = head;
    if (labels === undefined) return head;
    const isOverdue = status === "SUPERSEDED" && newest.get(name) === revision;
    const isSound = labels.OWNER === OWNER && labels.NAME === name && labels.VERSION === `${revision}` && !isOverdue;
    return isSound ? head : { ...head, certain: false };
  });
}

/** Returns the labels of a record that contradict its content. */
export function labelDifferences({ key, labels }: RecordHead, release: Release): LabelDifference[] {
  if (labels === undefined) return [];
  const demanded = recordLabels(release);
  const found: LabelDifference[] = [];
  const own = releaseKey(release.name, release.revision);
  if (key !== own) found.push({ label: "KEY", found: key, expected: own });
  for (const label of ["NAME", "OWNER", "STATUS", "VERSION"] as const) {
    const expected = demanded[label] ?? "";
    if (labels[label] !== expected) found.push({ label, found: labels[label], expected });
  }
  return found;
}

/**
 * Are the labels of records as their content demands? A record without the
 * right ones is not found, or is found under another name.
 *
 * @module
 */
import type { Release } from "../model/mod.ts";
import { OWNER, type RecordHead, recordLabels, releaseKey } from "../../storage/mod.ts";

/** One thing about a record's object that its content contradicts. */
export interface LabelDifference {
  /** The label; `KEY` for the object's name. */
  readonly label: "KEY" | "NAME" | "OWNER" | "STATUS" | "VERSION";
  /** What the object has; `undefined`: no such label. */
  readonly found: string | undefined;
  /** What the content demands. */
  readonly expected: string;
}

/** A record whose object has other labels, or another name, than its content demands. */
export interface MislabelledRecord {
  /** The object's name. */
  readonly key: string;
  /** At least one. */
  readonly differences: readonly LabelDifference[];
}

/** True when the object lacks the label that makes it a record. */
export function isStray({ labels }: RecordHead): boolean {
  return labels !== undefined && labels.OWNER !== OWNER;
}

/**
 * The same heads, those marked uncertain that do not look like a healthy
 * record: then the content is read. That is a name that the labels contradict,
 * a missing label, and a newest revision that is SUPERSEDED.
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

/** What the content of a record contradicts. */
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

/**
 * The "as in" test: which revision live objects were made from.
 *
 * An object is *as in* a revision rather than another when, for every field in which the two manifests differ, the live
 * object has this revision's value. Objects that are equal in all revisions say nothing, unless they are missing.
 *
 * Pure: manifests and live objects in, counts out.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { isAsIn } from "../../kube/explain/mod.ts";

/** The objects of one revision, by key. */
export interface RevisionObjects {
  /** The revision. */
  readonly revision: number;
  /** Any keys that identify the same object in all revisions. */
  readonly objects: ReadonlyMap<string, KubeObject>;
}

/** The result of the test. */
export interface AsInSummary {
  /** Number of objects that some revision names and that were read. */
  readonly objects: number;
  /** For each revision, newest first: keys of objects that are as in it, and not as in every other one. */
  readonly asIn: readonly { readonly revision: number; readonly keys: readonly string[] }[];
  /** Keys of objects that all revisions name, and that do not exist. */
  readonly missing: readonly string[];
  /** Keys of objects that exist, and are as in no revision. */
  readonly other: readonly string[];
  /** Keys of objects that could not be read. */
  readonly unread: readonly string[];
}

/**
 * Compares live objects with two or more revisions.
 *
 * @param revisions In any order; each revision once.
 * @param live The live object of a key; `missing` if there is none, `unread` if it could not be read.
 */
export function asInTest(
  revisions: readonly RevisionObjects[],
  live: (key: string) => KubeObject | "missing" | "unread",
): AsInSummary {
  const newestFirst = revisions.toSorted((a, b) => b.revision - a.revision);
  const asIn = newestFirst.map(({ revision }) => ({ revision, keys: [] as string[] }));
  const missing: string[] = [];
  const other: string[] = [];
  const unread: string[] = [];
  const keys = new Set(newestFirst.flatMap(({ objects }) => [...objects.keys()]));
  for (const key of keys) {
    const found = live(key);
    if (found === "unread") {
      unread.push(key);
      continue;
    }
    const versions = newestFirst.map(({ objects }) => objects.get(key));
    if (found === "missing" && versions.every((version) => version !== undefined)) {
      missing.push(key);
      continue;
    }
    const object = found === "missing" ? undefined : found;
    const fits = versions.map((own, at) => versions.every((rest, to) => to === at || isAsIn(own, rest, object)));
    if (fits.every((fit) => fit)) continue;
    if (!fits.includes(true)) other.push(key);
    fits.forEach((fit, at) => fit && asIn[at]?.keys.push(key));
  }
  return { objects: keys.size - unread.length, asIn, missing, other, unread };
}

/**
 * Returns the revision that all objects that tell are as in; `undefined` when they disagree, when an object is as in
 * none, or when none tells.
 */
export function soleRevision({ asIn, other }: AsInSummary): number | undefined {
  const told = asIn.filter(({ keys }) => keys.length > 0);
  if (other.length > 0 || told.length === 0) return undefined;
  const all = new Set(told.flatMap(({ keys }) => keys));
  return told.find(({ keys }) => keys.length === all.size)?.revision;
}

/** Returns the summary in words: `9 objects tell: 7 as in revision 8, 1 as in 7, 1 missing`. */
export function asInText(summary: AsInSummary): string {
  const { asIn, missing, other, unread, objects } = summary;
  const told = asIn.filter(({ keys }) => keys.length > 0);
  const parts = told.map(({ revision, keys }, at) => `${keys.length} as in ${at === 0 ? "revision " : ""}${revision}`);
  if (other.length > 0) parts.push(`${other.length} as in none of them`);
  if (missing.length > 0) parts.push(`${missing.length} missing`);
  if (unread.length > 0) parts.push(`${unread.length} may not be read`);
  const telling = new Set(told.flatMap(({ keys }) => keys)).size + other.length + missing.length;
  if (parts.length === 0) {
    const revisions = asIn.map(({ revision }) => revision).toReversed().join(" and ");
    return `${objects} ${
      objects === 1 ? "object exists and is" : "objects exist and are"
    } equal in revisions ${revisions}`;
  }
  return `${telling} ${telling === 1 ? "object tells" : "objects tell"}: ${parts.join(", ")}`;
}

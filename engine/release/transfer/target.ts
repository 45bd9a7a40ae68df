/**
 * Compares records with those of a storage that is to take them, and creates the missing ones.
 *
 * @module
 */
import { KubeError, SkegError } from "../../../errors.ts";
import { isSameRecord, type PlainRecord, type PlainRecords } from "../../../storage/mod.ts";
import { callOptions, recordOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { byRevision, nameOf } from "./export.ts";
import { messageOf } from "../../base/mod.ts";

/** From this number of releases on, one list of all records is cheaper than a list for each release. */
const LIST_ALL_FROM = 20;
/** The most problems that an error names. */
const PROBLEMS_MAX = 20;

/** Records and what becomes of them. */
export interface TargetComparison {
  /** Not in the target yet, in the order in which they are created. */
  readonly missing: readonly PlainRecord[];
  /** In the target already, with the same content. */
  readonly present: readonly PlainRecord[];
  /** Why the target cannot take the records, one sentence each; empty when it can. */
  readonly problems: readonly string[];
}

/** Options of {@linkcode compareWithTarget}. */
export interface CompareTargetOptions {
  /**
   * True if the target may have further records of the release: a move that was interrupted has removed them at
   * the source already.
   */
  readonly mayHaveMore?: boolean | undefined;
}

/** Compares `wanted` with the records of the target. Reads only. */
export async function compareWithTarget(
  env: Environment,
  target: PlainRecords,
  wanted: readonly PlainRecord[],
  { mayHaveMore = false }: CompareTargetOptions = {},
): Promise<TargetComparison> {
  const problems: string[] = [];
  const held = wanted.flatMap((record) => {
    try {
      return [target.held(record)];
    } catch (error) {
      if (!(error instanceof SkegError) || error.kind !== "record") throw error;
      problems.push(messageOf(error));
      return [];
    }
  });
  const keys = Map.groupBy(held, ({ key }) => key);
  for (const [key, same] of keys) if (same.length > 1) problems.push(`two records would have the key ${key}`);
  const names = [...new Set(held.map(nameOf))];
  const existing = await existingOf(env, target, names);
  const missing: PlainRecord[] = [];
  const present: PlainRecord[] = [];
  for (const record of held) {
    const found = existing.get(record.key);
    if (found === undefined) missing.push(record);
    else if (isSameRecord(found, record)) present.push(record);
    else problems.push(`${record.key} exists with other content`);
  }
  for (const found of existing.values()) {
    if (keys.has(found.key)) continue;
    // Records in common show that both are one release.
    if (mayHaveMore && present.some((record) => nameOf(record) === nameOf(found))) continue;
    problems.push(`there is another revision of ${nameOf(found)}: ${found.key}`);
  }
  return { missing: missing.toSorted(inOrderOfCreation), present, problems };
}

/** Returns the records of these releases in the target, by key. */
async function existingOf(
  env: Environment,
  target: PlainRecords,
  names: readonly string[],
): Promise<ReadonlyMap<string, PlainRecord>> {
  const lists = names.length >= LIST_ALL_FROM
    ? [await target.list({}, recordOptions(env))]
    : await Promise.all(names.map((name) => target.list({ name }, recordOptions(env))));
  const wanted = new Set(names);
  const found = lists.flat().filter((record) => wanted.has(nameOf(record)));
  return new Map(found.map((record) => [record.key, record]));
}

/**
 * Compares records by the order in which they are created: the oldest first, and of each release the DEPLOYED
 * ones last, so that no reader sees a release as deployed before its history is whole.
 */
function inOrderOfCreation(a: PlainRecord, b: PlainRecord): number {
  const [first, second] = [nameOf(a), nameOf(b)];
  if (first !== second) return first < second ? -1 : 1;
  return Number(isDeployed(a)) - Number(isDeployed(b)) || byRevision(a, b);
}

function isDeployed({ labels }: PlainRecord): boolean {
  return labels["STATUS"] === "DEPLOYED";
}

/** Throws with the problems of a comparison; nothing was written then. */
export function refuseProblems({ problems }: Pick<TargetComparison, "problems">, what: string, hint: string): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, PROBLEMS_MAX);
  if (problems.length > shown.length) shown.push(`and ${problems.length - shown.length} more`);
  throw new SkegError(
    "exists",
    `${what}: ${shown[0]}${problems.length === 1 ? "" : `, and ${problems.length - 1} more`}`,
    {
      details: problems.length === 1
        ? "Nothing was written."
        : `${shown.map((line) => `  ${line}`).join("\n")}\nNothing was written.`,
      hint,
    },
  );
}

/** Options of {@linkcode createRecords}. */
export interface CreateRecordsOptions {
  /** Number of the record to begin with, counted from 0; default 0. */
  readonly from?: number | undefined;
  /** Number of the record to end before; default: all. */
  readonly to?: number | undefined;
}

/** Creates records in order. The error after a failure says how many were created; running it again continues. */
export async function createRecords(
  env: Environment,
  target: PlainRecords,
  records: readonly PlainRecord[],
  { from = 0, to = records.length }: CreateRecordsOptions = {},
): Promise<void> {
  for (const [offset, record] of records.slice(from, to).entries()) {
    const index = from + offset;
    try {
      env.signal?.throwIfAborted();
      await createOne(env, target, record, index === 0);
    } catch (error) {
      if (env.signal?.aborted) throw stopped("aborted", "interrupted", index, records.length, error);
      const kind = error instanceof SkegError ? error.kind : "record";
      const why = kind === "exists"
        ? `another client created ${record.key} meanwhile`
        : `cannot create ${record.key}: ${messageOf(error)}`;
      throw stopped(kind, why, index, records.length, error);
    }
  }
}

function stopped(kind: SkegError["kind"], why: string, done: number, total: number, cause: unknown): SkegError {
  const own = cause instanceof SkegError ? cause.hint : undefined;
  return new SkegError(kind, `${why}. ${done} of ${total} records ${done === 1 ? "was" : "were"} created`, {
    cause,
    hint: own ?? "Run the command again: it continues with the remaining records.",
  });
}

/** Creates a record, and for the first one the namespace of the storage when that is missing. */
async function createOne(env: Environment, target: PlainRecords, record: PlainRecord, isFirst: boolean): Promise<void> {
  try {
    await target.create(record, recordOptions(env));
  } catch (error) {
    const isMissing = error instanceof KubeError && error.status === 404 && target.namespace !== "";
    if (!isMissing || !isFirst) throw error;
    await env.kube.ensureNamespace(target.namespace, callOptions(env));
    await target.create(record, recordOptions(env));
  }
}

/** Reads records back and returns the keys of those that are not as they were to be written. */
export async function differingRecords(
  env: Environment,
  target: PlainRecords,
  wanted: readonly PlainRecord[],
): Promise<string[]> {
  const held = wanted.map((record) => target.held(record));
  const found = await existingOf(env, target, [...new Set(held.map(nameOf))]);
  return held.filter((record) => {
    const one = found.get(record.key);
    return one === undefined || !isSameRecord(one, record);
  }).map(({ key }) => key);
}

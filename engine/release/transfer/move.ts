/**
 * Moves the records of releases to another storage.
 *
 * Of each release, records are created at the target, oldest first and the DEPLOYED one last; then read back and compared;
 * then removed at the source, the DEPLOYED one first. Running the move again continues one that was interrupted.
 *
 * Helm 2 and Tiller do not look at leases. So the source is listed again before the first write, before the first removal
 * and at the end: an operation that came between is an error, and not a release in two storages.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { type Driver, objectOfPlain, type PlainRecord, type PlainRecords, readKey } from "../../../storage/mod.ts";
import { recordOptions } from "../_calls.ts";
import { tillerPods } from "../doctor/tillers.ts";
import type { Environment } from "../environment.ts";
import { withLease } from "../lease.ts";
import { refuseIfAtWork } from "../repair/at_work.ts";
import { type BackupStore, clusterOf, saveArchive } from "../repair/backups.ts";
import { byRevision, contentOf, nameOf, packRecords, plainRecords, timeOf } from "./export.ts";
import { lostNotes } from "./import.ts";
import { renamed, type Renames } from "./rename.ts";
import { compareWithTarget, createRecords, differingRecords, refuseProblems, type TargetComparison } from "./target.ts";
import { messageOf } from "../../base/mod.ts";

/** Options of {@linkcode moveStorage}. */
export interface MoveOptions {
  /** The storage that takes the records; the caller opens and closes it. */
  readonly target: Driver;
  /** Names of releases. */
  readonly releases?: readonly string[] | undefined;
  /** All releases of the storage instead. */
  readonly all?: boolean | undefined;
  /** New names by old ones, for names that the target cannot hold. */
  readonly rename?: Renames | undefined;
  /** True to write. Default false: only reports the planned writes. */
  readonly yes?: boolean | undefined;
  /** Store for the backup of each release; required with `yes`. */
  readonly backups?: BackupStore | undefined;
  /** If true, moves although a Tiller runs that may use one of the storages. */
  readonly tillerRunning?: boolean | undefined;
  /** A pending operation recorded this many seconds ago is assumed to have ended; default 600. */
  readonly olderThanSeconds?: number | undefined;
}

/** A release that was moved, or would be. */
export interface MovedRelease {
  /** The release, as the source names it. */
  readonly name: string;
  /** Its name at the target. */
  readonly newName: string;
  /** Keys at the target that were created, or would be, in that order. */
  readonly created: readonly string[];
  /** Keys that the target had already, from a move that was interrupted. */
  readonly present: readonly string[];
  /** Path of the backup; absent in previews. */
  readonly backup?: string | undefined;
}

/** A release that could not be moved. */
export interface MoveFailure {
  /** The release, as the source names it. */
  readonly release: string;
  /** Why. */
  readonly message: string;
  /** The next step for the user; empty when there is none. */
  readonly hint: string;
}

/** Result of a move. */
export interface MoveResult {
  /** The source in words: `ConfigMaps in namespace "kube-system"`. */
  readonly from: string;
  /** The target in words. */
  readonly to: string;
  /** True if records were moved. */
  readonly performed: boolean;
  /** In the order of names. */
  readonly releases: readonly MovedRelease[];
  /** Of several releases: those that could not be moved; the others were. */
  readonly failures: readonly MoveFailure[];
  /** Parts that the target cannot hold, one sentence each. */
  readonly notes: readonly string[];
  /** For previews: why nothing would be moved now, such as a Tiller that runs. */
  readonly blocked?: string | undefined;
}

/** One release: its records at the source, and what the target lacks of them. */
interface Move {
  readonly name: string;
  readonly newName: string;
  readonly source: readonly PlainRecord[];
  readonly wanted: readonly PlainRecord[];
  readonly comparison: TargetComparison;
}

/**
 * Moves records to `options.target`. Of several releases, one that fails does not stop the others; the failure of a single
 * one is thrown.
 *
 * @throws SkegError before anything is written: of kind `exists` when the target has other records or cannot hold some, of
 * kind `conflict` when a Tiller runs or an operation is in progress.
 */
export async function moveStorage(env: Environment, options: MoveOptions): Promise<MoveResult> {
  const source = plainRecords(env);
  const target = plainRecords({ ...env, driver: options.target });
  await refuseSamePlace(env, source, target);
  const moves = await planMoves(env, source, target, options);
  const result = {
    from: placeOf(source),
    to: placeOf(target),
    notes: moves.flatMap(({ wanted, comparison }) => lostNotes(wanted, comparison.missing)),
  };
  const refuse = async (): Promise<void> => {
    if (options.tillerRunning !== true) await refuseTiller(env, [source, target]);
    for (const { source } of moves) await refuseBusy(env, source, options.olderThanSeconds);
  };
  if (options.yes !== true) {
    const blocked = await refuse().then(() => undefined, messageOf);
    return { ...result, performed: false, releases: moves.map((move) => described(move)), failures: [], blocked };
  }
  await refuse();
  const { backups } = options;
  if (backups === undefined) throw new SkegError("usage", "a move needs a place for its backups");
  const releases: MovedRelease[] = [];
  const failures: MoveFailure[] = [];
  for (const move of moves) {
    const { name } = move;
    const moving = (inner: Environment) => moveOne(inner, source, target, { ...options, move, backups });
    try {
      releases.push(await withLease(env, { name, operation: "move-storage" }, moving));
    } catch (error) {
      if (moves.length === 1) throw error;
      if (env.signal?.aborted) throw withMoved(error, releases);
      const hint = error instanceof SkegError ? error.hint ?? "" : "";
      failures.push({ release: name, message: messageOf(error), hint });
    }
  }
  return { ...result, performed: true, releases, failures };
}

/** Adds the releases that were moved, and their backups, to the error of an interrupted move. */
function withMoved(error: unknown, releases: readonly MovedRelease[]): unknown {
  if (releases.length === 0) return error;
  const known = error instanceof SkegError ? error : undefined;
  const moved = releases.map(({ name, backup }) => `  ${name}  backup ${backup}`);
  return new SkegError(known?.kind ?? "aborted", messageOf(error), {
    cause: error,
    hint: known?.hint,
    exitCode: known?.exitCode,
    details: [...known?.details === undefined ? [] : [known.details], "Moved before that:", ...moved].join("\n"),
  });
}

async function refuseSamePlace(env: Environment, source: PlainRecords, target: PlainRecords): Promise<void> {
  for (const { kind } of [source, target]) {
    if (kind === "Memory") throw new SkegError("usage", "records in memory cannot be moved: they end with the program");
  }
  if (source.kind !== target.kind || source.namespace !== target.namespace) return;
  if (source.kind === "SQL") return await refuseSameTable(env, source, target);
  throw new SkegError("usage", `the records are in ${placeOf(source)} already`);
}

/** Two addresses may lead to one table. Then each record would be found at the target, and removed at the source. */
async function refuseSameTable(env: Environment, source: PlainRecords, target: PlainRecords): Promise<void> {
  const hint = "Name the other database of the move with --to-sql-connection-string.";
  const same = (): SkegError => new SkegError("usage", "the records are in that database already", { hint });
  if (source.database !== undefined && source.database === target.database) throw same();
  const identity = async (records: PlainRecords) => await records.identity?.(recordOptions(env));
  const [from, to] = await Promise.all([identity(source), identity(target)]);
  if (from === undefined || to === undefined) {
    throw new SkegError("usage", "the servers do not tell if both addresses lead to the same table", {
      hint: "Save the records with 'skeg export', and create them in the other database with 'skeg import'.",
    });
  }
  if (from === to) throw same();
}

async function planMoves(
  env: Environment,
  source: PlainRecords,
  target: PlainRecords,
  { releases = [], all = false, rename = {} }: MoveOptions,
): Promise<Move[]> {
  if (all === releases.length > 0) throw new SkegError("usage", "name releases, or all of them, to move");
  const found = all
    ? await source.list({}, recordOptions(env))
    : (await Promise.all([...new Set(releases)].map((name) => source.list({ name }, recordOptions(env))))).flat();
  const groups = Map.groupBy(found, nameOf);
  const missing = releases.find((name) => !groups.has(name));
  if (missing !== undefined) {
    throw new SkegError("not-found", `release: ${JSON.stringify(missing)} not found`, { missing });
  }
  await renamed(found, rename); // checks the names
  const moves: Move[] = [];
  for (const name of [...groups.keys()].sort()) {
    const records = (groups.get(name) ?? []).toSorted(byRevision);
    const newName = Object.hasOwn(rename, name) ? rename[name] ?? name : name;
    const wanted = await renamed(records, newName === name ? {} : { [name]: newName });
    const comparison = await compareWithTarget(env, target, wanted, { mayHaveMore: true });
    moves.push({ name, newName, source: records, wanted, comparison });
  }
  refuseMoves(moves, target);
  return moves;
}

function refuseMoves(moves: readonly Pick<Move, "comparison">[], target: PlainRecords): void {
  refuseProblems(
    { problems: moves.flatMap(({ comparison }) => comparison.problems) },
    `cannot move records to ${placeOf(target)}`,
    "Give a release another name with --rename OLD=NEW. If the target has the records that count, delete those of " +
      "the source with 'skeg repair forget'.",
  );
}

/**
 * Throws if the records of the source are not those of the plan any more.
 *
 * @param outcome What was written so far, and what to do.
 */
async function refuseOther(
  env: Environment,
  source: PlainRecords,
  { name, source: planned }: Move,
  outcome: { readonly text: string; readonly hint: string },
): Promise<void> {
  const found = await source.list({ name }, recordOptions(env));
  const [before, now] = [planned, found].map((records) =>
    new Map(records.map((record) => [record.key, stateOf(record)]))
  );
  const keys = [...new Set([...planned, ...found].map(({ key }) => key))];
  const changed = keys.filter((key) => before?.get(key) !== now?.get(key));
  if (changed.length === 0) return;
  const what = `another client changed ${changed.join(", ")} at the source since the records were read`;
  throw new SkegError("conflict", `${what}. ${outcome.text}`, { hint: outcome.hint });
}

/** Returns the content and version of a record as a text, for comparisons. */
function stateOf({ labels, annotations, data, binaryData, version }: PlainRecord): string {
  return JSON.stringify([labels, annotations, data, binaryData, version ?? null]);
}

async function moveOne(
  env: Environment,
  source: PlainRecords,
  target: PlainRecords,
  { move: planned, backups, olderThanSeconds }: Pick<MoveOptions, "olderThanSeconds"> & {
    readonly move: Move;
    readonly backups: BackupStore;
  },
): Promise<MovedRelease> {
  const backup = await saveBackup(env, planned, backups);
  // The plan was made before this operation had the lease, and the backup may have taken a while.
  await refuseOther(env, source, planned, {
    text: "Nothing was written",
    hint: "Wait until no other operation works on the release, then run the command again.",
  });
  await refuseBusy(env, planned.source, olderThanSeconds);
  const move = {
    ...planned,
    comparison: await compareWithTarget(env, target, planned.wanted, { mayHaveMore: true }),
  };
  refuseMoves([move], target);
  await createRecords(env, target, move.comparison.missing);
  const differing = await differingRecords(env, target, move.wanted);
  if (differing.length > 0) {
    throw new SkegError(
      "record",
      `${differing.join(", ")} at the target cannot be read back as written; the source is unchanged`,
      {
        hint: `The backup is ${backup}.`,
      },
    );
  }
  await refuseOther(env, source, move, {
    text: "Nothing was removed there, and the target has copies of what was read",
    hint:
      `The source counts. Delete the copies at the target with 'skeg repair forget ${move.newName}', with --storage and ` +
      `--tiller-namespace of the target, then run the command again. The backup is ${backup}.`,
  });
  const ordered = move.source.toSorted((a, b) => Number(isDeployed(b)) - Number(isDeployed(a)) || -byRevision(a, b));
  for (const [index, record] of ordered.entries()) {
    try {
      env.signal?.throwIfAborted();
      await source.remove(record, recordOptions(env));
    } catch (error) {
      const kind = env.signal?.aborted ? "aborted" : error instanceof SkegError ? error.kind : "record";
      const why = kind === "conflict" ? "it was modified by another client" : messageOf(error);
      throw new SkegError(
        kind,
        `cannot remove ${record.key} at the source: ${why}. ${index} of ${ordered.length} records were removed; the target ` +
          "has all of them",
        { cause: error, hint: `Run the command again: it continues. The backup is ${backup}.` },
      );
    }
  }
  await refuseLeftovers(env, source, move, backup);
  return { ...described(move), backup };
}

/** Throws if the source has records of the release after the move: another client has created them meanwhile. */
async function refuseLeftovers(env: Environment, source: PlainRecords, move: Move, backup: string): Promise<void> {
  const left = await source.list({ name: move.name }, recordOptions(env));
  if (left.length === 0) return;
  const keys = left.toSorted(byRevision).map(({ key }) => key).join(", ");
  throw new SkegError(
    "conflict",
    `another client created ${keys} at the source during the move: the release is in both storages. The target has all ` +
      `${move.source.length} records that were moved`,
    {
      hint:
        `Save the rest with 'skeg export ${move.name}' and compare it with the target. Then delete the records that do ` +
        `not count with 'skeg repair forget'. The backup of the moved records is ${backup}.`,
    },
  );
}

/** Saves the records of the source, as an archive that `import` reads, and reads it back. */
async function saveBackup(env: Environment, { name, source }: Move, backups: BackupStore): Promise<string> {
  const bytes = await packRecords(env, source);
  const facts = { cluster: await clusterOf(env), time: timeOf(env) };
  return await saveArchive(backups, facts, { name, what: "backup" }, bytes);
}

function described({ name, newName, comparison }: Move): MovedRelease {
  const keys = (records: readonly PlainRecord[]): string[] => records.map(({ key }) => key);
  return { name, newName, created: keys(comparison.missing), present: keys(comparison.present) };
}

function isDeployed({ labels }: PlainRecord): boolean {
  return labels["STATUS"] === "DEPLOYED";
}

/** Returns a storage in words. */
function placeOf({ kind, namespace }: PlainRecords): string {
  return kind === "SQL" ? "the database" : `${kind}s in namespace ${JSON.stringify(namespace)}`;
}

/** Throws when a Tiller runs that may use one of the storages: it would not see the move, and write behind it. */
async function refuseTiller(env: Environment, stores: readonly PlainRecords[]): Promise<void> {
  // Any Tiller of the cluster may use a database.
  const namespaces = new Set(stores.map(({ kind, namespace }) => kind === "SQL" ? undefined : namespace));
  for (const namespace of namespaces.has(undefined) ? [undefined] : namespaces) {
    let unseen: string | undefined;
    const pods = await tillerPods(env, namespace, (what, why) => void (unseen = `cannot list the ${what}: ${why}`));
    const running = pods.find(({ phase }) => phase !== "Succeeded" && phase !== "Failed");
    if (unseen === undefined && running === undefined) continue;
    const what = running === undefined
      ? unseen ?? ""
      : `a Tiller runs in namespace ${JSON.stringify(running.namespace)} (pod ${JSON.stringify(running.name)})`;
    throw new SkegError("conflict", `${what}: it may use one of the storages`, {
      hint:
        "Scale Tiller's Deployment to 0 and start it with the new storage after the move. If it uses neither storage, or " +
        "nobody uses it, give --tiller-running.",
    });
  }
}

async function refuseBusy(
  env: Environment,
  source: readonly PlainRecord[],
  olderThanSeconds: number | undefined,
): Promise<void> {
  const newest = source.at(-1);
  if (newest === undefined) return;
  const object = objectOfPlain("ConfigMap", newest);
  const metadata = {
    ...object.metadata,
    ...newest.createdAt === undefined ? {} : { creationTimestamp: newest.createdAt },
  };
  const record = {
    key: newest.key,
    revision: readKey(newest.key)?.revision ?? 0,
    object: { ...object, metadata },
    release: await contentOf(newest),
  };
  refuseIfAtWork([record], env.clock(), olderThanSeconds);
}

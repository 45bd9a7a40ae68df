/**
 * Removes the records of Helm 2 of releases that have been migrated, once Helm 3 has settled.
 *
 * @module
 */
import { counted } from "../../base/mod.ts";
import { SkegError } from "../../../errors.ts";
import { recordHeads } from "../../../storage/mod.ts";
import { recordOptions } from "../_calls.ts";
import { unpackArchive } from "../repair/archive.ts";
import type { BackupStore } from "../repair/backups.ts";
import { dataDigest } from "../repair/digest.ts";
import { rawRecords } from "../repair/records.ts";
import type { StoredRecord } from "../repair/repair.ts";
import type { Environment } from "../environment.ts";
import { withLease } from "../lease.ts";
import { timeOf } from "../transfer/export.ts";
import { type StoredJournal, writeJournal } from "./journal.ts";
import { isWhole } from "./archive.ts";
import { inStep } from "./step.ts";
import { migrateCommand } from "./command_line.ts";
import type { MigrationChoices } from "./plan_types.ts";
import { type MigrationTools, prepareMigration } from "./prepare.ts";
import { type SharedFacts, sharedFacts } from "./shared_facts.ts";
import { type TillerRest, tillerRest } from "./tiller_rest.ts";
import { type Helm3Options, journalPlace, migrationTools } from "./tools.ts";
import { verifyRelease } from "./verify.ts";
import { journalOf, migratedNames } from "./verify_all.ts";
import { messageOf } from "../../base/mod.ts";

/** Options of {@linkcode finishMigration}. */
export interface FinishOptions extends Helm3Options {
  /** Names of releases. */
  readonly releases?: readonly string[] | undefined;
  /** All releases that were migrated instead. */
  readonly all?: boolean | undefined;
  /** True to write. Default false: only the plan. */
  readonly yes?: boolean | undefined;
  /** Where the archives are. */
  readonly archives: BackupStore;
}

/** A release whose records of Helm 2 are removed. */
export interface FinishedRelease {
  /** The release. */
  readonly release: string;
  /** `failed` when a condition does not hold: nothing of it was removed then. */
  readonly outcome: "planned" | "done" | "failed";
  /** Keys of the records of Helm 2 that were removed, or would be. */
  readonly removed: readonly string[];
  /** Path of the archive that keeps them. */
  readonly archive: string;
  /** Why it failed; empty else. */
  readonly message: string;
  /** The next step; empty when there is none. */
  readonly hint: string;
}

/** Result of {@linkcode finishMigration}. */
export interface FinishResult {
  /** By name. */
  readonly releases: readonly FinishedRelease[];
  /** Number of records of Helm 2 that are left in the storage; Tiller is not needed without one. */
  readonly left: number;
  /** The objects of the storage's Tiller, once no record is left, or would be. None of them is removed. */
  readonly tiller?: TillerRest | undefined;
}

/** Records of one release that are removed. */
interface Ending {
  readonly records: readonly StoredRecord[];
  readonly stored: StoredJournal;
}

/**
 * Removes the records of Helm 2 of releases that are verified now, whose newest revision is deployed at Helm 3 or that Helm 3 has
 * uninstalled, and whose archive is there. Records of other releases stay.
 */
export async function finishMigration(env: Environment, options: FinishOptions): Promise<FinishResult> {
  const names = await migratedNames(env, options);
  const releases: FinishedRelease[] = [];
  for (const name of names) {
    try {
      releases.push(await finishOne(env, name, options));
    } catch (error) {
      if (names.length === 1 || env.signal?.aborted || !(error instanceof SkegError)) throw error;
      const message = messageOf(error);
      releases.push({ release: name, outcome: "failed", removed: [], archive: "", message, hint: error.hint ?? "" });
    }
  }
  const left = (await recordHeads(env.driver, {}, recordOptions(env))).length;
  const planned = options.yes === true ? 0 : releases.reduce((sum, { removed }) => sum + removed.length, 0);
  const isEnd = left === planned && releases.length > 0 && releases.every(({ outcome }) => outcome !== "failed");
  return { releases, left, ...isEnd ? { tiller: await tillerRest(env) } : {} };
}

async function finishOne(env: Environment, name: string, options: FinishOptions): Promise<FinishedRelease> {
  if (options.yes !== true) return finished(name, await checkEnding(env, name, options), "planned");
  let isDone = false;
  const work = { name, operation: "migrate helm3 finish", migration: { mark: () => isDone ? false : undefined } };
  return await withLease(env, work, async (inner) => {
    const ending = await checkEnding(inner, name, options);
    const raw = rawRecords(inner);
    await inStep("remove", async () => {
      // Oldest first: until the end, the newest one says what the release is.
      for (const { object } of ending.records) {
        inner.signal?.throwIfAborted();
        await raw.remove(object, recordOptions(inner));
      }
    });
    const { stored } = ending;
    const journal = { ...stored.journal, state: "finished" as const, changed: timeOf(inner) };
    await inStep("journal", () => writeJournal(inner, journalPlace(inner), journal, stored));
    isDone = true;
    return finished(name, ending, "done");
  });
}

function finished(release: string, { records, stored }: Ending, outcome: FinishedRelease["outcome"]): FinishedRelease {
  const archive = stored.journal.archive?.path ?? "";
  return { release, outcome, removed: records.map(({ key }) => key), archive, message: "", hint: "" };
}

/** Throws unless the records of Helm 2 may go. */
async function checkEnding(env: Environment, name: string, options: FinishOptions): Promise<Ending> {
  const stored = await journalOf(env, name);
  const { state, to, choices, archive } = stored.journal;
  const quoted = JSON.stringify(name);
  if (state === "finished") return { records: [], stored };
  if (state !== "migrated") {
    throw new SkegError("conflict", `the migration of release ${quoted} has not ended`, {
      hint: `'skeg migrate helm3 verify ${name}' says how to go on.`,
    });
  }
  if (archive === undefined || !await isWhole(options.archives, archive)) {
    throw new SkegError("io", `the archive of release ${quoted} is not there as it was made: ${archive?.path ?? ""}`, {
      hint: `Put it back, or make a new one: 'skeg migrate helm3 back ${name} --yes', then migrate it again.`,
    });
  }
  if ((await recordHeads(env.driver, { name }, recordOptions(env))).length === 0) return { records: [], stored };
  const tools = await migrationTools(env, { ...options, to, predict: undefined });
  const shared = sharedFacts(env, name);
  const prepared = await prepareMigration(env, tools, shared, name, choices);
  await refuseUnarchived(name, prepared.records, await options.archives.load(archive.path), archive.path);
  const { problems, status, newest } = await verifyRelease(env, tools, shared, prepared, {
    adopted: choices.adopt !== false,
    journal: stored.journal,
  });
  const changed = prepared.plan.blockers.filter(({ code }) => code === "exists").map(({ text }) => text);
  if (changed.length === 0 && (newest === 0 || status === "uninstalled")) {
    if (newest === 0) await refuseRemains(env, tools, shared, name, choices);
    return { records: prepared.records, stored };
  }
  const [problem] = [...changed, ...problems];
  if (problem !== undefined) {
    throw new SkegError("conflict", `release ${quoted} is not in order at Helm 3: ${problem}`, {
      hint: `'skeg migrate helm3 verify ${name}' says more.`,
    });
  }
  if (status !== "deployed") {
    throw new SkegError(
      "conflict",
      `Helm 3's newest revision of release ${quoted} is ${status || "not there"}, not deployed`,
      {
        hint: "Upgrade it with Helm 3, or roll it back, until its newest revision is deployed.",
      },
    );
  }
  return { records: prepared.records, stored };
}

/** Throws if objects of a release live of which Helm 3 has no record: it was not uninstalled there, its records were deleted. */
async function refuseRemains(
  env: Environment,
  tools: MigrationTools,
  shared: SharedFacts,
  name: string,
  choices: MigrationChoices,
): Promise<void> {
  const { adoption } = await prepareMigration(env, tools, shared, name, { ...choices, adopt: true });
  if (adoption.length === 0) return;
  throw new SkegError(
    "conflict",
    `Helm 3 has no record of release ${JSON.stringify(name)}, and ${counted(adoption.length, "live object")} of it ${
      adoption.length === 1 ? "is" : "are"
    } there`,
    { hint: `'${migrateCommand(name, "--yes")}' writes the records of Helm 3 again.` },
  );
}

/** Throws if the archive does not hold all records as they are. */
async function refuseUnarchived(
  name: string,
  records: readonly StoredRecord[],
  bytes: Uint8Array,
  path: string,
): Promise<void> {
  const archive = await unpackArchive(bytes);
  const kept = new Map(
    await Promise.all(archive.records.map(async (one) => [one.metadata?.name ?? "", await dataDigest(one)] as const)),
  );
  const lost: string[] = [];
  for (const { key, object } of records) if (kept.get(key) !== await dataDigest(object)) lost.push(key);
  if (lost.length === 0) return;
  throw new SkegError(
    "conflict",
    `${lost.join(", ")} changed since the migration: the archive ${path} has another content`,
    {
      hint: `Helm 2 has gone on: 'skeg migrate helm3 verify ${name}' says with what, and which way is left.`,
    },
  );
}

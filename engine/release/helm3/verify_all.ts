/**
 * Verifies releases that were migrated, long after the migration too.
 *
 * @module
 */
import { inPool, messageOf } from "../../base/mod.ts";
import { SkegError } from "../../../errors.ts";
import { listMetadata } from "../doctor/list_metadata.ts";
import type { Environment } from "../environment.ts";
import { checkExistingName } from "../names.ts";
import { JOURNAL_OWNER } from "../_migration_journals.ts";
import { migrateCommand } from "./command_line.ts";
import { type JournalState, readJournal, type StoredJournal } from "./journal.ts";
import { refuseOtherStorage } from "./source.ts";
import { prepareMigration } from "./prepare.ts";
import { type SharedFacts, sharedFacts } from "./shared_facts.ts";
import { type Helm3Options, journalPlace, migrationTools } from "./tools.ts";
import { type CrossCheck, type Helm3Comparison, verifyRelease } from "./verify.ts";

/** Releases that are looked at at the same time. */
const RELEASES_MAX = 4;

/** Options of {@linkcode verifyMigrations}. */
export interface VerifyMigrationsOptions extends Helm3Options {
  /** Names of releases. */
  readonly releases?: readonly string[] | undefined;
  /** All releases that were migrated instead. */
  readonly all?: boolean | undefined;
  /** Asks the real Helm 3, too. */
  readonly crossCheck?: CrossCheck | undefined;
}

/** A release that was verified. */
export interface VerifiedRelease extends Helm3Comparison {
  /** The release. */
  readonly release: string;
  /** Namespace of the release and of Helm 3's records; empty when unknown. */
  readonly namespace: string;
  /** As its journal says; absent without one. */
  readonly state?: JournalState | undefined;
}

/** Verifies releases; by name. Changes nothing. */
export async function verifyMigrations(
  env: Environment,
  options: VerifyMigrationsOptions,
): Promise<readonly VerifiedRelease[]> {
  const names = await migratedNames(env, options);
  const shared = sharedFacts(env, names.length === 1 ? names[0] : undefined);
  const found = new Map<string, VerifiedRelease>();
  await inPool(names, RELEASES_MAX, async (name) => {
    try {
      found.set(name, await verifyOne(env, options, shared, name));
    } catch (error) {
      if (env.signal?.aborted || names.length === 1 || !(error instanceof SkegError)) throw error;
      const problems = [messageOf(error)];
      found.set(name, { release: name, namespace: "", problems, notes: [], newest: 0, status: "" });
    }
  });
  env.signal?.throwIfAborted();
  return names.flatMap((name) => found.get(name) ?? []);
}

async function verifyOne(
  env: Environment,
  options: VerifyMigrationsOptions,
  shared: SharedFacts,
  name: string,
): Promise<VerifiedRelease> {
  const stored = await journalOf(env, name);
  const { namespace, state, to, choices } = stored.journal;
  const tools = await migrationTools(env, { ...options, to, predict: undefined });
  if (state === "finished") {
    const notes = ["the records of Helm 2 are gone: the migration is finished"];
    return { release: name, namespace, state, problems: [], notes, newest: 0, status: "" };
  }
  const prepared = await prepareMigration(env, tools, shared, name, choices);
  const { crossCheck } = options;
  const verified = await verifyRelease(env, tools, shared, prepared, {
    adopted: choices.adopt !== false,
    crossCheck,
    journal: state === "migrated" ? stored.journal : undefined,
  });
  const unfinished = state === "migrated" ? [] : [unfinishedText(name, state)];
  const changed = state === "migrated" ? prepared.plan.blockers.filter(({ code }) => code === "exists") : [];
  const isGone = state === "migrated" && (verified.newest === 0 || verified.status === "uninstalled");
  if (isGone && changed.length === 0) {
    return { ...verified, release: name, namespace, state, ...uninstalled(name, verified.newest) };
  }
  const problems = [
    ...unfinished,
    ...changed.map(({ text, hint }) => hint === "" ? text : `${text}. ${hint}`),
    ...verified.problems,
  ];
  return { ...verified, release: name, namespace, state, problems };
}

/** Returns what there is to say of a release that Helm 3 has uninstalled, or whose records are gone. */
function uninstalled(name: string, newest: number): Pick<VerifiedRelease, "problems" | "notes"> {
  const end = `'skeg migrate helm3 finish ${name}' removes the records of Helm 2`;
  if (newest > 0) return { problems: [], notes: [`Helm 3 has uninstalled it: ${end}`] };
  return {
    problems: [
      `Helm 3 has no record of it. If it was uninstalled there, ${end}; if its records were deleted, ` +
      `'${migrateCommand(name, "--yes")}' writes them again`,
    ],
    notes: [],
  };
}

function unfinishedText(name: string, state: JournalState): string {
  return state === "writing"
    ? `its migration was stopped; '${migrateCommand(name, "--yes")}' goes on`
    : `its way back to Helm 2 was stopped; 'skeg migrate helm3 back ${name} --yes' goes on`;
}

/** Returns the names of releases with a journal, or those that are given. */
export async function migratedNames(
  env: Environment,
  { releases = [], all = false }: Pick<VerifyMigrationsOptions, "releases" | "all">,
): Promise<string[]> {
  if (all === releases.length > 0) throw new SkegError("usage", "name releases, or all of them");
  for (const name of releases) checkExistingName(name);
  if (!all) return [...new Set(releases)].sort();
  const found = new Set<string>();
  const path = `/api/v1/namespaces/${encodeURIComponent(journalPlace(env))}/configmaps?labelSelector=` +
    encodeURIComponent(`OWNER=${JOURNAL_OWNER}`);
  await listMetadata(env, path, ({ labels }) => {
    if (labels?.["NAME"] !== undefined) found.add(labels["NAME"]);
  });
  return [...found].sort();
}

/**
 * Returns the journal of a release.
 *
 * @throws SkegError of kind `not-found` without one; of kind `usage` if the records of Helm 2 are in another storage.
 */
export async function journalOf(env: Environment, name: string): Promise<StoredJournal> {
  const stored = await readJournal(env, journalPlace(env), name);
  if (stored !== undefined) {
    refuseOtherStorage(env, stored.journal);
    return stored;
  }
  throw new SkegError("not-found", `release ${JSON.stringify(name)} was not migrated: it has no journal`, {
    hint: `'${migrateCommand(name)}' shows what a migration would do.`,
  });
}

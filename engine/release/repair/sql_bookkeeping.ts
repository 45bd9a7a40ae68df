/**
 * Makes a database usable for Tiller again, after a Helm 3 client has used it.
 *
 * Helm 3 keeps its migrations in Tiller's table `gorp_migrations`. One `helm3 list` adds a row that Tiller does not know, and then
 * Tiller does not start any more.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { recordOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";

/** Options of {@linkcode repairBookkeeping}. */
export interface BookkeepingOptions {
  /** True to write. Default false: only reports the planned changes. */
  readonly yes?: boolean | undefined;
}

/** Changes of a database, made or planned. */
export interface BookkeepingReport {
  /** True if the database was changed. */
  readonly performed: boolean;
  /** In words; empty when there is nothing to do. */
  readonly changes: readonly string[];
}

/** The row that Helm 3 adds. */
const HELM3_MIGRATION = "custom_labels";

/**
 * Removes the row and the empty table that a run of Helm 3 has left beside Tiller's records, in one transaction.
 *
 * @throws SkegError of kind `usage` for another storage than a database, `conflict` when Helm 3 has releases there, or another
 * program its migrations: then nothing is changed.
 */
export async function repairBookkeeping(
  env: Environment,
  { yes = false }: BookkeepingOptions = {},
): Promise<BookkeepingReport> {
  const { driver } = env;
  if (driver.bookkeeping === undefined || driver.mendBookkeeping === undefined) {
    throw new SkegError("usage", `records in ${driver.name} storage have no bookkeeping`, {
      hint: "Use --storage sql, with the connection string of Tiller's database.",
    });
  }
  const { foreignMigrations, hasHelm3Table, customLabels } = await driver.bookkeeping(recordOptions(env));
  const hasRow = foreignMigrations.includes(HELM3_MIGRATION);
  const isOwn = foreignMigrations.every((id) => id === HELM3_MIGRATION);
  if (hasHelm3Table) throw refusal("it has the table releases_v1: Helm 3 keeps its releases there");
  if (!isOwn) throw refusal(`another program keeps its migrations there: ${foreignMigrations.join(", ")}`);
  if ((customLabels ?? 0) > 0) throw refusal("the table custom_labels_v1 has rows: Helm 3 uses it");
  const changes = [
    ...customLabels === undefined ? [] : ["drop the table custom_labels_v1, which is empty"],
    ...hasRow ? [`delete the row ${HELM3_MIGRATION} of gorp_migrations`] : [],
  ];
  if (!yes || changes.length === 0) return { performed: false, changes };
  await driver.mendBookkeeping(recordOptions(env));
  return { performed: true, changes };
}

function refusal(why: string): SkegError {
  return new SkegError("conflict", `the schema cannot be repaired: ${why}`, {
    hint: "Give Helm 3 another database, or another schema with search_path in its connection string.",
  });
}

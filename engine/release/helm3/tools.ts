/**
 * The tools of a migration: Helm 3's storage, and the place of the journals.
 *
 * @module
 */
import { RECORDS_NAMESPACE } from "../../model/mod.ts";
import type { Environment } from "../environment.ts";
import { rawRecords } from "../repair/records.ts";
import type { Helm3StorageName, PredictUpgrade } from "./plan_types.ts";
import type { MigrationTools } from "./prepare.ts";
import { clusterStore, type Helm3Store } from "./store.ts";

/** Options of every command about a migration. */
export interface Helm3Options {
  /** Where Helm 3 keeps its records; default `secret`. */
  readonly to?: Helm3StorageName | undefined;
  /** Helm 3's storage, with `to` of `sql`; the caller opens and closes it. */
  readonly store?: Helm3Store | undefined;
  /** Predicts the first upgrade of Helm 3; absent: nothing is predicted. */
  readonly predict?: PredictUpgrade | undefined;
}

/** Returns the namespace of journals. */
export function journalPlace(env: Environment): string {
  return env.journals ?? (rawRecords(env).namespace || RECORDS_NAMESPACE);
}

/** Returns what a migration works with. */
export async function migrationTools(env: Environment, options: Helm3Options): Promise<MigrationTools> {
  const { to = "secret", store, predict } = options;
  const isRight = store !== undefined && store.storage === to;
  return { store: isRight ? store : await openStore(env, to), place: journalPlace(env), predict };
}

async function openStore(env: Environment, to: Helm3StorageName): Promise<Helm3Store> {
  if (to !== "sql") return clusterStore(env, to);
  const { SkegError } = await import("../../../errors.ts");
  throw new SkegError("usage", "Helm 3's database is missing", {
    hint: "Name it with --helm3-sql-connection-string, or in $SKEG_HELM3_SQL_CONNECTION_STRING.",
  });
}

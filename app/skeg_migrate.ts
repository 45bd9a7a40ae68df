/**
 * Migrations to Helm 3, as the library offers them.
 *
 * @module
 */
import type { Environment, Helm3Store } from "../engine/release/mod.ts";
import { backupFolder } from "./backup_folder.ts";
import type { SkegHelm3Database, SkegMigrate } from "./skeg_options.ts";
import type { SkegSession } from "./skeg_session.ts";

/**
 * Returns the operations on migrations. Unless a call names another folder, archives are in that of `createSkeg`, or in
 * HELM_HOME.
 */
export function skegMigrate(session: SkegSession): SkegMigrate {
  const archivesIn = (folder: string | undefined) => backupFolder({ folder, home: session.options.home });
  return {
    async helm3(given) {
      const { migrateToHelm3, helm3SqlStore, env } = await session.begin(given);
      const { archive, sqlConnectionString, signal: _, onEvent: __, predict: wanted, ...options } = given;
      const choices = wanted === true ? {} : wanted;
      const predict = choices ? await (await import("./helm3_prediction.ts")).helm3Predictor(env, choices) : undefined;
      return await withDatabase(
        { env, helm3SqlStore },
        { sqlConnectionString },
        (store) => migrateToHelm3(env, { ...options, predict, store, archives: archivesIn(archive) }),
      );
    },
    async verify(given) {
      const { verifyMigrations, helm3SqlStore, env } = await session.begin(given);
      const { sqlConnectionString, releases, all } = given;
      return await withDatabase(
        { env, helm3SqlStore },
        { sqlConnectionString },
        (store) => verifyMigrations(env, { releases, all, store }),
      );
    },
    async back(given) {
      const { migrateBack, helm3SqlStore, env } = await session.begin(given);
      const { archive, sqlConnectionString, signal: _, onEvent: __, ...options } = given;
      return await withDatabase(
        { env, helm3SqlStore },
        { sqlConnectionString },
        (store) => migrateBack(env, { ...options, store, archives: archivesIn(archive) }),
      );
    },
    async finish(given) {
      const { finishMigration, helm3SqlStore, env } = await session.begin(given);
      const { archive, sqlConnectionString, signal: _, onEvent: __, ...options } = given;
      return await withDatabase(
        { env, helm3SqlStore },
        { sqlConnectionString },
        (store) => finishMigration(env, { ...options, store, archives: archivesIn(archive) }),
      );
    },
  };
}

/** Runs `work` with Helm 3's database, if one is named; closes the connection again. */
async function withDatabase<T>(
  { env, helm3SqlStore }:
    & { readonly env: Environment }
    & Pick<
      typeof import("../engine/release/mod.ts"),
      "helm3SqlStore"
    >,
  { sqlConnectionString = "" }: SkegHelm3Database,
  work: (store: Helm3Store | undefined) => Promise<T>,
): Promise<T> {
  if (sqlConnectionString === "") return await work(undefined);
  const { connectPostgres } = await import("../storage/mod.ts");
  const connection = await connectPostgres(sqlConnectionString);
  try {
    return await work(await helm3SqlStore(env, connection));
  } finally {
    await connection.close();
  }
}

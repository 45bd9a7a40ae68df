/**
 * Exports, imports and moves of records, as part of the library.
 *
 * @module
 */
import type { Skeg } from "./skeg_options.ts";
import type { SkegSession } from "./skeg_session.ts";

/** Returns the part of the library that takes records elsewhere. */
export function skegTransfer(session: SkegSession): Pick<Skeg, "export" | "import" | "moveStorage"> {
  const { options } = session;
  return {
    async export(given = {}) {
      const { exportReleases, env } = await session.begin(given);
      return await exportReleases(env, given);
    },
    async import(archive, given = {}) {
      const { importReleases, env } = await session.begin(given);
      const { readArchiveFile } = await import("./backup_folder.ts");
      const bytes = typeof archive === "string" ? readArchiveFile(archive) : archive;
      return await importReleases(env, { ...given, archive: bytes });
    },
    async moveStorage(given) {
      const { moveStorage, env, cluster } = await session.begin(given);
      const { to, backup, ...rest } = given;
      const [{ backupFolder }, { recordDriver }] = await Promise.all([
        import("./backup_folder.ts"),
        import("./open_target.ts"),
      ]);
      const target = await recordDriver(cluster, {
        storage: to.storage ?? (typeof options.storage === "string" ? options.storage : "configmap"),
        tillerNamespace: to.namespace ?? options.tillerNamespace ?? "",
        sql: { connectionString: to.sqlConnectionString ?? "", createSchema: to.sqlCreateSchema },
        clock: options.clock,
        report: env.report,
        signal: env.signal,
      });
      try {
        return await moveStorage(env, {
          ...rest,
          target,
          backups: backupFolder({ folder: backup, home: options.home }),
        });
      } finally {
        await target.close?.();
      }
    },
  };
}

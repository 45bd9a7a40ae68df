/**
 * `move-storage`: moves release records to another storage.
 *
 * @module
 */
import { counted } from "../../engine/base/mod.ts";
import { backupFolder } from "../../app/backup_folder.ts";
import { recordDriver } from "../../app/open_target.ts";
import type { MoveResult } from "../../engine/release/mod.ts";
import type { SqlPlace } from "../../storage/mod.ts";
import { SkegError } from "../../errors.ts";
import { type Context, defineCommand, defineFlags } from "../_lib/command.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { IGNORE_HELM3_FLAG } from "../_lib/flags.ts";
import { olderThan } from "../_lib/repair.ts";
import { sqlPlaceOf } from "../_lib/target.ts";
import { UsageError } from "../_lib/usage_error.ts";
import { renamesOf } from "./import.ts";

/** Storages that records can be moved to. */
const TARGETS = ["configmap", "secret", "sql"];

const FLAGS = defineFlags({
  ...DOCUMENT_FLAG,
  ...IGNORE_HELM3_FLAG,
  "all": { type: "bool", usage: "Move all releases of the storage" },
  "backup": {
    type: "string",
    complete: "folder",
    usage: 'Folder for the backups (default "$HELM_HOME/backups/CLUSTER", where CLUSTER is the UID of the cluster)',
  },
  "older-than": {
    type: "string",
    usage: "A pending operation whose record is older than this counts as ended, such as 10m or 1h",
    default: "10m",
  },
  "rename": { type: "stringArray", usage: "Give a release another name, as OLD=NEW (can be used several times)" },
  "tiller-running": { type: "bool", usage: "Move although a Tiller runs that may use one of the storages" },
  "to": {
    type: "string",
    complete: { words: TARGETS },
    usage: "The new storage: configmap, secret or sql (default: the same kind)",
  },
  "to-namespace": {
    type: "string",
    complete: "namespace",
    usage: "The new namespace of the records (default: that of --tiller-namespace)",
  },
  "to-sql-connection-string": {
    type: "string",
    usage: "The new database, if it is not the one of --sql-connection-string. Better set " +
      "$SKEG_TO_SQL_CONNECTION_STRING, which no list of processes shows",
    variable: "SKEG_TO_SQL_CONNECTION_STRING",
  },
  "yes": { type: "bool", short: "y", usage: "Move the records. Without it, only show what would be moved" },
});

/** `move-storage`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE_NAME...]",
  completes: { sources: ["release"], many: true },
  long: `
Moves the records of releases to another storage: from ConfigMaps to Secrets or to a
database and back, to another namespace, or to another database. '--storage' and '--tiller-namespace' name the
storage where they are, '--to' and '--to-namespace' the new one. Text and labels of the
records stay, and a Tiller that uses the new storage goes on with them.

Nothing is written without '--yes'. With it, for one release after the other:

1. all records are saved to an archive, which 'helm import' reads;
2. they are created in the new storage, oldest first and the DEPLOYED one last;
3. they are read back and compared;
4. they are deleted in the old storage, the DEPLOYED one first, each only if it was not
   modified since it was read.

A move that was interrupted goes on when it is run again. Of several releases, one that
fails does not stop the others; the exit status is 1 then. The old storage is listed again
before the first write, before the first deletion and at the end: if another client has
changed the records meanwhile, the move of that release fails and says what to do.

	$ helm move-storage web --to secret --yes
	web  3 records
	Moved 3 records of 1 release to Secrets in namespace "kube-system"

The command refuses to start while a Tiller runs beside one of the storages, or an
operation on the release is in progress. It also refuses, before anything is written,
records that the new storage cannot hold: a ConfigMap or Secret holds 1,048,576 bytes at
most, and its name cannot have capital letters or underscores. '--rename' gives such a
release another name.

A database is named by '--sql-connection-string'; '--sql-create-schema' makes its table.
To move from one database to another, name the new one by '--to-sql-connection-string'.`,
  example: `  helm move-storage web --to secret
  helm move-storage web --to secret --yes
  helm move-storage --all --to-namespace tiller --yes
  helm move-storage --all --storage sql --to configmap --rename Web_1=web-1 --yes`,
  flags: FLAGS,
  run: async (context) => {
    const { flags, globals, args, print, variables } = context;
    const output = documentFormat(flags.output);
    const { all, yes } = flags;
    if (all === args.length > 0) {
      throw new UsageError("This command needs the names of releases, or --all", {
        type: "arguments",
        wanted: ["release name"],
        given: args,
      });
    }
    const rename = renamesOf(flags.rename);
    const olderThanSeconds = olderThan(flags["older-than"]);
    const to = placeOf(context);
    const backups = backupFolder({ folder: flags.backup || undefined, home: globals.home, variables });
    const result = await withEnvironment(context, async ({ environment, operations }) => {
      const { clock, report, signal, kube } = environment;
      const target = await recordDriver(kube.cluster, { ...to, sql: targetDatabase(context), clock, report, signal });
      try {
        const tillerRunning = flags["tiller-running"];
        return await operations.moveStorage(environment, {
          target,
          releases: args,
          all,
          rename,
          yes,
          backups,
          tillerRunning,
          olderThanSeconds,
        });
      } finally {
        await target.close?.();
      }
    }, { tellOfTiller: false, changes: yes });
    if (output === undefined) print.out(resultText(result));
    else printDocument("MovedReleases", { ...result, blocked: result.blocked ?? null }, output, print);
    for (const { release, message, hint } of result.failures) {
      print.err(`Error: ${release}: ${message}\n${hint === "" ? "" : `${hint}\n`}`);
    }
    for (const note of result.notes) print.err(`Note: ${note}\n`);
    if (result.blocked !== undefined) print.err(`Note: nothing would be moved now. ${result.blocked}\n`);
    if (!yes) print.err("This was a preview: nothing was written. Run the same command with --yes to perform it.\n");
    else if (result.releases.length > 0) {
      print.err("A backup holds the values of its release, and so may hold secrets: keep it private.\n");
    }
    return result.failures.length > 0 ? 1 : 0;
  },
});

/** Returns the database that takes the records. */
function targetDatabase(context: Context<typeof FLAGS>): SqlPlace {
  const place = sqlPlaceOf(context);
  return { ...place, connectionString: context.flags["to-sql-connection-string"] || place.connectionString };
}

/** Returns the storage of `--to` and `--to-namespace`. */
function placeOf({ flags, globals }: Context<typeof FLAGS>): { storage: string; tillerNamespace: string } {
  const to = flags.to;
  if (to !== "" && !TARGETS.includes(to)) {
    throw new UsageError(`unknown storage ${JSON.stringify(to)} for --to`, {
      type: "choice",
      text: to,
      choices: TARGETS,
    });
  }
  const isToDatabase = globals.storage === "sql" && flags["to-sql-connection-string"] !== "";
  if (to === "" && flags["to-namespace"] === "" && !isToDatabase) {
    throw new SkegError("usage", "the new storage is missing", { hint: "Name it with --to, --to-namespace, or both." });
  }
  return { storage: to || globals.storage, tillerNamespace: flags["to-namespace"] || globals["tiller-namespace"] };
}

function resultText({ releases, performed, to }: MoveResult): string {
  const lines = releases.map(({ name, newName, created, present, backup }) =>
    [
      name === newName ? name : `${name} -> ${newName}`,
      counted(created.length + present.length, "record"),
      ...present.length === 0 ? [] : [`${present.length} there already`],
      ...backup === undefined ? [] : [`backup ${backup}`],
    ].join("  ")
  );
  const records = releases.reduce((sum, { created, present }) => sum + created.length + present.length, 0);
  const verb = performed ? "Moved" : "Would move";
  lines.push(`${verb} ${counted(records, "record")} of ${counted(releases.length, "release")} to ${to}`);
  return `${lines.join("\n")}\n`;
}

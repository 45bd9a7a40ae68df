/**
 * `migrate helm3`: moves releases to Helm 3 and 4.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { backupFolder } from "../../app/backup_folder.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import type {
  CrossCheck,
  Environment,
  Helm3StorageName,
  Helm3Store,
  MigratedRelease,
  MigrateOptions,
  MigrationResult,
} from "../../engine/release/mod.ts";
import { SkegError } from "../../errors.ts";
import { shellWord } from "../_lib/advice.ts";
import { type Context, defineCommand, defineFlags } from "../_lib/command.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { withEnvironment, type Workplace } from "../_lib/environment.ts";
import { FLEET_FLAGS, isFleet, overFleet } from "../_lib/fleet.ts";
import { objectsText } from "../_lib/rbac.ts";
import { PREDICTION_FLAGS, predictorOf, writePostRenderer } from "../_lib/helm3_predictor.ts";
import { migrationText } from "../_lib/helm3_text.ts";
import { typeableMigration } from "../_lib/helm3_typeable.ts";
import { UsageError } from "../_lib/usage_error.ts";

/** Storages of Helm 3. */
const TARGETS = ["secret", "configmap", "sql"];

/** Flags that choose Helm 3's storage. */
export const TO_FLAG = defineFlags({
  "to": {
    type: "string",
    complete: { words: TARGETS },
    usage: "Where Helm 3 keeps its records, as its $HELM_DRIVER names it: secret, configmap or sql",
    default: "secret",
  },
});

/** The flag that names Helm 3's database. */
export const HELM3_SQL_FLAG = defineFlags({
  "helm3-sql-connection-string": {
    type: "string",
    usage:
      "Helm 3's database, where its records are in one. Better set $SKEG_HELM3_SQL_CONNECTION_STRING, which no list of processes shows",
    variable: "SKEG_HELM3_SQL_CONNECTION_STRING",
  },
});

/** The flag that asks a real Helm 3, too. */
export const WITH_HELM3_FLAG = defineFlags({
  "with-helm3": {
    type: "bool",
    usage: "Also ask the Helm 3 or 4 of --helm3, or on the PATH, whether it sees the release as the records say",
  },
});

/** The flag that names the folder of archives. */
export const ARCHIVE_FLAG = defineFlags({
  "archive": {
    type: "string",
    complete: "folder",
    usage: 'Folder for the archives of Helm 2\'s records (default beside the plan, else "$HELM_HOME/backups/CLUSTER")',
  },
});

const FLAGS = defineFlags({
  ...DOCUMENT_FLAG,
  ...TO_FLAG,
  ...HELM3_SQL_FLAG,
  ...ARCHIVE_FLAG,
  ...FLEET_FLAGS,
  "adopt-selectable": {
    type: "bool",
    usage: "Also set Helm 3's label on Pods, Namespaces, Nodes and PersistentVolumes, which selectors may count on",
  },
  "all": { type: "bool", usage: "Migrate all releases of the storage" },
  "apply": { type: "string", complete: "file", usage: "Perform the plan in this file: exactly that, or nothing" },
  "easy-first": {
    type: "bool",
    usage: "Begin with releases whose first upgrade by Helm 3 changes nothing that runs",
  },
  "include-deleted": { type: "bool", usage: "Also migrate releases that were deleted" },
  "keep-old-manifests": {
    type: "bool",
    usage: "Map API versions that the server no longer has in the newest and the DEPLOYED revision only",
  },
  "max": { type: "int", usage: "Migrate this many of the newest revisions; 0 means all" },
  "namespace-filter": {
    type: "valueFiles",
    complete: "namespace",
    usage: "With --all: only releases in these namespaces, separated by commas",
  },
  ...PREDICTION_FLAGS,
  "no-adopt": { type: "bool", usage: "Leave live objects as they are, without Helm 3's label and annotations" },
  "plan": { type: "bool", usage: "Only show the plan; this is the default" },
  "plan-out": { type: "string", complete: "file", usage: "Save the plan in this file, for --apply" },
  "print-role": {
    type: "bool",
    usage: "Print the RBAC roles that the migration, back and finish need, and nothing else",
  },
  "selector": {
    type: "string",
    short: "l",
    usage: "With --all: only releases with a record whose labels fit, such as team=shop",
  },
  "slim": {
    type: "bool",
    usage: "Leave out the chart's files, then its templates, of revisions whose record would be too large",
  },
  "tiller-running": { type: "bool", usage: "Migrate although a Tiller runs, which does not see that it was done" },
  ...WITH_HELM3_FLAG,
  "yes": { type: "bool", short: "y", usage: "Migrate. Without it, only show the plan" },
});

type MigrateContext = Context<typeof FLAGS>;

/** `migrate helm3`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE_NAME...]",
  completes: { sources: ["release"], many: true },
  long: `
Moves releases to Helm 3 and 4: writes their history as Helm 3's records, into the
namespace of each release, and gives the live objects the label and the annotations
without which Helm 3 does not take them over. Helm 2's records stay as they are.

Nothing is written without '--yes' or '--apply'; without them, the plan is shown. It
names what Helm 3 cannot hold, and what must be mended first, with the command for it.

For each release, one step after the other:

1. lock      its lease is taken. A running Tiller does not see it, so the command refuses
             to start beside one unless '--tiller-running' is given
2. check     the plan is made again; with '--apply' it must equal the one in the file
3. archive   all its records are saved to an archive, which 'helm import' reads
4. write     Helm 3's records are created, the newest first
5. adopt     live objects get their marks; pod templates stay, so nothing restarts
6. verify    everything is read back and compared
7. fence     from now on this program refuses to change the release, unless
             '--ignore-helm3' is given

A migration that was stopped goes on when the same command is run again. The journal of
it is the ConfigMap skeg-migration.RELEASE beside Helm 2's records.

	$ helm migrate helm3 web --yes
	web  web-1.2.0  in namespace "shop"
	  records  7 revisions, newest sh.helm.release.v1.web.v7 deployed, largest 12 kB
	  adopt    5 of 5 live objects lack Helm 3's marks
	  done     7 records written, 5 objects adopted
	  archive  /home/ann/.helm/backups/2f6b…/web-20260131T120000Z-helm3.tar.gz
	  verified

The plan says what the first upgrade by Helm 3 will do to the live objects, with the
recorded chart and values, or with another chart that '--chart' names. A Helm 3 or 4 on
the PATH, or the one that '--helm3' names, renders it; it gets a copy of the record and
may only read from the cluster. Without one our own renderer is used, and the result is
marked as estimated. Then each patch is sent to the server as a dry run. Classes, the
worst first:

	gone API             a rendered object has an API that the server does not have
	cannot be rendered   a template uses what Helm 3 does not have
	blocked              the server or Helm 3 refuses a change
	creates or removes   an object is missing, or is not in the new manifest
	overwrites edits     the cluster was edited, and Helm 3 puts the chart's value back
	restarts pods        a pod template changes
	changes fields       something else changes
	metadata only        Helm 3 adds its label and annotations
	nothing

Labels such as 'heritage: Tiller' change their value in Helm 3. '--post-renderer' writes
a program that keeps them, for the flag --post-renderer of Helm 3's upgrade.

Releases are independent: one that fails does not stop the others. The exit status is 0
when all were migrated, 1 when some were not, and 2 when none was.

A release that has the name of a command, such as back, is named behind '--'.`,
  example: `  helm migrate helm3 web
  helm migrate helm3 web --chart ./web-2.0.0.tgz --helm3 /usr/local/bin/helm3
  helm migrate helm3 web --post-renderer keep-labels.sh
  helm migrate helm3 web --yes
  helm migrate helm3 --all --plan-out plan.json
  helm migrate helm3 --apply plan.json
  helm migrate helm3 --all --contexts test,live --output json
  helm migrate helm3 web --print-role
  helm migrate helm3 web --slim --max 9 --yes
  helm migrate helm3 --yes -- back`,
  flags: FLAGS,
  run: async (context) => {
    const { flags, print } = context;
    const format = documentFormat(flags.output);
    checkFlags(context);
    const isPerformed = flags.yes || flags.apply !== "";
    if (isFleet(flags)) return await migrateFleet(context, format, isPerformed);
    if (flags["print-role"]) {
      const objects = await withEnvironment(context, (workplace) => rolesFor(context, workplace), {
        tellOfTiller: false,
      });
      print.out(objectsText(objects, format));
      return 0;
    }
    const found = await withEnvironment(
      context,
      (workplace) => orCommand(context.args, migrate(context, workplace, isPerformed)),
      { tellOfTiller: false, changes: isPerformed },
    );
    await writePostRenderer(flags, found, print);
    const result = typeableMigration(found, context.typeable);
    if (format === undefined) print.out(migrationText(result, print));
    else printDocument("Helm3Migration", documentOf(result), format, print);
    tell(context, result, isPerformed);
    return statusOf(result.releases);
  },
});

/** Names of the subcommands, which a first name may be meant to be. */
const SUBCOMMANDS = ["back", "config", "finish", "verify"];

/** Adds to the error for a first name without a release that a subcommand has nearly this name. */
async function orCommand<T>([first = ""]: readonly string[], work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind !== "not-found" || error.missing !== first) throw error;
    const { nearest } = await import("../../engine/base/mod.ts");
    const [meant] = nearest(first, SUBCOMMANDS);
    if (meant === undefined) throw error;
    throw new SkegError("not-found", error.message, {
      cause: error,
      hint: `There is no release ${first}. Did you mean the command 'skeg migrate helm3 ${meant}'?`,
    });
  }
}

/** Plans or performs the migration in one cluster. */
async function migrate(
  context: MigrateContext,
  { environment, operations }: Workplace,
  isPerformed: boolean,
): Promise<MigrationResult> {
  const { flags } = context;
  const { readPlanFile, writePlanFile } = await import("../../app/plan_file.ts");
  const approved = flags.apply === ""
    ? undefined
    : await operations.readMigrationPlan(await readPlanFile(flags.apply, "skeg migrate helm3 --all"), flags.apply);
  return await withSqlStore(context, { environment, operations }, async (store) => {
    const result = await operations.migrateToHelm3(environment, {
      ...choicesOf(context),
      ...approved === undefined ? subjectOf(context) : {},
      approved,
      store,
      yes: isPerformed,
      easyFirst: flags["easy-first"],
      tillerRunning: flags["tiller-running"],
      archives: archivesIn(flags.archive || (flags.apply === "" ? "" : dirname(flags.apply)), context),
      crossCheck: await crossCheckOf(flags, environment),
      // Performing needs no prediction, unless it decides the order.
      predict: isPerformed && !flags["easy-first"] ? undefined : await predictorOf(flags, environment),
    });
    if (flags["plan-out"] !== "") await writePlanFile(flags["plan-out"], result.plan);
    return result;
  });
}

/** Returns the function that asks a real Helm 3; `undefined` if that is not wanted. */
export async function crossCheckOf(
  flags: { readonly "with-helm3": boolean; readonly helm3: string },
  environment: Environment,
): Promise<CrossCheck | undefined> {
  if (!flags["with-helm3"]) return undefined;
  const { helm3CrossCheck } = await import("../../app/helm3_check.ts");
  return await helm3CrossCheck(environment, flags.helm3 || undefined);
}

/** Runs `work` with Helm 3's database, if one is named; closes the connection again. */
export async function withSqlStore<T>(
  { flags, variables }: Context<typeof HELM3_SQL_FLAG>,
  { environment, operations }: Pick<Workplace, "environment" | "operations">,
  work: (store: Helm3Store | undefined) => Promise<T>,
): Promise<T> {
  const text = flags["helm3-sql-connection-string"];
  if (text === "") return await work(undefined);
  const { connectPostgres } = await import("../../storage/mod.ts");
  const connection = await connectPostgres(text, { variables });
  try {
    return await work(await operations.helm3SqlStore(environment, connection));
  } finally {
    await connection.close();
  }
}

async function rolesFor(context: MigrateContext, workplace: Workplace): Promise<KubeObject[]> {
  const { environment, operations } = workplace;
  const options = { ...choicesOf(context), ...subjectOf(context) };
  return await withSqlStore(
    context,
    workplace,
    (store) => operations.migrationRoles(environment, { ...options, store }),
  );
}

/** Plans or performs the migration in the clusters of several contexts. */
async function migrateFleet(
  context: MigrateContext,
  format: ReturnType<typeof documentFormat>,
  isPerformed: boolean,
): Promise<number> {
  const { flags, print } = context;
  // A migration takes as long as it takes; only a plan has to be there soon.
  const limit = isPerformed && !context.given.has("context-timeout") ? NO_LIMIT : flags["context-timeout"];
  const { results, errors } = await overFleet(
    { ...context, flags: { ...flags, "context-timeout": limit } },
    async (workplace, { print, typeable }) => ({
      result: typeableMigration(await migrate(context, workplace, isPerformed), typeable),
      print,
    }),
  );
  if (format === undefined) {
    for (const { context: name, value: { result } } of results) print.out(`${name}:\n${migrationText(result, print)}`);
  } else {
    const clusters = results.map(({ context: name, value: { result } }) => ({ context: name, ...documentOf(result) }));
    printDocument("Helm3Migrations", { clusters, errors }, format, print);
  }
  // Each line says which context it is about.
  for (const { value: { result, print } } of results) tell({ ...context, print }, result, isPerformed);
  const status = statusOf(results.flatMap(({ value: { result } }) => result.releases));
  return errors.length === 0 ? status : results.length === 0 ? 2 : Math.max(status, 1);
}

/** Seconds beyond the longest timer: they count as no limit. */
const NO_LIMIT = 10_000_000;

function checkFlags({ flags, args }: MigrateContext): void {
  const { all, apply, yes } = flags;
  if (apply !== "" && (all || args.length > 0)) {
    throw new SkegError("usage", "--apply takes the releases from its plan: use it without others");
  }
  if (apply === "") requireNamesOrAll(args, all);
  if (isFleet(flags) && (apply !== "" || flags["plan-out"] !== "" || flags["print-role"])) {
    throw new SkegError(
      "usage",
      "a plan is about one cluster: --contexts cannot be used with --plan-out, --apply or --print-role",
    );
  }
  if (!all && (flags.selector !== "" || flags["namespace-filter"].length > 0)) {
    throw new SkegError("usage", "--selector and --namespace-filter choose among all releases: use them with --all");
  }
  if (flags.plan && (yes || apply !== "")) throw new SkegError("usage", "--plan cannot be used with --yes or --apply");
  if (flags["plan-out"] !== "" && (yes || apply !== "")) {
    throw new SkegError("usage", "--plan-out saves a plan: it cannot be used with --yes or --apply");
  }
  if (flags["post-renderer"] !== "" && (yes || apply !== "" || isFleet(flags))) {
    throw new SkegError(
      "usage",
      "--post-renderer belongs to the plan of one release: it cannot be used with --yes, --apply or --contexts",
    );
  }
  if (flags.max < 0) throw new SkegError("usage", `invalid argument "${flags.max}" for "--max": it must be at least 0`);
  storageOf(flags.to);
}

/**
 * Throws unless releases are named, or all are meant.
 *
 * @param command Name of a command below `migrate helm3`: a release may have it, too.
 */
export function requireNamesOrAll(args: readonly string[], all: boolean, command = ""): void {
  if (all !== args.length > 0) return;
  if (all) throw new SkegError("usage", "--all means all releases: give either --all or names");
  const mistake = { type: "arguments", wanted: ["release name"], given: args } as const;
  const details = `A release of the name ${command} is named behind --: 'skeg migrate helm3 -- ${command}'.`;
  throw new UsageError(
    "This command needs the names of releases, or --all",
    mistake,
    command === "" || args.length > 0 ? {} : { details },
  );
}

/** A release of which a step may have failed. */
interface MaybeFailed {
  readonly release: string;
  readonly outcome: string;
  readonly message: string;
  readonly hint: string;
}

/** Prints why releases failed. Returns the exit status: 0 if none did, 1 if some, 2 if all. */
export function tellFailures(releases: readonly MaybeFailed[], { err }: Pick<Context["print"], "err">): number {
  const failed = releases.filter(({ outcome }) => outcome === "failed");
  for (const { release, message, hint } of failed) {
    err(`Error: ${release}: ${message}\n${hint === "" ? "" : `${hint}\n`}`);
  }
  return failed.length === 0 ? 0 : failed.length === releases.length ? 2 : 1;
}

/** Returns the store of archives in a folder, which the journal names by its whole path; empty: the one of backups. */
export function archivesIn(
  folder: string,
  { globals, variables }: Pick<Context, "globals" | "variables">,
): ReturnType<typeof backupFolder> {
  return backupFolder({ folder: folder === "" ? undefined : resolve(folder), home: globals.home, variables });
}

/** Returns Helm 3's storage that a word names. */
export function storageOf(to: string): Helm3StorageName {
  if (to === "secret" || to === "configmap" || to === "sql") return to;
  throw new UsageError(`unknown storage ${JSON.stringify(to)} for --to`, {
    type: "choice",
    text: to,
    choices: TARGETS,
  });
}

/** Returns the releases that the flags and arguments choose. */
function subjectOf(
  { flags, args }: MigrateContext,
): Pick<MigrateOptions, "releases" | "all" | "namespaces" | "selector"> {
  const namespaces = flags["namespace-filter"];
  return {
    releases: args,
    all: flags.all,
    selector: flags.selector,
    ...namespaces.length === 0 ? {} : { namespaces },
  };
}

function choicesOf({ flags }: MigrateContext): Pick<
  MigrateOptions,
  "to" | "max" | "includeDeleted" | "keepOldManifests" | "slim" | "adopt" | "adoptSelectable"
> {
  return {
    to: storageOf(flags.to),
    max: flags.max,
    includeDeleted: flags["include-deleted"],
    keepOldManifests: flags["keep-old-manifests"],
    slim: flags.slim,
    adopt: !flags["no-adopt"],
    adoptSelectable: flags["adopt-selectable"],
  };
}

function documentOf({ plan, performed, releases, blocked }: MigrationResult): Readonly<Record<string, unknown>> {
  const { time, cluster, storage, choices } = plan;
  return {
    performed,
    time,
    cluster,
    storage,
    choices,
    blocked: blocked ?? null,
    releases: releases.map(({ plan, ...one }) => ({
      ...one,
      namespace: "",
      chart: "",
      revisions: [],
      adoption: [],
      blockers: [],
      ...plan,
      notes: [...plan?.notes ?? [], ...one.notes],
    })),
  };
}

function tell(
  { print, flags, advise, typeable }: MigrateContext,
  { releases, blocked, performed }: MigrationResult,
  isPerformed: boolean,
): void {
  for (const { release, outcome, message, hint } of releases) {
    if (outcome === "failed") print.err(`Error: ${release}: ${message}\n${hint === "" ? "" : `${hint}\n`}`);
    if (outcome !== "blocked") continue;
    if (isPerformed) print.err(`Error: ${release}: ${message}\n${hint === "" ? "" : `${hint}\n`}`);
    // The plan of one release names it.
    else if (hint !== "" && releases.length > 1) print.err(`${release} is blocked. ${hint}\n`);
  }
  if (releases.length === 0 && (flags.selector !== "" || flags["namespace-filter"].length > 0)) {
    print.err(
      "No release fits --selector and --namespace-filter. 'skeg list --all' shows the namespace of each release.\n",
    );
  }
  if (blocked !== undefined) print.err(`Note: nothing would be migrated now: ${blocked}\n`);
  const isAny = releases.some(({ outcome }) => outcome === "planned");
  if (!performed && isAny) {
    print.err(
      flags["plan-out"] === ""
        ? "This was the plan: nothing was written. Run the same command with --yes to perform it.\n"
        : typeable(
          `Nothing was written. Perform the plan with 'skeg migrate helm3 --apply ${shellWord(flags["plan-out"])}'.\n`,
        ),
    );
  }
  if (performed && releases.some(({ archive }) => archive !== undefined)) {
    advise("An archive holds the values of its release, and so may hold secrets: keep it private.");
  }
}

/** Returns the exit status: 0 if all releases were, or can be, migrated; 1 if some; 2 if none. */
function statusOf(releases: readonly MigratedRelease[]): number {
  const bad = releases.filter(({ outcome }) => outcome === "failed" || outcome === "blocked").length;
  const good = releases.filter(({ outcome }) => outcome === "done" || outcome === "planned").length;
  if (bad === 0) return 0;
  return good === 0 ? 2 : 1;
}

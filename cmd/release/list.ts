/**
 * `list`: lists releases.
 *
 * Source: Helm 2.17.0, `cmd/helm/list.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { RECORDS_NAMESPACE, type Release, type StatusCode } from "../../engine/model/mod.ts";
import { ALL_LISTED, LISTED, newestOnly } from "../../app/listing.ts";
import { type Context, defineCommand, defineFlags, type FlagValues, type Variables } from "../_lib/command.ts";
import { type Operations, withEnvironment, type Workplace } from "../_lib/environment.ts";
import { FLEET_FLAGS, INCOMPLETE, isFleet, overFleet } from "../_lib/fleet.ts";
import { TLS_FLAGS } from "../_lib/flags.ts";
import { type ListedRelease, listText } from "../_lib/list_text.ts";
import { programName } from "../_lib/program_name.ts";
import { UsageError } from "../_lib/usage_error.ts";
import { quote } from "../../engine/base/mod.ts";
import type { Finding, Helm3Mark } from "../../engine/release/mod.ts";

const FLAGS = defineFlags({
  ...TLS_FLAGS,
  ...FLEET_FLAGS,
  "all": { type: "bool", short: "a", usage: "Show all releases, not just the ones marked DEPLOYED" },
  "chart-name": { type: "bool", short: "c", usage: "Sort by chart name" },
  "col-width": { type: "uint", usage: "Specifies the max column width of output", default: 60 },
  "date": { type: "bool", short: "d", usage: "Sort by release date" },
  "deleted": { type: "bool", usage: "Show deleted releases" },
  "deleting": { type: "bool", usage: "Show releases that are currently being deleted" },
  "deployed": {
    type: "bool",
    usage: "Show deployed releases. If no other is specified, this will be automatically enabled",
  },
  "failed": { type: "bool", usage: "Show failed releases" },
  "health": {
    type: "bool",
    usage: "Examine each release as 'helm doctor' does, and show what was found in a column",
  },
  "helm3": { type: "bool", usage: "Show in a column what Helm 3 has of each release" },
  "max": { type: "int", short: "m", usage: "Maximum number of releases to fetch", default: 256 },
  "namespace": { type: "string", complete: "namespace", usage: "Show releases within a specific namespace" },
  "offset": {
    type: "string",
    complete: "release",
    short: "o",
    usage: "Next release name in the list, used to offset from start value",
  },
  "output": {
    type: "string",
    complete: { words: ["json", "yaml"] },
    usage: "Output the specified format (json or yaml)",
  },
  "pending": { type: "bool", usage: "Show pending releases" },
  "print-empty": {
    type: "bool",
    usage: "With --output, print a document even when there are no releases to list",
  },
  "reverse": { type: "bool", short: "r", usage: "Reverse the sort order" },
  "short": { type: "bool", short: "q", usage: "Output short (quiet) listing format" },
});

/** `list`. */
export const command = defineCommand({
  usage: "[flags] [FILTER]",
  long: `
Lists releases: by default those that are DEPLOYED or FAILED, sorted by name.
'--all', '--deleted', '--pending' and similar flags choose others; '-d' sorts by date,
'-c' by chart, '-r' reverses the order.

FILTER is a regular expression; names that contain a match are listed:

	$ helm list 'ara[a-z]+'
	NAME            	REVISION	UPDATED                 	STATUS  	CHART      	APP VERSION	NAMESPACE
	maudlin-arachnid	1       	Mon May  9 16:07:08 2016	DEPLOYED	alpine-0.1.0	3.3        	default

No more than '--max' entries are listed at once. When there are more, the first line
names the release to continue from with '--offset'.

'--contexts' and '--all-contexts' list the releases of several clusters at once, with a
column for the context. A cluster that does not answer within '--context-timeout', or
refuses, hides no other: a line on standard error names it, and the exit status is 2.
'--max' then counts for each cluster.

'--helm3' adds a column with the newest revision that Helm 3 has of a release of the same
name and namespace, from Helm 3's Secrets, or its ConfigMaps if $HELM_DRIVER is
configmap. Without it, a line on standard error names the listed releases that
'helm migrate helm3' has given to Helm 3.`,
  example: `  helm list --all
  helm list '^web-' --namespace shop --output json
  helm list --all-contexts --health
  helm list --all --helm3
  helm list --contexts staging,production --output json`,
  flags: FLAGS,
  run: async (context) => {
    const { flags, variables } = context;
    const format = listFormat(flags.output, variables);
    if (isFleet(flags)) return await listFleet(context, format);
    await withEnvironment(context, async (workplace) => {
      const { releases, next, details } = await listOne(context, workplace);
      if (releases.length === 0 && details === undefined && format === "" && !flags.short) tellEmpty(context);
      // Helm 2: prints nothing in any format when nothing is found.
      if (releases.length === 0 && !(flags["print-empty"] && format !== "")) return;
      context.print.out(`${listText(releases, { next, format }, context)}\n`);
    }).catch((error) => {
      throw offsetHint(error, flags.offset);
    });
  },
});

type ListContext = Context<typeof FLAGS>;

/** Lists the releases of all chosen contexts; returns the exit status. */
async function listFleet(context: ListContext, format: "" | "json" | "yaml"): Promise<number> {
  const { flags, print } = context;
  if (flags.offset !== "") throw new SkegError("usage", "--offset is about one cluster; name it with --kube-context");
  const { results, errors } = await overFleet(
    context,
    async (workplace, { print }) => {
      const { releases, next } = await listOne({ ...context, print }, workplace);
      if (next !== "" && print.hints) {
        print.err(`Note: there are more releases than --max ${flags.max}, from ${next} on\n`);
      }
      return releases;
    },
  );
  const releases = results.flatMap(({ context, value }) => value.map((listed) => ({ ...listed, context })));
  const isShown = releases.length > 0 || format !== "" && (errors.length > 0 || flags["print-empty"]);
  if (isShown) print.out(`${listText(releases, { next: "", format, errors }, context)}\n`);
  return errors.length > 0 ? INCOMPLETE : 0;
}

/** Lists the releases of one cluster, and prints the notes about them. */
async function listOne(
  context: ListContext,
  { environment, operations }: Workplace,
): Promise<
  { readonly releases: readonly ListedRelease[]; readonly next: string; readonly details: string | undefined }
> {
  const { flags, args, print, globals } = context;
  const helm3 = lookAtHelm3(context, { environment, operations });
  const { releases, next, details, mislabelled = [], migrated } = await operations.list(environment, {
    limit: flags.max,
    offset: flags.offset,
    matches: await nameFilter(args.join(" ")),
    sortBy: flags["chart-name"] ? "chart" : flags.date ? "date" : "name",
    descending: flags.reverse,
    statuses: wantedStatuses(flags),
    namespace: flags.namespace,
    outlines: true,
    checkLabels: flags.all,
    withMigrated: print.hints && !flags.short && !flags.helm3,
  });
  if (print.hints) {
    for (const line of details?.split("\n") ?? []) print.err(`Note: ${line}\n`);
    if (mislabelled.length > 0) {
      const { labelNote } = await import("../_lib/label_notes.ts");
      for (const record of mislabelled) print.err(`${labelNote(record, environment.driver.place)}\n`);
    }
  }
  const findingsOf = flags.health
    ? await examined(environment, operations, globals["tiller-namespace"], (text) => print.err(`Note: ${text}\n`))
    : undefined;
  const newest = newestOnly(releases);
  if (migrated !== undefined) noteMigrated(context, newest, migrated);
  const helm3Of = await helm3;
  return {
    releases: newest.map((release) => ({ release, findings: findingsOf?.(release.name), helm3: helm3Of?.(release) })),
    next,
    details,
  };
}

/** The most names in the note about migrated releases. */
const NAMED_MAX = 5;

/**
 * Begins to ask what Helm 3 has, while the releases are listed.
 *
 * @returns With `--helm3`, a function that returns what Helm 3 has of a release.
 */
function lookAtHelm3(
  { flags, print, variables }: ListContext,
  { environment, operations }: Pick<Workplace, "environment" | "operations">,
): Promise<((release: Release) => Helm3Mark | null | undefined) | undefined> {
  if (!flags.helm3) return Promise.resolve(undefined);
  const storage = /^configmaps?$/.test(variables("HELM_DRIVER") ?? "") ? "configmap" : "secret";
  const looked = operations.helm3Marks(environment, storage).then(({ of, problem }) => {
    if (problem !== "") print.err(`Note: not looked at: ${problem}\n`);
    return (release: Release) => problem === "" ? of(release) ?? null : undefined;
  });
  looked.catch(() => {}); // the list may fail first
  return looked;
}

/** Names the listed releases that Helm 3 has now. */
function noteMigrated({ advise }: ListContext, listed: readonly Release[], migrated: ReadonlySet<string>): void {
  const names = listed.map(({ name }) => name).filter((name) => migrated.has(name));
  if (names.length === 0) return;
  const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : "";
  const named = names.slice(0, NAMED_MAX).join(", ");
  advise(`Note: migrated to Helm 3: ${named}${more}; 'skeg list --helm3' shows what Helm 3 has.`);
}

/** Examines all releases of the records' namespace; returns a function that gives the findings of one. */
async function examined(
  environment: Workplace["environment"],
  operations: Operations,
  recordsNamespace: string,
  note: (text: string) => void,
): Promise<(name: string) => readonly Finding[]> {
  const report = await operations.examine(environment, { recordsNamespace });
  for (const { what, why } of report.unseen) note(`not examined: ${what}: ${why}`);
  return (name) => report.findings.filter(({ release }) => release === name);
}

/** Says that there is nothing to list, and what may have left it out. */
function tellEmpty({ flags, args, globals, print, advise }: Context<typeof FLAGS>): void {
  if (!print.hints) return;
  const chosen = ["all", "deleted", "deleting", "deployed", "failed", "pending"] as const;
  const isDefault = chosen.every((name) => !flags[name]);
  const place = globals["tiller-namespace"] || RECORDS_NAMESPACE;
  const what = args.length > 0 || flags.namespace !== "" || flags.offset !== "" ? " that matches" : "";
  advise(
    isDefault
      ? `Note: no release${what} is DEPLOYED or FAILED (records of namespace ${place}); ` +
        "'skeg list --all' shows other states, too."
      : `Note: no release${what} was found (records of namespace ${place}).`,
  );
}

/** Returns a test for names that contain a match of an RE2 pattern. */
async function nameFilter(pattern: string): Promise<((name: string) => boolean) | undefined> {
  if (pattern === "") return undefined;
  const { compileRegexp, prepareRegexp } = await import("../../engine/lang/golang/mod.ts");
  await prepareRegexp(pattern);
  const compiled = compileRegexp(pattern);
  return (name) => compiled.matches(name);
}

function listFormat(text: string, variables: Variables): "" | "json" | "yaml" {
  if (text === "" || text === "json" || text === "yaml") return text;
  if (text === "table" && programName(variables) === "skeg") return "";
  throw new UsageError(`Unknown output format ${quote(text)}`, { type: "choice", text, choices: ["json", "yaml"] });
}

/** Adds a hint: `-o` is `--offset` here and `--output` everywhere else. */
function offsetHint(error: unknown, offset: string): unknown {
  const mistaken = ["json", "yaml", "table"].includes(offset);
  if (!mistaken || !(error instanceof SkegError)) return error;
  return new SkegError(error.kind, error.message, {
    cause: error,
    hint: `Use --output ${offset} for the format: -o is --offset in this command.`,
  });
}

function wantedStatuses(flags: FlagValues<typeof FLAGS>): readonly StatusCode[] {
  if (flags.all) return ALL_LISTED;
  const wanted: StatusCode[] = [
    ...flags.deployed ? ["DEPLOYED" as const] : [],
    ...flags.deleted ? ["DELETED" as const] : [],
    ...flags.deleting ? ["DELETING" as const] : [],
    ...flags.failed ? ["FAILED" as const] : [],
    ...flags.pending ? ["PENDING_INSTALL", "PENDING_UPGRADE", "PENDING_ROLLBACK"] as const : [],
  ];
  return wanted.length > 0 ? wanted : LISTED;
}

/**
 * `doctor`: names what is wrong with releases and their records, with evidence, and proposes repairs.
 *
 * @module
 */
import type { DoctorOptions, DoctorReport } from "../../engine/release/mod.ts";
import { type Context, defineCommand, defineFlags } from "../_lib/command.ts";
import { printReport, typeableReport } from "../_lib/doctor_text.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { FLEET_FLAGS, isFleet, overFleet } from "../_lib/fleet.ts";
import { OUTPUT_FLAG, type OutputFormat, outputFormat } from "../_lib/flags.ts";
import { olderThan } from "../_lib/repair.ts";
import { jsonText, yamlText } from "../_lib/text.ts";
import { UsageError } from "../_lib/usage_error.ts";

/** `doctor`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE_NAME]",
  completes: { sources: ["release"] },
  long: `
Examines releases and their records, and names what is wrong with them: operations that
were interrupted, records that cannot be decoded, several DEPLOYED revisions or none,
records in two places, objects that are missing. Nothing is changed.

Without a name it looks at all releases: those of every namespace that has records, or
of '--tiller-namespace' if that is given.

Each finding has an id, evidence with its source, the consequence, and repairs, the best
one first:

	web: broken (R2): the upgrade was interrupted: revision 2 is PENDING_UPGRADE, and revision 1 is DEPLOYED
	  record web.v2: PENDING_UPGRADE, written 3d ago (2026-01-28T12:00:00Z): Preparing upgrade
	  live objects: 3 objects tell: 2 as in revision 2, 1 as in 1
	  Consequence: Tiller refuses every upgrade: another operation is in progress
	  Repair: skeg rollback web 1

A note is worth knowing. A warning is a risk. Broken means that an operation will fail, or
that something is lost already.

Of each release, the newest revision and those that are DEPLOYED, PENDING or DELETING are
read. '--deep' reads all of them.

The exit status is 0 if nothing is broken, 1 if something is, and 2 if nothing is broken
but not everything could be looked at. The report says what was left out.

'--contexts' and '--all-contexts' examine several clusters at once. A cluster that does
not answer within '--context-timeout' hides no other, and counts as not looked at.`,
  example: `  helm doctor
  helm doctor web
  helm doctor --deep --output json
  helm doctor --kubernetes 1.25
  helm doctor --all-contexts`,
  flags: defineFlags({
    ...OUTPUT_FLAG,
    ...FLEET_FLAGS,
    "deep": { type: "bool", usage: "Read all revisions. Without it, the newest, DEPLOYED, PENDING and DELETING ones" },
    "older-than": {
      type: "string",
      usage: "A pending operation whose record is older than this counts as interrupted, such as 10m or 1h",
      default: "10m",
    },
    "kubernetes": {
      type: "string",
      usage: "Also report objects whose API version this version of Kubernetes, such as 1.25, does not have",
    },
  }),
  run: async (context) => {
    const { args, flags, globals, given, print, variables } = context;
    const output = outputFormat(flags.output);
    if (args.length > 1) {
      throw new UsageError("doctor takes one release name, or none", {
        type: "arguments",
        wanted: ["release name"],
        given: args,
      });
    }
    const olderThanSeconds = olderThan(flags["older-than"]);
    const isNarrowed = given.has("tiller-namespace") || (variables("TILLER_NAMESPACE") ?? "") !== "";
    const options = {
      release: args[0],
      recordsNamespace: isNarrowed ? globals["tiller-namespace"] : undefined,
      deep: flags.deep,
      olderThanSeconds,
      kubernetes: flags.kubernetes === "" ? undefined : flags.kubernetes,
    };
    if (isFleet(flags)) return await examineFleet(context, options, output);
    const report = await withEnvironment(
      context,
      ({ environment, operations }) => operations.examine(environment, options),
      { tellOfTiller: false },
    );
    printReport(report, output, context, print);
    return statusOf([report.result]);
  },
});

/** Examines the clusters of several contexts, and prints one report after the other; returns the exit status. */
async function examineFleet(
  context: Context<typeof FLEET_FLAGS>,
  options: DoctorOptions,
  output: OutputFormat,
): Promise<number> {
  const { print } = context;
  const { results, errors } = await overFleet(context, async ({ environment, operations }, { typeable }) => ({
    report: await operations.examine(environment, options),
    typeable,
  }));
  if (output === "table") {
    for (const { context: name, value: { report, typeable } } of results) {
      print.out(`Context ${name}\n\n`);
      printReport(report, output, { typeable }, print);
      print.out("\n");
    }
  } else {
    const contexts = results.map(({ context: name, value: { report, typeable } }) => ({
      context: name,
      ...typeableReport(report, typeable),
    }));
    const document = { schema: 1, contexts, errors };
    print.out(output === "json" ? `${jsonText(document)}\n` : yamlText(document));
  }
  return statusOf([...results.map(({ value }) => value.report.result), ...errors.map(() => "incomplete" as const)]);
}

/** Returns the exit status for the results of one cluster or several. */
function statusOf(results: readonly DoctorReport["result"][]): number {
  return results.includes("broken") ? 1 : results.includes("incomplete") ? 2 : 0;
}

/**
 * `history`: lists the revisions of a release.
 *
 * Source: Helm 2.17.0, `cmd/helm/history.go`.
 *
 * @module
 */
import type { Release } from "../../engine/model/mod.ts";
import { type Context, defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { type OutputFormat, outputFormat, requireRelease, TLS_FLAGS, unknownFormat } from "../_lib/flags.ts";
import { tableFor } from "../_lib/screen_table.ts";
import { jsonText, timeText, yamlText } from "../_lib/text.ts";

const FLAGS = defineFlags({
  ...TLS_FLAGS,
  "col-width": { type: "uint", usage: "Specifies the max column width of output", default: 60 },
  "max": { type: "int32", usage: "Maximum number of revisions to include in history", default: 256 },
  "output": {
    type: "string",
    complete: { words: ["table", "json", "yaml"] },
    short: "o",
    usage: "Prints the output in the specified format (json|table|yaml)",
    default: "table",
  },
  "wide": { type: "bool", usage: "Show whole descriptions, however long" },
});

/** `history`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  completes: { sources: ["release"] },
  long: `
Lists the revisions of a release, oldest first. '--max' limits the list to the newest
ones.

On a terminal the table fits its width, and long cells end in an ellipsis; '--wide'
shows them whole.

	$ helm history web
	REVISION	UPDATED                 	STATUS    	CHART    	APP VERSION	DESCRIPTION
	1       	Mon Oct 19 10:00:00 2020	SUPERSEDED	web-1.2.3	4.5        	Install complete
	2       	Mon Oct 19 10:05:00 2020	DEPLOYED  	web-1.3.0	4.6        	Upgrade complete`,
  example: `  helm history web --max 10
  helm history web --wide
  helm history web --output yaml`,
  flags: FLAGS,
  run: async (context) => {
    const { flags, args, print } = context;
    const name = requireRelease(args);
    const output = outputFormat(flags.output, unknownFormat);
    await withEnvironment(context, async ({ environment, operations }) => {
      const releases = await operations.history(environment, { name, max: flags.max, outlines: true });
      if (releases.length > 0) print.out(`${historyText(releases.toReversed(), output, context)}\n`);
    });
  },
});

/** Returns the text of revisions; `releases` is ordered oldest first. */
/** On a terminal: narrower than this, cells say nothing. */
const LEAST = { UPDATED: 16, CHART: 12, DESCRIPTION: 32 };

function historyText(
  releases: readonly Release[],
  format: OutputFormat,
  { print, flags, given }: Context<typeof FLAGS>,
): string {
  const rows = releases.map(({ revision, info, chart }) => ({
    revision,
    updated: timeText(info.lastDeployed),
    status: info.status.code,
    chart: chart === undefined ? "MISSING" : `${chart.metadata.name}-${chart.metadata.version ?? ""}`,
    appVersion: chart === undefined ? "MISSING" : chart.metadata.appVersion ?? "",
    description: info.description,
  }));
  if (format === "json") return jsonText(rows);
  if (format === "yaml") return yamlText(rows);
  return tableFor(print, [
    ["REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "DESCRIPTION"],
    ...rows.map((row) => Object.values(row).map(String)),
  ], {
    limit: flags["col-width"],
    isLimitGiven: given.has("col-width"),
    isWide: flags.wide,
    least: LEAST,
    spare: ["APP VERSION"],
  });
}

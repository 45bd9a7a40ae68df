/**
 * `inspect`: shows a chart's Chart.yaml, values and README.
 *
 * Source: Helm 2.17.0, `cmd/helm/inspect.go`.
 *
 * @module
 */
import { loadChart } from "../../engine/chart/load/mod.ts";
import { fromBytes } from "../../engine/lang/golang/mod.ts";
import type { Chart, ChartMetadata } from "../../engine/model/mod.ts";
import { locateChart } from "../../app/find_chart.ts";
import { callerOf, debugVersion, sourceOf } from "../_lib/caller.ts";
import { type Command, defineCommand, defineFlags } from "../_lib/command.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { defaultKeyring, requireArgs, VERIFY_STRICT_FLAG } from "../_lib/flags.ts";
import { logTo } from "../_lib/log.ts";
import { yamlText } from "../_lib/text.ts";

const README_FLAGS = defineFlags({
  // Helm 2: the help texts of these two are swapped.
  "ca-file": { type: "string", complete: "file", usage: "Chart repository url where to locate the requested chart" },
  "cert-file": {
    type: "string",
    complete: "file",
    usage: "Verify certificates of HTTPS-enabled servers using this CA bundle",
  },
  "devel": {
    type: "bool",
    usage: "Use development versions, too. Equivalent to version '>0.0.0-0'. If --version is set, this is ignored.",
  },
  "key-file": { type: "string", complete: "file", usage: "Identify HTTPS client using this SSL key file" },
  "keyring": {
    type: "string",
    complete: "file",
    usage: "Path to the keyring containing public verification keys",
    default: defaultKeyring,
  },
  "repo": { type: "string", usage: "Chart repository url where to locate the requested chart" },
  "verify": { type: "bool", usage: "Verify the provenance data for this chart" },
  ...VERIFY_STRICT_FLAG,
  ...DOCUMENT_FLAG,
  "version": {
    type: "string",
    complete: "chart-version",
    usage: "Version of the chart. By default, the newest chart is shown",
  },
});

const FLAGS = defineFlags({
  ...README_FLAGS,
  "password": { type: "string", usage: "Chart repository password where to locate the requested chart" },
  "username": { type: "string", usage: "Chart repository username where to locate the requested chart" },
});

type Part = "chart" | "values" | "readme";

/** `inspect`. */
export const command: Command = inspectCommand(
  FLAGS,
  `
Shows the Chart.yaml, the values.yaml and the README of a chart (a folder or an
archive), with a line of dashes between them.`,
);

/** `inspect chart`. */
export const chart: Command = inspectCommand(FLAGS, "\nShows the Chart.yaml of a chart.", "chart");

/** `inspect values`. */
export const values: Command = inspectCommand(FLAGS, "\nShows the values.yaml of a chart.", "values");

/** `inspect readme`. */
export const readme: Command = inspectCommand(README_FLAGS, "\nShows the README of a chart.", "readme");

function inspectCommand(flags: typeof README_FLAGS, long: string, part?: Part): Command {
  return defineCommand({
    usage: "[CHART]",
    completes: { sources: ["chart"] },
    long,
    example: part === undefined
      ? "  helm inspect ./web\n  helm inspect web-1.2.3.tgz --verify"
      : `  helm inspect ${part} ./web\n  helm inspect ${part} web-1.2.3.tgz`,
    flags,
    run: async (context) => {
      const { args, print } = context;
      requireArgs(args, "chart name");
      const format = documentFormat(context.flags.output);
      debugVersion(context.flags, context);
      const path = await locateChart(args[0] ?? "", sourceOf(context.flags), callerOf(context));
      const chart = await loadChart(path, { warn: logTo(print) });
      if (format === undefined) print.out(chartText(chart, part));
      else printDocument("Chart", await chartFields(chart, part), format, print);
    },
  });
}

/** Returns the fields of a document: one part of a chart, or all of them. */
async function chartFields(chart: Chart, part: Part | undefined): Promise<Record<string, unknown>> {
  const { parseValues } = await import("../../engine/chart/values/mod.ts");
  return {
    ...part === undefined || part === "chart" ? { metadata: metadataDocument(chart.metadata) } : {},
    ...part === undefined || part === "values"
      ? { values: parseValues(chart.values?.raw ?? "", "chartutil.Values") ?? {} }
      : {},
    ...part === undefined || part === "readme" ? { readme: readmeOf(chart) } : {},
  };
}

/** Returns the text of the README; empty when there is none. */
function readmeOf(chart: Chart): string {
  const file = chart.files.find(({ path }) => ["readme.md", "readme.txt", "readme"].includes(path.toLowerCase()));
  return file === undefined ? "" : fromBytes(file.data);
}

/** Returns one part of a chart, or all of them. */
function chartText(chart: Chart, part: Part | undefined): string {
  const all = part === undefined;
  let text = "";
  if (all || part === "chart") text += `${yamlText(metadataDocument(chart.metadata))}\n`;
  if ((all || part === "values") && chart.values !== undefined) text += `${all ? "---\n" : ""}${chart.values.raw}\n`;
  if (all || part === "readme") {
    if (all) text += "---\n";
    const file = chart.files.find(({ path }) => ["readme.md", "readme.txt", "readme"].includes(path.toLowerCase()));
    if (file !== undefined) text += `${fromBytes(file.data)}\n`;
  }
  return text;
}

/** Returns the parsed Chart.yaml without empty fields. */
function metadataDocument({ unknown: _, maintainers, ...fields }: ChartMetadata): Record<string, unknown> {
  const people = maintainers?.map(({ unknown: _, isNull, ...person }) => isNull ? null : filled(person));
  return filled({ ...fields, maintainers: people });
}

function filled(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) =>
      value !== undefined && value !== "" && value !== false && !(Array.isArray(value) && value.length === 0) &&
      !(typeof value === "object" && value !== null && Object.keys(value).length === 0)
    ),
  );
}

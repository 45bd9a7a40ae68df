/**
 * `search`: finds charts in the user's repositories.
 *
 * Source: Helm 2.17.0, `cmd/helm/search.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { compileRegexp, prepareRegexp } from "../../engine/lang/golang/mod.ts";
import {
  cachedIndexPath,
  type ChartIndex,
  loadRepositories,
  openIndex,
  searchIndexes,
  type SearchResult,
} from "../../engine/chart/repo/mod.ts";
import { type Context, defineCommand, defineFlags } from "../_lib/command.ts";
import { OUTPUT_FLAG, type OutputFormat, outputFormat } from "../_lib/flags.ts";
import { helmHome } from "../../app/home.ts";
import { tableFor } from "../_lib/screen_table.ts";
import { jsonText, yamlText } from "../_lib/text.ts";
import { quote } from "../../engine/base/mod.ts";

const FLAGS = defineFlags({
  ...OUTPUT_FLAG,
  "col-width": { type: "uint", usage: "Specifies the max column width of output", default: 60 },
  "devel": {
    type: "bool",
    usage: "use development versions (alpha, beta, and release candidate releases), too. Equivalent to version " +
      "'>0.0.0-0'. If --version is set, this is ignored",
  },
  "regexp": { type: "bool", short: "r", usage: "Use regular expressions for searching" },
  "version": { type: "string", short: "v", usage: "Search using semantic versioning constraints" },
  "versions": {
    type: "bool",
    short: "l",
    usage: "Show the long listing, with each version of each chart on its own line",
  },
});

/** `search`. */
export const command = defineCommand({
  usage: "[keyword]",
  long: `
Searches the indexes that 'helm repo update' has downloaded: names, descriptions and
keywords, ignoring case. Several words are searched as one text; without any, all
charts are listed. With '--regexp' the words are a regular expression.

Of each chart the newest release is shown; '--versions' shows all, '--version'
those in a range, '--devel' pre-releases, too.`,
  example: `  helm search
  helm search mysql --versions --version '^1.2'
  helm search -r '^stable/.*(sql|db)'`,
  flags: FLAGS,
  run: async (context) => {
    const { args, flags, print } = context;
    const range = rangeOf(context);
    const repositories = await openAll(context);
    const words = args.join(" ");
    const find = flags.regexp && words !== "" ? await finder(words) : undefined;
    const results = searchIndexes(repositories, {
      words,
      ...find === undefined ? {} : { find },
      range,
      all: flags.versions,
    });
    print.out(resultText(results, outputFormat(flags.output), context));
  },
});

function rangeOf({ flags, globals, print }: Context<typeof FLAGS>): string {
  const debug = (text: string) => globals.debug ? print.out(`[debug] ${text}\n`) : undefined;
  debug(`Original chart version: ${quote(flags.version)}`);
  if (flags.version !== "") return flags.version;
  const range = flags.devel ? ">0.0.0-0" : ">0.0.0";
  debug(`setting version to ${range}`);
  return range;
}

interface OpenedRepository {
  readonly name: string;
  readonly index: ChartIndex;
}

/** Opens all repositories whose index can be read; Helm 2 reports the others on standard output. */
async function openAll({ globals, variables, print, flags }: Context<typeof FLAGS>): Promise<OpenedRepository[]> {
  const home = helmHome(globals.home, variables).folder;
  const { repositories } = await loadRepositories(home);
  const opened: OpenedRepository[] = [];
  for (const { name } of repositories) {
    try {
      opened.push({ name, index: await openIndex(cachedIndexPath(home, name)) });
    } catch (error) {
      if (!(error instanceof SkegError)) throw error;
      const text = `WARNING: Repo ${JSON.stringify(name)} is corrupt or missing. Try 'helm repo update'.\n`;
      if (flags.output === "table") print.out(text);
      else print.err(text);
      if (globals.debug) print.err(`${error.message}\n`);
    }
  }
  return opened;
}

/** Returns a function that finds the first match of a regular expression. */
async function finder(pattern: string): Promise<(text: string) => number> {
  await prepareRegexp(pattern);
  const regexp = compileRegexp(pattern);
  return (text) => regexp.indexIn(text);
}

function resultText(
  results: readonly SearchResult[],
  format: OutputFormat,
  { print, flags, given }: Context<typeof FLAGS>,
): string {
  if (format === "table") {
    if (results.length === 0) return "No results found\n";
    const rows = results.map(({ name, chart }) => [
      name,
      chart.version ?? "",
      chart.appVersion ?? "",
      chart.description ?? "",
    ]);
    const heading = ["NAME", "CHART VERSION", "APP VERSION", "DESCRIPTION"];
    const options = { limit: flags["col-width"], isLimitGiven: given.has("col-width") };
    return `${tableFor(print, [heading, ...rows], options)}\n`;
  }
  const list = results.length === 0 ? null : results.map(({ name, chart }) => ({
    Name: name,
    Version: chart.version ?? "",
    AppVersion: chart.appVersion ?? "",
    Description: chart.description ?? "",
  }));
  return format === "json" ? `${jsonText(list)}\n` : `${yamlText(list)}\n`;
}

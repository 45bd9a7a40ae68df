/**
 * `migrate helm3 config`: copies the list of repositories to Helm 3, and lists what else Helm 2's folder holds for it.
 *
 * @module
 */
import { join } from "node:path";
import { readdir } from "node:fs/promises";
import { helm3Home } from "../../app/helm3_home.ts";
import { helmHome } from "../../app/home.ts";
import { installedPlugins } from "../../app/plugins.ts";
import { counted, maskAddress } from "../../engine/base/mod.ts";
import { needsTiller } from "../../engine/chart/plugin/mod.ts";
import {
  encodeHelm3Repositories,
  forHelm3,
  loadHelm3Repositories,
  loadRepositories,
  type Repository,
  writeHelm3Repositories,
} from "../../engine/chart/repo/mod.ts";
import { SkegError } from "../../errors.ts";
import { pluginHost } from "../_lib/caller.ts";
import { type Context, defineCommand, defineFlags } from "../_lib/command.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { tellNote } from "../_lib/log.ts";
import { movedTo } from "../_lib/old_repositories.ts";
import { tableFor } from "../_lib/screen_table.ts";
import { UsageError } from "../_lib/usage_error.ts";

const FLAGS = defineFlags({
  ...DOCUMENT_FLAG,
  "yes": { type: "bool", short: "y", usage: "Write Helm 3's list. Without it, only show what would be written" },
});

/** `migrate helm3 config`. */
export const command = defineCommand({
  usage: "",
  long: `
Copies the list of chart repositories in $HELM_HOME to the place where Helm 3 keeps its
own, if Helm 3 has none yet. Without '--yes' it only shows what would be written.

Left out are addresses whose host no longer exists, and the one on which 'helm serve'
answers, which Helm 3 does not have. Nothing is asked over the network.

It also lists the plugins and starters of $HELM_HOME, and which plugins say that they
need a Tiller. Nothing in $HELM_HOME is changed or deleted.

Helm 3's place follows its own variables: $HELM_REPOSITORY_CONFIG, $HELM_CONFIG_HOME and
$XDG_CONFIG_HOME for the list, $HELM_PLUGINS, $HELM_DATA_HOME and $XDG_DATA_HOME for
plugins and starters.`,
  example: `  helm migrate helm3 config
  helm migrate helm3 config --yes
  helm migrate helm3 config --output json`,
  flags: FLAGS,
  run: async (context) => {
    const { args, flags, print } = context;
    if (args.length > 0) {
      throw new UsageError("This command does not accept arguments", { type: "arguments", wanted: [], given: args });
    }
    const format = documentFormat(flags.output);
    const config = await readConfig(context);
    const isWritten = flags.yes && config.canWrite;
    if (isWritten) await writeHelm3Repositories(config.target, encodeHelm3Repositories(config.kept));
    if (format === undefined) print.out(configText(config, isWritten, print));
    else printDocument("Helm3Config", configData(config, isWritten), format, print);
    for (const note of config.notes) tellNote(print, `Note: ${note}`);
    if (!isWritten && config.canWrite) {
      tellNote(print, "This was a preview: nothing was written. Run the same command with --yes to write it.");
    }
  },
});

/** A repository of Helm 2, and what becomes of it. */
interface ConfigRow {
  readonly name: string;
  /** Credentials in it are masked. */
  readonly url: string;
  /** `copy`: Helm 3 gets it; `left-out`: it is of no use there; `there`: Helm 3 has it; `kept-apart`: Helm 3 has a list without it. */
  readonly result: "copy" | "left-out" | "there" | "kept-apart";
  /** Why it is not copied; empty for `copy`. */
  readonly reason: string;
}

/** A plugin of Helm 2. */
interface ConfigPlugin {
  readonly name: string;
  readonly version: string;
  /** Why it needs a Tiller; empty if it does not say so. */
  readonly needsTiller: string;
}

interface Config {
  /** Path of Helm 3's list. */
  readonly target: string;
  /** True if Helm 3 has no repositories, and some are to be copied. */
  readonly canWrite: boolean;
  readonly kept: readonly Repository[];
  readonly rows: readonly ConfigRow[];
  readonly plugins: readonly ConfigPlugin[];
  readonly starters: readonly string[];
  /** Helm 3's folders of plugins and starters. */
  readonly pluginsFolder: string;
  readonly startersFolder: string;
  readonly notes: readonly string[];
}

async function readConfig(context: Context<typeof FLAGS>): Promise<Config> {
  const { globals, variables } = context;
  const home = helmHome(globals.home, variables);
  const helm3 = helm3Home(variables);
  const { repositories, problem } = await helm2Repositories(home.folder);
  const { kept, leftOut, notes } = forHelm3(repositories, { movedTo, home: home.folder });
  const existing = await loadHelm3Repositories(helm3.repositories) ?? [];
  const canWrite = existing.length === 0 && kept.length > 0;
  const isThere = ({ name, url }: Repository): boolean =>
    existing.some((one) => one.name === name && one.url.replace(/\/$/, "") === url.replace(/\/$/, ""));
  const rows = repositories.map((repository): ConfigRow => {
    const { name, url } = repository;
    const reason = leftOut.find((one) => one.repository === repository)?.reason;
    const row = { name, url: maskAddress(url) };
    if (reason !== undefined) return { ...row, result: "left-out", reason };
    if (existing.length === 0) return { ...row, result: "copy", reason: "" };
    if (isThere(repository)) return { ...row, result: "there", reason: "Helm 3 has it already" };
    const other = existing.find((one) => one.name === name);
    return {
      ...row,
      result: "kept-apart",
      reason: other === undefined
        ? "Helm 3's own list is not changed; add it there by hand"
        : `Helm 3 has another repository of this name: ${maskAddress(other.url)}`,
    };
  });
  return {
    target: helm3.repositories,
    canWrite,
    kept,
    rows,
    plugins: installedPlugins(pluginHost(context)).map(({ metadata }) => ({
      name: metadata.name,
      version: metadata.version,
      needsTiller: needsTiller(metadata) ?? "",
    })),
    starters: await starterNames(home.path("starters")),
    pluginsFolder: helm3.plugins,
    startersFolder: helm3.starters,
    notes: [
      ...problem === undefined ? [] : [problem],
      ...existing.length > 0
        ? [
          `Helm 3 has ${
            counted(existing.length, "repository", "repositories")
          } already, in ${helm3.repositories}, so nothing is copied`,
        ]
        : [],
      ...canWrite ? notes : [],
    ],
  };
}

/** Returns an error that names the list which cannot be read: there are two. */
function inFile(path: string, error: unknown): unknown {
  if (!(error instanceof SkegError) || error.message.includes(path)) return error;
  return new SkegError(error.kind, `${path} cannot be read: ${error.message}`, {
    cause: error,
    hint: error.hint ?? "Correct the file, then run the same command again.",
  });
}

/** Returns Helm 2's list; a missing one is empty, with a sentence about it. */
async function helm2Repositories(
  home: string,
): Promise<{ readonly repositories: readonly Repository[]; readonly problem?: string }> {
  try {
    return { repositories: (await loadRepositories(home)).repositories };
  } catch (error) {
    const isMissing = error instanceof SkegError && (error.cause as { code?: unknown } | undefined)?.code === "ENOENT";
    if (!isMissing) throw inFile(join(home, "repository", "repositories.yaml"), error);
    return { repositories: [], problem: `${home} has no list of repositories; --home names another folder` };
  }
}

async function starterNames(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name).sort();
}

function configText(config: Config, isWritten: boolean, print: Context["print"]): string {
  const { target, rows, plugins, starters, pluginsFolder, startersFolder, canWrite } = config;
  const results: Readonly<Record<ConfigRow["result"], string>> = {
    copy: isWritten ? "copied" : "would be copied",
    "left-out": "left out",
    there: "not copied",
    "kept-apart": "not copied",
  };
  const parts = [
    [
      `${isWritten ? "Written" : canWrite ? "Would be written" : "Helm 3's list of repositories"}: ${target}`,
      ...rows.length === 0 ? [] : [tableFor(print, [
        ["REPOSITORY", "URL", "RESULT", "REASON"],
        ...rows.map(({ name, url, result, reason }) => [name, url, results[result], reason]),
      ])],
    ],
    plugins.length === 0 ? [] : [
      `Plugins, to be installed again for Helm 3 (${pluginsFolder}):`,
      tableFor(print, [
        ["PLUGIN", "VERSION", "NEEDS TILLER"],
        ...plugins.map(({ name, version, needsTiller }) => [name, version, needsTiller || "does not say so"]),
      ]),
    ],
    starters.length === 0 ? [] : [`Starters, to be copied by hand to ${startersFolder}: ${starters.join(", ")}`],
  ];
  return `${parts.filter((part) => part.length > 0).map((part) => part.join("\n")).join("\n\n")}\n`;
}

function configData(config: Config, isWritten: boolean): Readonly<Record<string, unknown>> {
  const { target, rows, plugins, starters, pluginsFolder, startersFolder, notes } = config;
  return {
    target,
    performed: isWritten,
    repositories: rows,
    plugins,
    starters,
    helm3Plugins: pluginsFolder,
    helm3Starters: startersFolder,
    notes,
  };
}

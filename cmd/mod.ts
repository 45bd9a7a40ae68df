/**
 * The table of commands, and running a command line.
 *
 * A command's file is loaded only when it is needed.
 *
 * Source: Helm 2.17.0, `cmd/helm/helm.go`.
 *
 * @module
 */
import { STORAGE_LIST } from "../storage/kinds.ts";
import { type CommandEntry, type Context, GLOBAL_FLAGS, type Outside } from "./_lib/command.ts";
import { helpPage, type HelpSubject, unknownCommand, usagePage } from "./_lib/help.ts";
import { typeable } from "./_lib/advice.ts";
import { gatherRandomness } from "../app/open_target.ts";
import { warnOfOldRepositories } from "./_lib/old_repositories.ts";
import { tellNote } from "./_lib/log.ts";
import { DIFF } from "./release/diff.ts";
import { MIGRATE } from "./release/migrate.ts";
import { PLAN } from "./release/plan.ts";
import { RBAC } from "./release/rbac.ts";
import { REPAIR } from "./release/repair.ts";
import {
  checkVariables,
  findCommand,
  type FoundCommand,
  helpFlag,
  leadingValues,
  parseFlags,
  plainWords,
  valuesOf,
} from "./_lib/parse.ts";
import { programName } from "./_lib/program_name.ts";
import { helpSubject, ROOT_FLAGS, subjectOf } from "./_lib/subject.ts";
import { UsageError } from "./_lib/usage_error.ts";
import { wrapped, wrappedAdvice } from "./_lib/wrap.ts";

export type {
  ArgumentSources,
  Command,
  CommandEntry,
  CompletionSource,
  Context,
  Flag,
  Flags,
  FlagType,
  FlagValue,
  FlagValues,
  Globals,
  Outside,
  Programs,
  Variables,
} from "./_lib/command.ts";
export type { ProgramEnd, RunProgram, RunProgramOptions } from "../engine/chart/plugin/mod.ts";
export type {
  ApiResource,
  Cluster,
  CreateOptions,
  KubeCallOptions,
  KubeClient,
  KubeProgress,
  KubeRequest,
  ResourceInfo,
  Transport,
  UpdateOptions,
} from "../engine/kube/mod.ts";
export type { Environment, ReleaseEvent } from "../engine/release/mod.ts";
export type { Driver, DriverOptions, RecordQuery } from "../storage/mod.ts";
export { CONNECTION_SENTENCES, INIT_SENTENCES, REFUSED_SENTENCES, type Sentences } from "./_lib/without_tiller.ts";
export { type Colour, type Look, memoryPrinter, type Printer, processPrinter, type Written } from "./_lib/print.ts";
export { nameOfExecutable, type ProgramName } from "./_lib/program_name.ts";
export { type HoldOptions, processSignals, type Signals } from "./_lib/signals.ts";

const ROOT_LONG = `Installs, upgrades and manages Helm 2 charts and releases, without Tiller.

Nothing needs to be installed in the cluster first: releases of an earlier Tiller
are found where it stored them.

Where to begin:

- helm install:   Install a chart into the cluster
- helm list:      List the releases
- helm status:    See how a release is doing
- helm upgrade:   Change the chart or the values of a release

No cluster? Add '--sandbox' to a command: it then uses an API server inside this
program, whose state is kept between commands (in ~/.local/state/skeg/sandbox.sqlite).

'helm completion SHELL' makes the Tab key complete names, for bash, zsh, fish and
PowerShell. 'helm docs --type man --dir DIR' writes manual pages.

Environment:

- $HELM_HOME:           Folder of Helm's files (default "~/.helm")
- $HELM_NO_PLUGINS:     1 disables plugin commands
- $KUBECONFIG:          Kubernetes configuration files (default "~/.kube/config")
- $TILLER_NAMESPACE:    Namespace of the release records (default "kube-system")
- $TILLER_HISTORY_MAX:  Revisions to keep per release; 0 keeps all
- $SKEG_PARALLELISM:    Number of concurrent requests to the cluster
- $SKEG_SANDBOX:        Use the sandbox: "default", or the file of its state
- $SKEG_STORAGE:        Where release records are kept: ${STORAGE_LIST}
- $SKEG_LEASE:          "off" holds no lease of a release while it is changed; "on" holds one under the name helm, too
- $SKEG_NAME:           "helm" makes the program call itself helm, as when its executable is called so
- $SKEG_HINTS:          "off" leaves out advice and notes on standard error
- $NO_COLOR:            When set, no colours`;

const DEPENDENCY_LONG = `
Manages the charts that a chart depends on.

They are listed in requirements.yaml, beside Chart.yaml, and must be in charts/ when
the chart is used:

	# requirements.yaml
	dependencies:
	- name: mysql
	  version: ^1.2.0
	  repository: https://charts.helm.sh/stable
	- name: common
	  version: 1.x
	  repository: file://../common

A repository is an address, '@name' or 'alias:name' for one in your list, or a
folder on this machine. Without one, the chart must already be in charts/.`;

const REPO_LONG = `
Manages your list of chart repositories.

A chart repository is a folder on a web server, with packaged charts and a file
index.yaml that lists them.`;

/** All commands, in the order in which they are suggested. */
export const COMMANDS: CommandEntry = {
  name: "helm",
  summary: "The Helm package manager for Kubernetes.",
  long: ROOT_LONG,
  example: `  helm install ./web --name web --sandbox
  helm list --all
  helm upgrade web ./web --set replicas=3 --wait`,
  children: [
    { name: "create", summary: "Create a new chart with the given name", load: () => import("./chart/create.ts") },
    {
      name: "dependency",
      aliases: ["dep", "dependencies"],
      summary: "Manage a chart's dependencies",
      long: DEPENDENCY_LONG,
      example: `  helm dependency list ./web
  helm dependency update ./web
  helm dependency build ./web`,
      children: [
        {
          name: "list",
          aliases: ["ls"],
          summary: "List the dependencies for the given chart",
          load: () => import("./chart/dependency_list.ts"),
        },
        {
          name: "update",
          aliases: ["up"],
          summary: "Update charts/ based on the contents of requirements.yaml",
          load: () => import("./chart/dependency_update.ts"),
        },
        {
          name: "build",
          summary: "Rebuild the charts/ directory based on the requirements.lock file",
          load: () => import("./chart/dependency_build.ts"),
        },
      ],
    },
    {
      name: "fetch",
      summary: "Download a chart from a repository and (optionally) unpack it in local directory",
      load: () => import("./chart/fetch.ts"),
    },
    {
      name: "inspect",
      summary: "Inspect a chart",
      load: () => import("./chart/inspect.ts"),
      children: (["chart", "readme", "values"] as const).map((part) => ({
        name: part,
        summary: `shows inspect ${part}`,
        load: async () => ({ command: (await import("./chart/inspect.ts"))[part] }),
      })),
    },
    { name: "lint", summary: "Examines a chart for possible issues", load: () => import("./chart/lint.ts") },
    {
      name: "why",
      own: true,
      summary: "Tell where output of a chart or release comes from",
      load: () => import("./chart/why.ts"),
    },
    {
      name: "unittest",
      own: true,
      summary: "Test charts without a cluster",
      load: () => import("./chart/unittest.ts"),
    },
    {
      name: "package",
      summary: "Package a chart directory into a chart archive",
      load: () => import("./chart/package.ts"),
    },
    {
      name: "repo",
      summary: "Add, list, remove, update, and index chart repositories",
      long: REPO_LONG,
      example: `  helm repo add stable https://charts.helm.sh/stable
  helm repo update
  helm repo list`,
      children: [
        { name: "add", summary: "Add a chart repository", load: () => import("./repo/repo_add.ts") },
        {
          name: "index",
          summary: "Generate an index file given a directory containing packaged charts",
          load: () => import("./repo/repo_index.ts"),
        },
        { name: "list", summary: "List chart repositories", load: () => import("./repo/repo_list.ts") },
        {
          name: "remove",
          aliases: ["rm"],
          summary: "Remove a chart repository",
          load: () => import("./repo/repo_remove.ts"),
        },
        {
          name: "update",
          aliases: ["up"],
          summary: "Update information of available charts locally from chart repositories",
          load: () => import("./repo/repo_update.ts"),
        },
      ],
    },
    { name: "search", summary: "Search for a keyword in charts", load: () => import("./repo/search.ts") },
    { name: "serve", summary: "Start a local http web server", load: () => import("./repo/serve.ts") },
    {
      name: "verify",
      summary: "Verify that a chart at the given path has been signed and is valid",
      load: () => import("./chart/verify.ts"),
    },
    {
      name: "push",
      own: true,
      summary: "Upload a packaged chart to an OCI registry",
      load: () => import("./chart/push.ts"),
    },
    {
      name: "delete",
      aliases: ["del"],
      suggestFor: ["remove", "rm"],
      summary: "Given a release name, delete the release from Kubernetes",
      opensCluster: true,
      load: () => import("./release/delete.ts"),
    },
    {
      name: "get",
      summary: "Download a named release",
      opensCluster: true,
      load: () => import("./release/get.ts"),
      children: [
        {
          name: "values",
          summary: "Download the values file for a named release",
          load: () => import("./release/get_values.ts"),
        },
        {
          name: "manifest",
          summary: "Download the manifest for a named release",
          load: () => import("./release/get_manifest.ts"),
        },
        {
          name: "hooks",
          summary: "Download all hooks for a named release",
          load: () => import("./release/get_hooks.ts"),
        },
        {
          name: "notes",
          summary: "Displays the notes of the named release",
          load: () => import("./release/get_notes.ts"),
        },
      ],
    },
    {
      name: "history",
      aliases: ["hist"],
      summary: "Fetch release history",
      opensCluster: true,
      load: () => import("./release/history.ts"),
    },
    {
      name: "install",
      summary: "Install a chart archive",
      opensCluster: true,
      load: () => import("./release/install.ts"),
    },
    {
      name: "list",
      aliases: ["ls"],
      summary: "List releases",
      opensCluster: true,
      load: () => import("./release/list.ts"),
    },
    {
      name: "rollback",
      summary: "Rollback a release to a previous revision",
      opensCluster: true,
      load: () => import("./release/rollback.ts"),
    },
    {
      name: "status",
      summary: "Displays the status of the named release",
      opensCluster: true,
      load: () => import("./release/status.ts"),
    },
    {
      name: "doctor",
      own: true,
      summary: "Name what is wrong with releases and their records",
      opensCluster: true,
      load: () => import("./release/doctor.ts"),
    },
    { name: "upgrade", summary: "Upgrade a release", opensCluster: true, load: () => import("./release/upgrade.ts") },
    { name: "test", summary: "Test a release", opensCluster: true, load: () => import("./release/test_release.ts") },
    DIFF,
    PLAN,
    {
      name: "apply",
      own: true,
      summary: "Do what a saved plan shows",
      opensCluster: true,
      load: () => import("./release/apply.ts"),
    },
    RBAC,
    REPAIR,
    {
      name: "export",
      own: true,
      summary: "Save releases to an archive",
      opensCluster: true,
      load: () => import("./release/export.ts"),
    },
    {
      name: "import",
      own: true,
      summary: "Create the releases of an archive",
      opensCluster: true,
      load: () => import("./release/import.ts"),
    },
    {
      name: "move-storage",
      own: true,
      summary: "Move release records to another storage",
      opensCluster: true,
      load: () => import("./release/move_storage.ts"),
    },
    MIGRATE,
    {
      name: "wait",
      own: true,
      summary: "Wait until the objects of a release are ready",
      opensCluster: true,
      load: () => import("./release/wait.ts"),
    },
    { name: "reset", summary: "Uninstalls Tiller from a cluster", load: () => import("./client/reset.ts") },
    {
      name: "version",
      summary: "Print the client/server version information",
      load: () => import("./client/version.ts"),
    },
    {
      name: "completion",
      summary: "Generate autocompletions script for the specified shell (bash or zsh)",
      load: () => import("./client/completion.ts"),
    },
    { name: "home", summary: "Displays the location of HELM_HOME", load: () => import("./client/home.ts") },
    { name: "init", summary: "Initialize Helm on both client and server", load: () => import("./client/init.ts") },
    {
      name: "plugin",
      summary: "Add, list, or remove Helm plugins",
      long: `Plugins add commands, and downloaders for other kinds of addresses. Plugins of Helm 2
work unchanged; $HELM_BIN in their environment is this program.`,
      example: `  helm plugin install https://github.com/example/hello --version 1.2.0
  helm plugin list`,
      children: [
        {
          name: "install",
          summary: "Install one or more Helm plugins",
          load: () => import("./plugin/plugin_install.ts"),
        },
        { name: "list", summary: "List installed Helm plugins", load: () => import("./plugin/plugin_list.ts") },
        { name: "remove", summary: "Remove one or more Helm plugins", load: () => import("./plugin/plugin_remove.ts") },
        { name: "update", summary: "Update one or more Helm plugins", load: () => import("./plugin/plugin_update.ts") },
      ],
    },
    { name: "template", summary: "Locally render templates", load: () => import("./chart/template.ts") },
    {
      name: "sandbox",
      own: true,
      summary: "Serve or reset the sandbox, a cluster in this process",
      long: `The sandbox is a Kubernetes API server inside this program, for trying, testing
and rehearsing. Any command uses it when '--sandbox' is given.`,
      example: `  helm sandbox serve --port 6443
  helm sandbox reset`,
      children: [
        { name: "serve", summary: "Serve the sandbox over HTTPS", load: () => import("./client/sandbox_serve.ts") },
        { name: "reset", summary: "Delete the sandbox's state", load: () => import("./client/sandbox_reset.ts") },
      ],
    },
    {
      name: "ui",
      own: true,
      summary: "Show releases in the browser",
      load: () => import("./client/ui.ts"),
    },
    {
      name: "update",
      aliases: ["up"],
      summary: "Update information of available charts locally from chart repositories",
      hidden: true,
      deprecated: "Use 'helm repo update'\n",
      load: () => import("./repo/repo_update.ts"),
    },
    { name: "help", summary: "Help about any command" },
    {
      name: "docs",
      hidden: true,
      summary: "Generate documentation as markdown or man pages",
      load: async () => ({ command: (await import("./client/docs.ts")).docsCommand(COMMANDS) }),
    },
    {
      name: "__complete",
      hidden: true,
      summary: "Complete a command line",
      load: async () => ({ command: (await import("./client/complete.ts")).completeCommand(COMMANDS) }),
    },
  ],
};

/** Loads what prints an error. */
export function failures(): Promise<typeof import("./_lib/failure.ts")> {
  return import("./_lib/failure.ts");
}

/**
 * Runs one command line and returns the exit status.
 *
 * @throws SkegError for every failure; `main.ts` prints it.
 */
export async function runCommand(argv: readonly string[], outside: Outside): Promise<number> {
  const { path, words } = await findAny(argv, argv, outside);
  try {
    return await runFound(path, words, argv, outside);
  } catch (error) {
    if (!(error instanceof UsageError) || error.hint !== undefined || !outside.print.hints) throw error;
    const { withAdvice } = await import("./_lib/usage_advice.ts");
    throw await withAdvice(error, COMMANDS, path, outside.variables);
  }
}

async function runFound(
  path: readonly CommandEntry[],
  words: readonly string[],
  argv: readonly string[],
  outside: Outside,
): Promise<number> {
  const entry = path.at(-1) ?? COMMANDS;
  if (path.length === 1) {
    const [word] = plainWords(words, ROOT_FLAGS);
    if (word !== undefined) {
      const name = programName(outside.variables);
      const root = { ...COMMANDS, ...path[0], name };
      throw new UsageError(`${unknownCommand(word, root)}\nRun '${name} --help' for usage.`, {
        type: "unknown-command",
        word,
        rest: words.slice(words.indexOf(word) + 1),
      });
    }
  }
  if (entry.name === "help") return await help(words, argv, outside);
  if (path.some((each) => each.opensCluster === true) && !staysHere(words, outside)) gatherRandomness();
  return await run(path, words, outside);
}

/** True if a command that usually opens the cluster will not do so. */
function staysHere(words: readonly string[], { variables }: Outside): boolean {
  return (variables("SKEG_SANDBOX") ?? "") !== "" || words.some((word) => /^(-h|--help|--sandbox)(=|$)/.test(word));
}

/** Finds a built-in command, or else a plugin's. Plugins are searched only in that case. */
async function findAny(words: readonly string[], argv: readonly string[], outside: Outside): Promise<FoundCommand> {
  const found = findCommand(COMMANDS, words, ROOT_FLAGS);
  // Helm 2's users know `diff` as a plugin.
  const isDiff = found.path[1]?.name === "diff" && outside.print.watched;
  if (found.path.length > 1 && !isDiff) return found;
  const { pluginCommands, tellOfHiddenPlugin } = await import("./_lib/plugins.ts");
  const globals = leadingValues(argv, GLOBAL_FLAGS, outside.variables);
  const { variables, print, programs } = outside;
  const context = { variables, print, programs, globals };
  if (isDiff) {
    tellOfHiddenPlugin("diff", context);
    return found;
  }
  const plugins = pluginCommands(context);
  const all = { ...COMMANDS, children: [...COMMANDS.children ?? [], ...plugins] };
  const foundInAll = plugins.length === 0 ? found : findCommand(all, words, ROOT_FLAGS);
  if (foundInAll.path.length > 1 || programName(variables) === "helm") return foundInAll;
  const { inHelm2Words } = await import("./_lib/helm3_commands.ts");
  const other = inHelm2Words(words, ROOT_FLAGS);
  if (other === undefined) return foundInAll;
  tellNote(print, `Note: ${other.note}`);
  return findCommand(all, other.words, ROOT_FLAGS);
}

async function run(path: readonly CommandEntry[], words: readonly string[], outside: Outside): Promise<number> {
  const entry = path.at(-1) ?? COMMANDS;
  const subject = await subjectOf(path, outside.variables);
  if (entry.deprecated !== undefined) {
    outside.print.err(`Command "${entry.name}" is deprecated, ${entry.deprecated}\n`);
  }
  const { command } = subject;
  // Flags that this name does not have get their defaults.
  const flags = { ...GLOBAL_FLAGS, ...subject.globals, ...subject.flags };
  const parsed = command?.verbatim
    ? { ...parseFlags([], flags, outside.variables), args: words }
    : parseFlags(words, flags, outside.variables);
  for (const note of parsed.notes) outside.print.err(`${note}\n`);
  if (path.length === 1 && parsed.values["version"] === true) {
    const { OWN_VERSION } = await import("./_lib/own_version.ts");
    outside.print.out(`skeg ${OWN_VERSION}\n`);
    return 0;
  }
  if (parsed.values["help"] === true || command === undefined) {
    const [word] = parsed.args;
    if (command === undefined && parsed.values["help"] !== true && word !== undefined) {
      const { unknownSubcommand, wrongSubcommand } = await import("./_lib/usage_advice.ts");
      // A group of Helm prints its help and succeeds.
      if (subject.path.some(({ own }) => own === true)) throw wrongSubcommand(word, subject.path, COMMANDS);
      tellNote(outside.print, `Note: ${unknownSubcommand(word, subject.path)}`);
    }
    printHelp(subject, outside);
    return 0;
  }
  const globals = valuesOf(GLOBAL_FLAGS, parsed.values);
  checkVariables(flags, parsed.given, outside.variables);
  if (globals.sandbox === "default" && !command.verbatim && words.includes("--sandbox")) {
    (await import("./_lib/sandbox_word.ts")).checkSandboxWord(words, command.completes);
  }
  if (!command.verbatim) await warnOfOldRepositories(globals, outside);
  const context: Context = {
    variables: outside.variables,
    print: outside.print,
    readStdin: outside.readStdin,
    programs: outside.programs,
    get signal() {
      return outside.signal;
    },
    holdSignals: outside.holdSignals,
    flags: valuesOf(command.flags, parsed.values),
    globals,
    args: parsed.args,
    given: parsed.given,
    advise: (text) => {
      const { colour, hints, watched, columns } = outside.print;
      if (!hints) return;
      const advice = typeable(text, words, outside.variables);
      outside.print.err(`${watched ? wrappedAdvice(advice, columns) : advice}\n`, colour ? { colour: "dim" } : {});
    },
    typeable: (text) => typeable(text, words, outside.variables),
  };
  return await command.run(context) ?? 0;
}

/** Prints a help page; on a terminal, its lines break between words. */
function printHelp(subject: HelpSubject, { print }: Pick<Outside, "print">): void {
  const page = helpPage(subject);
  print.out(print.terminal ? wrapped(page, print.columns) : page);
}

/** `help COMMAND…`. */
async function help(words: readonly string[], argv: readonly string[], outside: Outside): Promise<number> {
  const topic = parseFlags(words, { ...ROOT_FLAGS, help: helpFlag("help") }, outside.variables);
  if (topic.values["help"] === true) {
    printHelp(helpSubject(COMMANDS, outside.variables), outside);
    return 0;
  }
  await warnOfOldRepositories(valuesOf(GLOBAL_FLAGS, topic.values), outside);
  const { path, words: rest } = await findAny(topic.args, argv, outside);
  if (path.length === 1 && rest.some((word) => word !== "")) {
    // Helm 2: an unknown topic is no failure. Empty words are none.
    const asked = topic.args.map((word) => word.includes("`") ? JSON.stringify(word) : `\`${word}\``).join(" ");
    outside.print.err(`Unknown help topic [${asked}]\n`);
    outside.print.err(usagePage(await subjectOf(path, outside.variables)));
    return 0;
  }
  printHelp(await subjectOf(path, outside.variables), outside);
  return 0;
}

/**
 * Plugins as commands and as downloaders. Loaded only when a first word is
 * no command of ours, when help lists all commands, or when an address has a
 * scheme of its own.
 *
 * Source: Helm 2.17.0, `cmd/helm/load_plugins.go`, `pkg/getter`.
 *
 * @module
 */
import { delimiter } from "node:path";
import {
  type DownloaderFiles,
  findPlugins,
  launcherPath,
  type Plugin,
  pluginEnvironment,
  type PluginRun,
  runDownloader,
  runPluginCommand,
  withoutTiller,
} from "../../engine/chart/plugin/mod.ts";
import { type Command, type CommandEntry, type Context, GLOBAL_FLAGS, type Globals } from "./command.ts";
import { expandVariables, helmHome } from "./home.ts";
import { tellNote } from "./log.ts";
import { warnOfOldRepositories } from "./old_repositories.ts";
import { parseFlags, valuesOf } from "./parse.ts";
import { quote } from "./values.ts";

/** What of a context plugins are told of. */
export type PluginContext = Pick<Context, "globals" | "variables" | "print" | "programs">;

/** Folders of plugins, as `HELM_PLUGIN` lists them. */
export function pluginFolders({ globals, variables }: Pick<PluginContext, "globals" | "variables">): string {
  return variables("HELM_PLUGIN") ?? helmHome(globals.home, variables).path("plugins");
}

/** All plugins; what is wrong with some is said on standard error. */
export function installedPlugins(context: PluginContext): readonly Plugin[] {
  const folders = pluginFolders(context).split(delimiter).filter((folder) => folder !== "");
  const { plugins, notices } = findPlugins(folders);
  for (const notice of notices) context.print.err(notice);
  return plugins;
}

/** How a plugin is run from here; `found` says where it was looked for. */
export function pluginRun(plugin: Plugin, context: PluginContext, found: Globals = context.globals): PluginRun {
  const { globals, variables, programs } = context;
  const home = helmHome(globals.home, variables);
  const env = pluginEnvironment(plugin, {
    home: globals.home,
    homeFolder: home.folder,
    pluginFolders: pluginFolders(context),
    tillerHost: globals.host,
    tillerNamespace: globals["tiller-namespace"],
    debug: globals.debug,
    program: launcherPath(programs.self(), helmHome(found.home, variables).path("cache", "bin")),
  });
  const all = (name: string) => Object.hasOwn(env, name) ? env[name] : variables(name);
  return { run: programs.run, env, variables: all, expand: (text) => expandVariables(text, all) };
}

/** The plugins as entries of the table of commands; none with `HELM_NO_PLUGINS=1`. */
export function pluginCommands(context: PluginContext): readonly CommandEntry[] {
  if (context.variables("HELM_NO_PLUGINS") === "1") return [];
  return installedPlugins(context).map((plugin) => {
    const { name, usage, description } = plugin.metadata;
    const summary = usage === "" ? `the ${quote(name)} plugin` : usage;
    const command: Command = {
      usage: "",
      long: description,
      flags: {},
      verbatim: true,
      run: async (given) => {
        const { known, rest } = splitArguments(given.args);
        const { values } = parseFlags(known, GLOBAL_FLAGS, given.variables);
        const globals: Globals = valuesOf(GLOBAL_FLAGS, values);
        await warnOfOldRepositories(context.globals, given);
        const how = pluginRun(plugin, { ...context, globals }, context.globals);
        const note = withoutTiller(plugin, how);
        // It may wait for minutes before it gives up.
        if (note !== undefined) tellNote(given.print, `Note: ${note}`);
        await runPluginCommand(plugin, rest, how);
      },
    };
    return { name, summary, load: () => Promise.resolve({ command }) };
  });
}

const WITH_VALUE = ["--host", "--kube-context", "--home", "--tiller-namespace"];

/** The global flags that are for the program, and what is for the plugin. */
export function splitArguments(words: readonly string[]): { known: string[]; rest: string[] } {
  const known: string[] = [];
  const rest: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (WITH_VALUE.includes(word)) known.push(...words.slice(at, ++at + 1));
    else if (word === "--debug" || WITH_VALUE.some((flag) => word.startsWith(`${flag}=`))) known.push(word);
    else rest.push(word);
  }
  return { known, rest };
}

/** Finds the plugin that fetches addresses of a scheme. */
export function pluginDownloader(
  scheme: string,
  context: PluginContext,
): ((url: string, files: DownloaderFiles) => Promise<Uint8Array>) | undefined {
  for (const plugin of installedPlugins(context)) {
    for (const { command, protocols } of plugin.metadata.downloaders) {
      if (!protocols.includes(scheme)) continue;
      return (url, files) => runDownloader(plugin, command, url, files, pluginRun(plugin, context));
    }
  }
  return undefined;
}

/**
 * Plugins as commands. Loaded only when the first word is not a built-in command, or when help lists all
 * commands.
 *
 * Source: Helm 2.17.0, `cmd/helm/load_plugins.go`.
 *
 * @module
 */
import { installedPlugins, pluginRun } from "../../app/plugins.ts";
import { runPluginCommand, withoutTiller } from "../../engine/chart/plugin/mod.ts";
import { quote } from "../../engine/base/mod.ts";
import { type PluginContext, pluginHost } from "./caller.ts";
import { type Command, type CommandEntry, GLOBAL_FLAGS, type Globals } from "./command.ts";
import { tellNote } from "./log.ts";
import { warnOfOldRepositories } from "./old_repositories.ts";
import { parseFlags, valuesOf } from "./parse.ts";

/** Returns the plugins as entries of the table of commands; none with `HELM_NO_PLUGINS=1`. */
export function pluginCommands(context: PluginContext): readonly CommandEntry[] {
  if (context.variables("HELM_NO_PLUGINS") === "1") return [];
  return installedPlugins(pluginHost(context)).map((plugin) => {
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
        const how = pluginRun(plugin, { ...pluginHost({ ...context, globals }), foundHome: context.globals.home });
        const note = withoutTiller(plugin, how);
        // The plugin may wait for minutes before it gives up.
        if (note !== undefined) tellNote(given.print, `Note: ${note}`);
        await runPluginCommand(plugin, rest, how);
      },
    };
    return { name, summary, load: () => Promise.resolve({ command }) };
  });
}

/** Says that a command of ours hides an installed plugin of the same name. On a terminal only: scripts read stderr. */
export function tellOfHiddenPlugin(name: string, context: PluginContext): void {
  if (!context.print.watched || !pluginCommands(context).some((plugin) => plugin.name === name)) return;
  tellNote(context.print, `Note: the plugin ${quote(name)} is not used: ${quote(name)} is a command of this program.`);
}

const WITH_VALUE = ["--host", "--kube-context", "--home", "--tiller-namespace"];

/** Splits words into global flags for the program and arguments for the plugin. */
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

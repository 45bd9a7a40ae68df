/**
 * `plugin remove`.
 *
 * Source: Helm 2.17.0, `cmd/helm/plugin_remove.go`.
 *
 * @module
 */
import { pluginHost } from "../_lib/caller.ts";
import { SkegError } from "../../errors.ts";
import { nearest, orList } from "../../engine/base/mod.ts";
import { type Plugin, removePlugin, runHook } from "../../engine/chart/plugin/mod.ts";
import { type Context, defineCommand } from "../_lib/command.ts";
import { installedPlugins, pluginFolders, pluginRun } from "../../app/plugins.ts";
import { pluginOptions } from "./plugin_install.ts";
import { messageOf } from "../_lib/print.ts";
import { UsageError } from "../_lib/usage_error.ts";

/** `plugin remove`. */
export const command = defineCommand({
  usage: "<plugin>...",
  completes: { sources: ["plugin"], many: true },
  long: `Removes plugins by name and runs their delete hooks. A folder that was installed by
its path stays; only the link to it is removed.`,
  example: "  helm plugin remove hello",
  flags: {},
  run: async (context) => {
    if (context.args.length === 0) {
      throw new UsageError("please provide plugin name to remove", {
        type: "arguments",
        wanted: ["name"],
        given: context.args,
      });
    }
    const { debug } = pluginOptions(context);
    await forEachPlugin("remove", "Removed", context, async (plugin) => {
      removePlugin(plugin);
      await runHook(plugin, "delete", pluginRun(plugin, pluginHost(context)), debug);
    });
  },
});

function installedAdvice(args: readonly string[], names: readonly string[]): string {
  if (names.length === 0) return "No plugins are installed.";
  const meant = args.flatMap((name) => names.includes(name) ? [] : nearest(name, names));
  return meant.length > 0 ? `Did you mean ${orList(meant)}?` : `Installed plugins are ${names.join(", ")}.`;
}

/** Calls `work` for every named plugin; continues after a failure and reports all failures at the end. */
export async function forEachPlugin(
  verb: string,
  done: string,
  context: Omit<Context, "flags">,
  work: (plugin: Plugin) => Promise<void>,
): Promise<void> {
  const { args, globals, print } = context;
  if (globals.debug) print.out(`[debug] loading installed plugins from ${pluginFolders(pluginHost(context))}\n`);
  const plugins = installedPlugins(pluginHost(context));
  const failures: string[] = [];
  for (const name of args) {
    const plugin = plugins.find(({ metadata }) => metadata.name === name);
    if (plugin === undefined) {
      failures.push(`Plugin: ${name} not found`);
      continue;
    }
    try {
      await work(plugin);
      print.out(`${done} plugin: ${name}\n`);
    } catch (error) {
      failures.push(`Failed to ${verb} plugin ${name}, got error (${messageOf(error)})`);
    }
  }
  if (failures.length === 0) return;
  const names = plugins.map(({ metadata }) => metadata.name);
  const isUnknown = args.some((name) => !names.includes(name));
  throw new SkegError("config", failures.join("\n"), { hint: isUnknown ? installedAdvice(args, names) : undefined });
}

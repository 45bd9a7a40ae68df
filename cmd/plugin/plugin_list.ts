/**
 * `plugin list`.
 *
 * Source: Helm 2.17.0, `cmd/helm/plugin_list.go`.
 *
 * @module
 */
import { pluginHost } from "../_lib/caller.ts";
import { defineCommand } from "../_lib/command.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { installedPlugins, pluginFolders } from "../../app/plugins.ts";
import { tableFor } from "../_lib/screen_table.ts";

/** `plugin list`. */
export const command = defineCommand({
  usage: "",
  long: "Lists the plugins in $HELM_HOME/plugins, or in the folders that $HELM_PLUGIN names.",
  example: "  helm plugin list\n  helm plugin list --output json",
  flags: DOCUMENT_FLAG,
  run: (context) => {
    const { print, globals, flags } = context;
    const format = documentFormat(flags.output);
    if (globals.debug) print.out(`[debug] pluginDirs: ${pluginFolders(pluginHost(context))}\n`);
    const plugins = installedPlugins(pluginHost(context)).map(({ metadata: { name, version, description } }) => ({
      name,
      version,
      description,
    }));
    const rows = plugins.map((plugin) => Object.values(plugin));
    if (format !== undefined) printDocument("Plugins", { plugins }, format, print);
    else print.out(`${tableFor(print, [["NAME", "VERSION", "DESCRIPTION"], ...rows])}\n`);
    return Promise.resolve();
  },
});

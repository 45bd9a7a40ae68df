/**
 * `plugin list`.
 *
 * Source: Helm 2.17.0, `cmd/helm/plugin_list.go`.
 *
 * @module
 */
import { pluginHost } from "../_lib/caller.ts";
import { defineCommand } from "../_lib/command.ts";
import { installedPlugins, pluginFolders } from "../../app/plugins.ts";
import { tableFor } from "../_lib/screen_table.ts";

/** `plugin list`. */
export const command = defineCommand({
  usage: "",
  long: "Lists the plugins in $HELM_HOME/plugins, or in the folders that $HELM_PLUGIN names.",
  example: "  helm plugin list",
  flags: {},
  run: (context) => {
    const { print, globals } = context;
    if (globals.debug) print.out(`[debug] pluginDirs: ${pluginFolders(pluginHost(context))}\n`);
    const rows = installedPlugins(pluginHost(context)).map(({ metadata }) => [
      metadata.name,
      metadata.version,
      metadata.description,
    ]);
    print.out(`${tableFor(print, [["NAME", "VERSION", "DESCRIPTION"], ...rows])}\n`);
    return Promise.resolve();
  },
});

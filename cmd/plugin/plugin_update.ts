/**
 * `plugin update`.
 *
 * Source: Helm 2.17.0, `cmd/helm/plugin_update.go`.
 *
 * @module
 */
import { pluginHost } from "../_lib/caller.ts";
import { runHook, updatePlugin } from "../../engine/chart/plugin/mod.ts";
import { defineCommand } from "../_lib/command.ts";
import { UsageError } from "../_lib/usage_error.ts";
import { pluginRun } from "../../app/plugins.ts";
import { pluginOptions } from "./plugin_install.ts";
import { forEachPlugin } from "./plugin_remove.ts";

/** `plugin update`. */
export const command = defineCommand({
  usage: "<plugin>...",
  completes: { sources: ["plugin"], many: true },
  long: `Updates plugins that are Git repositories and runs their update hooks. A plugin
whose checkout was modified, or that is at a fixed version, is not changed.`,
  example: "  helm plugin update hello",
  flags: {},
  run: async (context) => {
    if (context.args.length === 0) {
      throw new UsageError("please provide plugin name to update", {
        type: "arguments",
        wanted: ["name"],
        given: context.args,
      });
    }
    const options = pluginOptions(context);
    await forEachPlugin("update", "Updated", context, async (plugin) => {
      const updated = await updatePlugin(plugin, options);
      await runHook(updated, "update", pluginRun(updated, pluginHost(context)), options.debug);
    });
  },
});

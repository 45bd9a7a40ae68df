/**
 * `plugin update`.
 *
 * Source: Helm 2.17.0, `cmd/helm/plugin_update.go`.
 *
 * @module
 */
import { pluginHost } from "../_lib/caller.ts";
import { SkegError } from "../../errors.ts";
import { runHook, updatePlugin } from "../../engine/chart/plugin/mod.ts";
import { defineCommand } from "../_lib/command.ts";
import { pluginRun } from "../../app/plugins.ts";
import { pluginOptions } from "./plugin_install.ts";
import { forEachPlugin } from "./plugin_remove.ts";

/** `plugin update`. */
export const command = defineCommand({
  usage: "<plugin>...",
  completes: { sources: ["plugin"], many: true },
  long: `Brings plugins that are Git repositories up to date and runs their update hooks. One
whose checkout was changed, or that sits on a fixed version, stays as it is.`,
  example: "  helm plugin update hello",
  flags: {},
  run: async (context) => {
    if (context.args.length === 0) throw new SkegError("usage", "please provide plugin name to update");
    const options = pluginOptions(context);
    await forEachPlugin("update", "Updated", context, async (plugin) => {
      const updated = await updatePlugin(plugin, options);
      await runHook(updated, "update", pluginRun(updated, pluginHost(context)), options.debug);
    });
  },
});

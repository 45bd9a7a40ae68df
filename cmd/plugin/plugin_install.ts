/**
 * `plugin install`: installs a plugin from a folder, an archive or a repository.
 *
 * Source: Helm 2.17.0, `cmd/helm/plugin_install.go`.
 *
 * @module
 */
import { pluginHost } from "../_lib/caller.ts";
import { installPlugin, runHook } from "../../engine/chart/plugin/mod.ts";
import { makeGetter, plainAccess } from "../../engine/chart/repo/mod.ts";
import { type Context, defineCommand, defineFlags } from "../_lib/command.ts";
import { downloadProgress } from "../_lib/download_progress.ts";
import { patienceOf } from "../../app/fetching.ts";
import { requireArgs } from "../_lib/flags.ts";
import { helmHome } from "../../app/home.ts";
import { pluginRun } from "../../app/plugins.ts";
import { say } from "../_lib/print.ts";
import { networkVariables } from "../../app/variables.ts";

/** Largest archive in bytes, before unpacking. */
const ARCHIVE_BYTES_MAX = 256 * 1024 * 1024;

/** `plugin install`. */
export const command = defineCommand({
  usage: "[options] <path|url>...",
  completes: { sources: ["folder"] },
  long: `
Installs a plugin and runs its install hook. A plugin is a folder with a file
plugin.yaml. The argument is

- the path of such a folder, which is then used in place;
- the address of an archive of one, ending in .tgz or .tar.gz; or
- the address of a Git repository. '--version' names a tag, a branch, a commit, or a
  range of versions, of which the highest tag is used.`,
  example: `  helm plugin install ./hello
  helm plugin install https://example.com/hello-1.2.0.tgz
  helm plugin install https://github.com/example/hello --version '~1.2'`,
  flags: defineFlags({
    "version": {
      type: "string",
      usage: "Specify a version constraint. If this is not specified, the latest version is installed",
    },
  }),
  run: async (context) => {
    requireArgs(context.args, "plugin");
    const options = pluginOptions(context);
    const plugin = await installPlugin(context.args[0] ?? "", context.flags.version, options);
    await runHook(plugin, "install", pluginRun(plugin, pluginHost(context)), options.debug);
    context.print.out(`Installed plugin: ${plugin.metadata.name}\n`);
  },
});

/** Returns the options of installing and updating. */
export function pluginOptions({ globals, variables, print, signal }: Omit<Context, "flags">): {
  home: string;
  fetch: (url: string) => Promise<Uint8Array>;
  debug: (text: string) => void;
} {
  const way = {
    signal,
    variables: networkVariables(variables),
    patience: patienceOf(variables),
    progress: downloadProgress(print),
  };
  return {
    home: helmHome(globals.home, variables).folder,
    fetch: async (url) => {
      const scheme = url.slice(0, Math.max(0, url.indexOf(":")));
      const getter = await makeGetter(scheme, plainAccess(url), way);
      try {
        return await getter.get(url, ARCHIVE_BYTES_MAX);
      } finally {
        getter.close();
      }
    },
    debug: (text) => globals.debug ? say(print, `[debug] ${text}\n`) : undefined,
  };
}

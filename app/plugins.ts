/**
 * Installed plugins, how they are run, and downloader plugins.
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
  type RunProgram,
} from "../engine/chart/plugin/mod.ts";
import { expandVariables, helmHome } from "./home.ts";
import type { Variables } from "./variables.ts";

/** The facts about this program that plugins get. */
export interface PluginHost {
  /** HELM_HOME, variables not filled in. */
  readonly home: string;
  /** The home in which plugins were searched, when a later flag named another; default: `home`. */
  readonly foundHome?: string | undefined;
  /** Address of Tiller; usually empty. */
  readonly tillerHost: string;
  /** Namespace of the release records. */
  readonly tillerNamespace: string;
  /** True with `--debug`. */
  readonly debug: boolean;
  /** Environment variables. */
  readonly variables: Variables;
  /** Receives problems of plugins; each text ends with a newline. */
  readonly warn: (text: string) => void;
  /** Runs a program on the streams of this process. */
  readonly run: RunProgram;
  /** Returns the command that starts this program: a program and its first arguments. */
  readonly self: () => readonly string[];
}

/** Returns the folders of plugins, as `HELM_PLUGIN` lists them. */
export function pluginFolders({ home, variables }: Pick<PluginHost, "home" | "variables">): string {
  return variables("HELM_PLUGIN") ?? helmHome(home, variables).path("plugins");
}

/** Returns all plugins. */
export function installedPlugins(host: Pick<PluginHost, "home" | "variables" | "warn">): readonly Plugin[] {
  const folders = pluginFolders(host).split(delimiter).filter((folder) => folder !== "");
  const { plugins, notices } = findPlugins(folders);
  for (const notice of notices) host.warn(notice);
  return plugins;
}

/** Returns the settings for running a plugin. */
export function pluginRun(plugin: Plugin, host: PluginHost): PluginRun {
  const { home, foundHome = home, variables, run } = host;
  const env = pluginEnvironment(plugin, {
    home,
    homeFolder: helmHome(home, variables).folder,
    pluginFolders: pluginFolders(host),
    tillerHost: host.tillerHost,
    tillerNamespace: host.tillerNamespace,
    debug: host.debug,
    program: launcherPath(host.self(), helmHome(foundHome, variables).path("cache", "bin")),
  });
  const all = (name: string) => Object.hasOwn(env, name) ? env[name] : variables(name);
  return { run, env, variables: all, expand: (text) => expandVariables(text, all) };
}

/**
 * Returns the function that fetches addresses of a scheme with a plugin; `undefined` when no plugin supports
 * the scheme.
 */
export function pluginDownloader(
  scheme: string,
  host: PluginHost,
): ((url: string, files: DownloaderFiles) => Promise<Uint8Array>) | undefined {
  for (const plugin of installedPlugins(host)) {
    for (const { command, protocols } of plugin.metadata.downloaders) {
      if (!protocols.includes(scheme)) continue;
      return (url, files) => runDownloader(plugin, command, url, files, pluginRun(plugin, host));
    }
  }
  return undefined;
}

/**
 * The environment variables of plugins.
 *
 * Source: Helm 2.17.0, `pkg/plugin/plugin.go` (`SetupPluginEnv`).
 *
 * @module
 */
import { join } from "node:path";
import type { Plugin } from "./find.ts";

/** The program's settings that plugins receive. */
export interface PluginSettings {
  /** HELM_HOME as written, with variables not expanded. */
  readonly home: string;
  /** HELM_HOME with variables expanded. */
  readonly homeFolder: string;
  /** Folders of plugins, in the form of `HELM_PLUGIN`. */
  readonly pluginFolders: string;
  /** Address of Tiller; usually empty. */
  readonly tillerHost: string;
  /** Namespace of the release records. */
  readonly tillerNamespace: string;
  /** True for debug output. */
  readonly debug: boolean;
  /** Path that starts this program: `HELM_BIN`. */
  readonly program: string;
}

/** Returns the variables, by name, to add to the existing ones. */
export function pluginEnvironment({ metadata, folder }: Plugin, settings: PluginSettings): Record<string, string> {
  const { homeFolder } = settings;
  return {
    HELM_PLUGIN_NAME: metadata.name,
    HELM_PLUGIN_DIR: folder,
    HELM_BIN: settings.program,
    HELM_PLUGIN: settings.pluginFolders,
    HELM_HOME: settings.home,
    HELM_PATH_REPOSITORY: join(homeFolder, "repository"),
    HELM_PATH_REPOSITORY_FILE: join(homeFolder, "repository", "repositories.yaml"),
    HELM_PATH_CACHE: join(homeFolder, "repository", "cache"),
    HELM_PATH_LOCAL_REPOSITORY: join(homeFolder, "repository", "local"),
    HELM_PATH_STARTER: join(homeFolder, "starters"),
    TILLER_HOST: settings.tillerHost,
    TILLER_NAMESPACE: settings.tillerNamespace,
    ...settings.debug ? { HELM_DEBUG: "1" } : {},
  };
}

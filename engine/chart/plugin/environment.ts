/**
 * The environment that plugins run in.
 *
 * Source: Helm 2.17.0, `pkg/plugin/plugin.go` (`SetupPluginEnv`).
 *
 * @module
 */
import { join } from "node:path";
import type { Plugin } from "./find.ts";

/** What the program tells plugins of itself. */
export interface PluginSettings {
  /** HELM_HOME, variables not filled in. */
  readonly home: string;
  /** The same, variables filled in. */
  readonly homeFolder: string;
  /** Folders of plugins, as `HELM_PLUGIN` lists them. */
  readonly pluginFolders: string;
  /** Address of Tiller; empty as a rule. */
  readonly tillerHost: string;
  /** Namespace of the release records. */
  readonly tillerNamespace: string;
  /** Tell more. */
  readonly debug: boolean;
  /** Path of a program that is this one: `HELM_BIN`. */
  readonly program: string;
}

/** Variables by name, to be set beside those that are there. */
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

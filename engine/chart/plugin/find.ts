/**
 * Folders of plugins → the plugins in them.
 *
 * Source: Helm 2.17.0, `pkg/plugin/plugin.go`.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileError } from "../../../errors.ts";
import { fromBytes, quote } from "../../lang/golang/mod.ts";
import { decodePlugin, type PluginMetadata } from "./metadata.ts";

/** The file that marks a folder as a plugin. */
export const PLUGIN_FILE = "plugin.yaml";

/** A plugin on disk. */
export interface Plugin {
  /** The content of its `plugin.yaml`. */
  readonly metadata: PluginMetadata;
  /** Path of its folder. */
  readonly folder: string;
}

/** The result of {@linkcode findPlugins}. */
export interface FoundPlugins {
  /** In the order of the folders, then of the names of their entries. */
  readonly plugins: readonly Plugin[];
  /** Messages for standard error. */
  readonly notices: readonly string[];
}

/**
 * Loads the plugin in a folder.
 *
 * @throws kind `io`, `yaml` or `config`.
 */
export function loadPlugin(folder: string): Plugin {
  const path = join(folder, PLUGIN_FILE);
  let text: string;
  try {
    text = fromBytes(readFileSync(path));
  } catch (error) {
    throw fileError("open", path, error);
  }
  return { metadata: decodePlugin(text), folder };
}

/** True if the folder contains a plugin. */
export function isPlugin(folder: string): boolean {
  return existsSync(join(folder, PLUGIN_FILE));
}

/**
 * Finds the plugins in the entries of some folders. Helm 2 crashes when a
 * plugin cannot be read; here it is skipped with a notice.
 */
export function findPlugins(folders: readonly string[]): FoundPlugins {
  const plugins: Plugin[] = [];
  const notices: string[] = [];
  for (const parent of folders) {
    const names = new Set<string>();
    for (const folder of entriesOf(parent).map((name) => join(parent, name)).filter(isPlugin)) {
      let plugin: Plugin;
      try {
        plugin = loadPlugin(folder);
      } catch (error) {
        notices.push(`failed to load plugins: ${folder}: ${error instanceof Error ? error.message : String(error)}\n`);
        continue;
      }
      const { name } = plugin.metadata;
      // Helm 2: this line has no line end.
      if (names.has(name)) notices.push(`A plugin named ${quote(name)} already exists. Skipping.`);
      else plugins.push(plugin);
      names.add(name);
    }
  }
  return { plugins, notices };
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

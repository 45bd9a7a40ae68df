/**
 * Helm 2's plugins: finding, installing and running them.
 *
 * @module
 */
export { pluginEnvironment, type PluginSettings } from "./environment.ts";
export { findPlugins, type FoundPlugins, type Plugin } from "./find.ts";
export type { Fetch } from "./git.ts";
export { installPlugin, type PluginInstallOptions, removePlugin, updatePlugin } from "./install.ts";
export { launcherPath } from "./launcher.ts";
export type { PluginDownloader, PluginMetadata } from "./metadata.ts";
export { type ProgramEnd, type RunProgram, runProgram, type RunProgramOptions, startError } from "./process.ts";
export {
  type DownloaderFiles,
  type PluginEvent,
  type PluginRun,
  runDownloader,
  runHook,
  runPluginCommand,
  withoutTiller,
} from "./run.ts";
export { needsTiller } from "./tiller.ts";

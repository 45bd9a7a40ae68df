/**
 * Runs a plugin's command, hooks and downloaders.
 *
 * Source: Helm 2.17.0, `cmd/helm/load_plugins.go`, `cmd/helm/plugin.go`,
 * `pkg/getter/plugingetter.go`.
 *
 * @module
 */
import { isAbsolute, join, relative } from "node:path";
import { SkegError } from "../../../errors.ts";
import { quote } from "../../lang/golang/mod.ts";
import type { Plugin } from "./find.ts";
import { findProgram, type RunProgram } from "./process.ts";

/** Options for running a plugin. */
export interface PluginRun {
  /** Starts programs. */
  readonly run: RunProgram;
  /** The plugin's own variables. */
  readonly env: Readonly<Record<string, string>>;
  /** All variables, the plugin's own included. */
  readonly variables: (name: string) => string | undefined;
  /** Expands variables in a text. */
  readonly expand: (text: string) => string;
}

/** A plugin's events. */
export type PluginEvent = "install" | "update" | "delete";

/**
 * Runs a plugin's command with arguments, without a shell: the command's text
 * is split at single blanks.
 *
 * @throws kind `config` with the plugin's exit status when that is not 0.
 */
export async function runPluginCommand({ metadata }: Plugin, args: readonly string[], how: PluginRun): Promise<void> {
  const [program = "", ...first] = how.expand(metadata.command).split(" ");
  const all = metadata.ignoreFlags ? first : [...first, ...args];
  const { status } = await how.run(findProgram(program, how.variables("PATH") ?? ""), all, { env: how.env });
  if (status !== 0) {
    const hint = withoutTiller({ metadata }, how);
    throw new SkegError("config", `plugin ${quote(metadata.name)} exited with error`, { exitCode: status, hint });
  }
}

/**
 * Returns a warning for a plugin that asks for a tunnel to Tiller, which skeg
 * does not open; `undefined` for other plugins, and when an address of a Tiller is set.
 */
export function withoutTiller(
  { metadata }: Pick<Plugin, "metadata">,
  { env }: Pick<PluginRun, "env">,
): string | undefined {
  if (!metadata.useTunnel || (env["TILLER_HOST"] ?? "") !== "") return undefined;
  return `The plugin ${quote(metadata.name)} asks for a connection to Tiller (useTunnel), and there is no Tiller: ` +
    "TILLER_HOST is empty. Use a version of it that works without Tiller, or name a Tiller with --host.";
}

/** Runs a plugin's hook for an event, if it has one; `debug` is called with the command. */
export async function runHook(
  { metadata }: Plugin,
  event: PluginEvent,
  how: PluginRun,
  debug: (text: string) => void,
): Promise<void> {
  const line = Object.hasOwn(metadata.hooks, event) ? metadata.hooks[event] ?? "" : "";
  if (line === "") return;
  const shell = findProgram("sh", how.variables("PATH") ?? "");
  debug(`running ${event} hook: ${shell} -c ${line}`);
  const { status } = await how.run(shell, ["-c", line], { env: how.env });
  if (status !== 0) throw new SkegError("config", `plugin ${event} hook for ${quote(metadata.name)} exited with error`);
}

/** Certificates for a downloader; empty when there are none. */
export interface DownloaderFiles {
  /** Path of the client's certificate. */
  readonly certFile: string;
  /** Path of the client's key. */
  readonly keyFile: string;
  /** Path of the certificates to trust. */
  readonly caFile: string;
}

/**
 * Fetches an address with a plugin's downloader.
 *
 * @throws kind `config` when it fails, or when its command leads out of the plugin's folder.
 */
export async function runDownloader(
  plugin: Plugin,
  command: string,
  url: string,
  files: DownloaderFiles,
  how: PluginRun,
): Promise<Uint8Array> {
  const [program = "", ...first] = command.split(" ");
  const args = [...first, files.certFile, files.keyFile, files.caFile, url];
  const { status, stdout } = await how.run(inside(plugin.folder, program), args, { env: how.env, capture: true });
  if (status !== 0) throw new SkegError("config", `plugin ${quote(command)} exited with error`);
  return stdout;
}

/** Returns a path below a plugin's folder; throws when it leads outside. */
function inside(folder: string, path: string): string {
  const full = join(folder, path);
  const rest = relative(folder, full);
  if (rest === "" || rest.split(/[/\\]/)[0] === ".." || isAbsolute(rest)) {
    throw new SkegError("config", `the downloader ${quote(path)} is not in the plugin's folder ${quote(folder)}`);
  }
  return full;
}

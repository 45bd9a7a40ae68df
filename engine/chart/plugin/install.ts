/**
 * Installs, updates and removes plugins in HELM_HOME.
 *
 * A plugin is a link in `plugins/` to its real folder: the user's own folder, or
 * one in the cache that was unpacked or checked out.
 *
 * Source: Helm 2.17.0, `pkg/plugin/installer`, `cmd/helm/plugin_*.go`.
 *
 * @module
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileError, SkegError } from "../../../errors.ts";
import { nameProblem } from "../../net/download/mod.ts";
import { quote } from "../../lang/golang/mod.ts";
import { isPlugin, loadPlugin, type Plugin } from "./find.ts";
import { type Fetch, gitAddress, GitCheckout } from "./git.ts";
import { archivePluginName, cacheKey, isArchiveAddress } from "./place.ts";
import { unpackPlugin } from "./unpack.ts";

/** Options for installing and updating. */
export interface PluginInstallOptions {
  /** HELM_HOME. */
  readonly home: string;
  /** Returns the bytes at an address. */
  readonly fetch: Fetch;
  /** Called with a line for each step. */
  readonly debug: (text: string) => void;
}

const missing = () =>
  new SkegError("config", "plugin metadata (plugin.yaml) missing", {
    hint: "A plugin is a folder, an archive or a Git repository with a plugin.yaml at its top.",
  });

/**
 * Installs a plugin and returns it. `source` is a folder, the address of an
 * archive, or a Git repository; `version` selects a version of a Git repository.
 *
 * On failure no link is left behind.
 *
 * @throws kind `config`, `io`, `yaml` or `chart`, with Helm's message.
 */
export async function installPlugin(source: string, version: string, options: PluginInstallOptions): Promise<Plugin> {
  // The runtime refuses an empty path in its own words.
  if (source !== "" && existsSync(source)) {
    const folder = resolve(source);
    const link = freeLink(basename(folder), options);
    if (!isPlugin(folder)) throw missing();
    return linkPlugin(folder, link, options);
  }
  const cache = join(options.home, "cache", "plugins", cacheKey(source));
  if (isArchiveAddress(source)) {
    const link = freeLink(plainName(archivePluginName(source)), options);
    unpackAnew(await options.fetch(source), cache);
    return linkPlugin(cache, link, options);
  }
  const address = await gitAddress(source, cache, options.fetch);
  const checkout = await GitCheckout.of(address, cache, options.debug);
  const link = freeLink(plainName(basename(source)), options);
  await checkout.sync();
  if (version !== "") await checkout.checkOut(version);
  if (!isPlugin(cache)) throw missing();
  return linkPlugin(cache, link, options);
}

/** Returns the path for the link; throws when it exists already. */
function freeLink(name: string, { home }: PluginInstallOptions): string {
  const folder = join(home, "plugins");
  if (!existsSync(folder)) throw new SkegError("config", 'plugin home "$HELM_HOME/plugins" does not exist');
  const link = join(folder, name);
  if (existsSync(link)) throw new SkegError("config", "plugin already exists");
  return link;
}

/** Throws when the last part of an address is not a valid name for a link. */
function plainName(name: string): string {
  const problem = nameProblem(name);
  if (problem === undefined) return name;
  throw new SkegError("config", `${quote(name)} cannot be the name of a plugin's folder: ${problem}`);
}

/** Unpacks into a new folder, which replaces the old one after success. */
function unpackAnew(bytes: Uint8Array, folder: string): void {
  const parent = resolve(folder, "..");
  let draft: string;
  try {
    mkdirSync(parent, { recursive: true });
    draft = mkdtempSync(join(parent, ".new-"));
  } catch (error) {
    throw fileError("mkdir", parent, error);
  }
  try {
    unpackPlugin(bytes, draft);
    if (!isPlugin(draft)) throw missing();
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function linkPlugin(folder: string, link: string, { debug }: PluginInstallOptions): Plugin {
  loadPlugin(folder);
  debug(`symlinking ${folder} to ${link}`);
  try {
    // On Windows a junction needs no special permissions.
    symlinkSync(resolve(folder), link, "junction");
  } catch (error) {
    throw fileError(`symlink ${folder}`, link, error);
  }
  debug(`loading plugin from ${link}`);
  return loadPlugin(link);
}

/**
 * Updates a plugin that is a Git checkout. Returns the new plugin.
 *
 * @throws kind `config`, `io` or `yaml`, with Helm's message.
 */
export async function updatePlugin({ folder }: Plugin, { home, debug }: PluginInstallOptions): Promise<Plugin> {
  const real = realpathSync(folder);
  const checkout = await GitCheckout.at(real, debug);
  if (checkout === undefined) throw new SkegError("config", "cannot get information about plugin source");
  const link = join(home, "plugins", basename(checkout.remote));
  if (!existsSync(link)) throw new SkegError("config", "plugin does not exist");
  await checkout.update();
  if (!isPlugin(real)) throw missing();
  debug(`loading plugin from ${link}`);
  return loadPlugin(link);
}

/**
 * Removes a plugin: its link, or its folder when that is empty.
 *
 * @throws kind `io`.
 */
export function removePlugin({ folder }: Plugin): void {
  try {
    if (lstatSync(folder).isSymbolicLink() && Deno.build.os !== "windows") unlinkSync(folder);
    else rmdirSync(folder);
  } catch (error) {
    throw fileError("remove", folder, error);
  }
}

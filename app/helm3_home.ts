/**
 * The files of Helm 3 on this machine.
 *
 * Source: Helm 3.22.0, `pkg/helmpath`, `pkg/cli/environment.go`.
 *
 * @module
 */
import { platform as thisPlatform } from "node:os";
import { join } from "node:path";
import type { Variables } from "./variables.ts";

/** Paths of Helm 3. */
export interface Helm3Home {
  /** The list of repositories. */
  readonly repositories: string;
  /** The folder of plugins. */
  readonly plugins: string;
  /** The folder of starters. */
  readonly starters: string;
}

/** Folders below the user's home, or names of variables that hold a folder. */
interface Defaults {
  readonly config: string;
  readonly data: string;
}

/**
 * Returns the paths that Helm 3 uses with these environment variables.
 *
 * A variable of Helm 3 comes first (`HELM_REPOSITORY_CONFIG`, `HELM_CONFIG_HOME` …), then the XDG folder, then the folder that
 * is usual on the platform. Variables that are empty count as unset.
 *
 * @param platform As Node names it: `linux`, `darwin`, `win32` …
 */
export function helm3Home(variables: Variables, platform: string = thisPlatform()): Helm3Home {
  const usual = usualFolders(variables, platform);
  const folder = (own: string, xdg: string, otherwise: string): string => {
    const named = variables(own) || "";
    return named === "" ? join(variables(xdg) || otherwise, "helm") : named;
  };
  const config = folder("HELM_CONFIG_HOME", "XDG_CONFIG_HOME", usual.config);
  const data = folder("HELM_DATA_HOME", "XDG_DATA_HOME", usual.data);
  return {
    repositories: variables("HELM_REPOSITORY_CONFIG") || join(config, "repositories.yaml"),
    plugins: variables("HELM_PLUGINS") || join(data, "plugins"),
    starters: join(data, "starters"),
  };
}

function usualFolders(variables: Variables, platform: string): Defaults {
  if (platform === "win32") {
    const roaming = variables("APPDATA") ?? "";
    return { config: roaming, data: roaming };
  }
  const home = variables("HOME") ?? "";
  return platform === "darwin"
    ? { config: join(home, "Library", "Preferences"), data: join(home, "Library") }
    : { config: join(home, ".config"), data: join(home, ".local", "share") };
}

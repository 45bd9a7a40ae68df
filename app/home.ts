/**
 * HELM_HOME: the folder of Helm's files.
 *
 * Source: Helm 2.17.0, `pkg/helm/helmpath`.
 *
 * @module
 */
import { join } from "node:path";
import type { Variables } from "./variables.ts";

/** Paths below the home. */
export interface HelmHome {
  /** The folder, with environment variables filled in. */
  readonly folder: string;
  /** Joins a path below it. */
  path(...parts: string[]): string;
}

/** Fills in `$NAME` and `${NAME}`; an unset variable becomes empty, and so does a `${` that is never closed. */
export function expandVariables(text: string, variables: Variables): string {
  return text.replaceAll(
    /\$(?:\{([^}]*)\}|\{|([A-Za-z_][A-Za-z0-9_]*|[0-9*#$@!?-]))/g,
    (_, braced: string | undefined, bare: string | undefined) => {
      const name = braced ?? bare ?? "";
      return name === "" ? "" : variables(name) ?? "";
    },
  );
}

/** Returns the home that `--home` names. */
export function helmHome(given: string, variables: Variables): HelmHome {
  const folder = expandVariables(given, variables);
  return { folder, path: (...parts) => folder === "" ? join(...parts) : join(folder, ...parts) };
}

/** Returns HELM_HOME for when no flag names it, variables not filled in. */
export function defaultHome(variables: Variables): string {
  return variables("HELM_HOME") ?? userHome(variables);
}

/** Returns the default HELM_HOME. */
export function userHome(variables: Variables): string {
  const user = variables("HOME") ?? variables("USERPROFILE");
  return user === undefined || user === "" ? ".helm" : `${user}/.helm`;
}

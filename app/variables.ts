/**
 * Environment variables in the form that the rooms below accept.
 *
 * @module
 */
import { NETWORK_VARIABLES } from "../engine/net/mod.ts";

/** Reads an environment variable; `undefined` when it is not set. */
export type Variables = (name: string) => string | undefined;

/** Variables that say where a cluster, a person's home or a proxy is. */
const NAMES = [
  "KUBECONFIG",
  "HOME",
  "USERPROFILE",
  "HOMEDRIVE",
  "HOMEPATH",
  "LOCALAPPDATA",
  "XDG_CACHE_HOME",
  "XDG_DATA_HOME",
  "XDG_STATE_HOME",
  "KUBERNETES_SERVICE_HOST",
  "KUBERNETES_SERVICE_PORT",
  "POD_NAMESPACE",
  ...NETWORK_VARIABLES,
];

/** Returns the variables that the rooms below read. */
export function environmentVariables(variables: Variables): Record<string, string | undefined> {
  return Object.fromEntries(NAMES.map((name) => [name, variables(name)]));
}

/** Returns the variables that connections depend on. */
export function networkVariables(variables: Variables): Record<string, string | undefined> {
  return Object.fromEntries(NETWORK_VARIABLES.map((name) => [name, variables(name)]));
}

/** Reads a variable of this process; `undefined` where that is not allowed. */
export function processVariables(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined;
  }
}

/**
 * Finds, reads and merges kubeconfig files.
 *
 * The rules are those of the Kubernetes client libraries: an explicit path is used alone; else the files of
 * `KUBECONFIG`, where the first to name an entry wins and missing files are skipped; else `~/.kube/config`.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";
import { SkegError } from "../../errors.ts";
import { NETWORK_VARIABLES } from "../net/mod.ts";
import { codeOf, maskYamlProblem } from "../base/mod.ts";
import { asList, asObject, asText, type JsonObject } from "./json.ts";
import { decodeDocument } from "./yaml.ts";

/** Environment variables; `undefined` values count as absent. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The files to read, and the context to choose. */
export interface KubeconfigOptions {
  /** Path of the one file to use. */
  readonly kubeconfig?: string | undefined;
  /** Name of the context; default is the file's `current-context`. */
  readonly context?: string | undefined;
  /** Default: the process's environment, where reading it is allowed. */
  readonly env?: Env | undefined;
}

/** An entry with the base folder of its relative paths. */
export interface KubeconfigEntry {
  /** As written. */
  readonly body: JsonObject;
  /** The kubeconfig's folder. */
  readonly folder: string;
  /** The kubeconfig's path. */
  readonly file: string;
}

/** Merged kubeconfig files. */
export interface Kubeconfig {
  /** Files that were read, first to last. */
  readonly files: readonly string[];
  /** Files that should be read and do not exist. */
  readonly missing: readonly string[];
  /** Empty when no file names one. */
  readonly currentContext: string;
  /** Clusters by name. */
  readonly clusters: ReadonlyMap<string, KubeconfigEntry>;
  /** Users by name. */
  readonly users: ReadonlyMap<string, KubeconfigEntry>;
  /** Contexts by name. */
  readonly contexts: ReadonlyMap<string, JsonObject>;
}

/** Returns a `config` error with Helm 2's prefix. */
export function configError(context: string | undefined, problem: string, hint?: string, cause?: unknown): SkegError {
  return new SkegError(
    "config",
    `could not get Kubernetes config for context ${JSON.stringify(context ?? "")}: ${problem}`,
    { hint, cause },
  );
}

/** Returns the variables of the process that matter here and may be read. */
export function processEnv(): Env {
  const names = [
    "KUBECONFIG",
    "HOME",
    "USERPROFILE",
    "HOMEDRIVE",
    "HOMEPATH",
    "KUBERNETES_SERVICE_HOST",
    "KUBERNETES_SERVICE_PORT",
    "POD_NAMESPACE",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "APPDATA",
    ...NETWORK_VARIABLES,
  ];
  const env: Record<string, string | undefined> = {};
  for (const name of names) {
    try {
      env[name] = Deno.env.get(name);
    } catch {
      // Reading is not allowed: treated as not set.
    }
  }
  return env;
}

/** Returns the user's home folder, or `undefined`. */
export function homeFolder(env: Env): string | undefined {
  if (env.HOME) return env.HOME;
  if (env.USERPROFILE) return env.USERPROFILE;
  return env.HOMEDRIVE && env.HOMEPATH ? env.HOMEDRIVE + env.HOMEPATH : undefined;
}

/**
 * Reads and merges the kubeconfig files.
 *
 * @returns `undefined` when there is no file at all and none was named.
 * @throws SkegError of kind `config` when a file that was named or that exists cannot be read.
 */
export async function loadKubeconfig(options: KubeconfigOptions = {}): Promise<Kubeconfig | undefined> {
  const env = options.env ?? processEnv();
  const explicit = options.kubeconfig !== undefined && options.kubeconfig !== "";
  const paths = explicit ? [options.kubeconfig ?? ""] : defaultPaths(env);
  const merged = {
    files: [] as string[],
    missing: [] as string[],
    currentContext: "",
    clusters: new Map<string, KubeconfigEntry>(),
    users: new Map<string, KubeconfigEntry>(),
    contexts: new Map<string, JsonObject>(),
  };
  for (const path of paths) {
    const body = await readConfig(path, explicit, options.context);
    if (body === undefined) {
      merged.missing.push(path);
      continue;
    }
    const folder = dirname(resolve(path));
    merged.files.push(path);
    merged.currentContext ||= asText(body["current-context"]);
    for (const [name, entry] of named(body.clusters, "cluster")) {
      addFirst(merged.clusters, name, { body: entry, folder, file: path });
    }
    for (const [name, entry] of named(body.users, "user")) {
      addFirst(merged.users, name, { body: entry, folder, file: path });
    }
    for (const [name, entry] of named(body.contexts, "context")) addFirst(merged.contexts, name, entry);
  }
  return merged.files.length === 0 ? undefined : merged;
}

/** Returns the files that are read when none is named: those of KUBECONFIG, else the one in the user's home folder. */
export function defaultPaths(env: Env): string[] {
  if (env.KUBECONFIG) return env.KUBECONFIG.split(delimiter).filter((path) => path !== "");
  const home = homeFolder(env);
  return home === undefined ? [] : [join(home, ".kube", "config")];
}

async function readConfig(
  path: string,
  required: boolean,
  context: string | undefined,
): Promise<JsonObject | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "ENOENT") {
      if (!required) return undefined;
      throw configError(context, `stat ${path}: no such file or directory`, "Check the path of the kubeconfig.", cause);
    }
    throw configError(context, `cannot read the kubeconfig ${path}`, "Check the permissions of the file.", cause);
  }
  try {
    return asObject(decodeDocument(text));
  } catch (cause) {
    // The parser's message names lines and syntax; its cause may contain text of the file and is dropped.
    const problem = cause instanceof Error ? cause.message.replace(/^error converting YAML to JSON: /, "") : "not YAML";
    throw configError(context, `error loading config file "${path}": ${maskYamlProblem(problem)}`);
  }
}

function named(list: unknown, field: string): [string, JsonObject][] {
  return asList(list).map((item) => {
    const entry = asObject(item);
    return [asText(entry.name), asObject(entry[field])];
  });
}

function addFirst<T>(map: Map<string, T>, name: string, entry: T): void {
  if (!map.has(name)) map.set(name, entry);
}

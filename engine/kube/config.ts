/**
 * Opens the cluster of a kubeconfig.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { bounded, PARALLELISM } from "./bounded.ts";
import { connect } from "./connection.ts";
import { chooseContext, type ChosenContext } from "./context.ts";
import { credentialSource } from "./credentials.ts";
import { discoveryCache } from "./discovery_cache.ts";
import type { SkegError } from "../../errors.ts";
import {
  configError,
  defaultPaths,
  type Env,
  type KubeconfigOptions,
  loadKubeconfig,
  processEnv,
} from "./kubeconfig.ts";
import { throwIfAborted } from "./abort.ts";
import { type KubeConfigObject, kubeconfigOf } from "./given_config.ts";
import type { Cluster } from "./types.ts";

/** Folder with a pod's service account. */
const ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Options of {@linkcode openCluster}. */
export interface OpenClusterOptions extends KubeconfigOptions {
  /** The user agent in the server's log, such as `skeg/0.1.0`; default `skeg`. */
  readonly userAgent?: string | undefined;
  /** Used instead of files. */
  readonly kubeConfig?: KubeConfigObject | undefined;
  /** Concurrent requests; default 32. */
  readonly parallelism?: number | undefined;
  /** Folder for the discovery cache; default: no cache. */
  readonly discoveryFolder?: string | undefined;
  /** Cancels opening; requests have their own signals. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens the cluster that the kubeconfig's context names, or, within a pod
 * without a kubeconfig, the cluster around it. Sends nothing yet.
 *
 * @throws SkegError of kind `config`; messages begin as Helm 2's do.
 *
 * @example
 * ```ts ignore
 * const cluster = await openCluster({ context: "staging" });
 * const answer = await cluster.transport({ method: "GET", path: "/version" });
 * await cluster.close();
 * ```
 */
export async function openCluster(options: OpenClusterOptions = {}): Promise<Cluster> {
  throwIfAborted(options.signal);
  const env = options.env ?? processEnv();
  const context = await findContext(options, env);
  const connection = connect(context.cluster, credentialSource(context), options.userAgent ?? "skeg", env);
  const server = withoutCredentials(context.cluster.server);
  return {
    transport: bounded(connection.transport, options.parallelism ?? PARALLELISM),
    server,
    discoveryCache: options.discoveryFolder === undefined ? undefined : discoveryCache(options.discoveryFolder, server),
    namespace: context.namespace || "default",
    close: () => Promise.resolve(connection.close()),
  };
}

async function findContext(options: OpenClusterOptions, env: Env): Promise<ChosenContext> {
  const { kubeConfig } = options;
  const config = kubeConfig === undefined ? await loadKubeconfig({ ...options, env }) : kubeconfigOf(kubeConfig);
  if (config !== undefined) {
    const chosen = await chooseContext(config, options.context);
    if (chosen !== undefined) return chosen;
  }
  if (options.context) throw configError(options.context, `context ${JSON.stringify(options.context)} does not exist`);
  const mayBePod = kubeConfig === undefined && (config === undefined || config.clusters.size === 0);
  const inside = mayBePod ? await podContext(env) : undefined;
  if (inside !== undefined) return inside;
  if (config === undefined) throw notFound(options.context, env);
  const missing = config.missing.length === 0 ? "" : ` Not found: ${config.missing.join(", ")}.`;
  throw configError(
    options.context,
    "the kubeconfig sets no current-context",
    config.contexts.size === 0
      ? `It has no contexts: name another file with --kubeconfig or KUBECONFIG, or try without a cluster with --sandbox.${missing}`
      : `Choose one with --kube-context, or set current-context; or try without a cluster with --sandbox.${missing}`,
  );
}

/** Returns the error with the paths where a kubeconfig was searched. */
function notFound(context: string | undefined, env: Env): SkegError {
  const paths = defaultPaths(env);
  const where = paths.length === 0
    ? "neither KUBECONFIG nor HOME is set"
    : `Config not found: ${paths.join(", ")}${env.KUBECONFIG ? " (from KUBECONFIG)" : ""}`;
  return configError(
    context,
    `no kubeconfig was found: ${where}`,
    env.KUBECONFIG && paths.length > 0
      ? `KUBECONFIG names ${paths.join(" and ")}, which ${
        paths.length === 1 ? "does" : "do"
      } not exist: correct it or ` +
        "unset it, or try without a cluster with --sandbox."
      : "Set KUBECONFIG or --kubeconfig, create ~/.kube/config, or try without a cluster with --sandbox.",
  );
}

/**
 * Returns the cluster that this pod runs in; `undefined` outside a pod.
 *
 * @param folder The folder with the pod's service account.
 */
export async function podContext(env: Env, folder = ACCOUNT_FOLDER): Promise<ChosenContext | undefined> {
  const host = env.KUBERNETES_SERVICE_HOST;
  const port = env.KUBERNETES_SERVICE_PORT;
  if (!host || !port) return undefined;
  const tokenFile = join(folder, "token");
  const [token, ca, namespace] = await Promise.all(
    [tokenFile, join(folder, "ca.crt"), join(folder, "namespace")].map(readOptional),
  );
  if (token === undefined) return undefined;
  return {
    name: "",
    namespace: env.POD_NAMESPACE || (namespace ?? "").trim(),
    cluster: {
      server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
      ca,
      insecureSkipTlsVerify: false,
      tlsServerName: undefined,
      proxyUrl: undefined,
      raw: {},
    },
    user: {
      clientCertificate: undefined,
      clientKey: undefined,
      token: undefined,
      tokenFile,
      username: undefined,
      password: undefined,
      exec: undefined,
      authProvider: undefined,
      impersonate: [],
    },
  };
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}

function withoutCredentials(server: string): string {
  try {
    const url = new URL(server);
    if (url.username === "" && url.password === "") return server;
    url.username = "";
    url.password = "";
    return url.href.replace(/\/$/, "");
  } catch {
    return server;
  }
}

/**
 * Returns the namespace of the kubeconfig's context, or `default`. Only reads files, and never fails:
 * problems are reported when the cluster is opened.
 */
export async function contextNamespace(options: KubeconfigOptions = {}): Promise<string> {
  try {
    const env = options.env ?? processEnv();
    const config = await loadKubeconfig({ ...options, env });
    const context = config?.contexts.get(options.context || config.currentContext);
    if (context !== undefined) return typeof context.namespace === "string" && context.namespace || "default";
    if (config === undefined) return (await podContext(env))?.namespace || "default";
  } catch {
    // Treated like a missing kubeconfig.
  }
  return "default";
}

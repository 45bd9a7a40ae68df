/**
 * A kubeconfig as an object: the `KubeConfig` of `@kubernetes/client-node`.
 *
 * @module
 */
import { asObject, asText, isObject, type JsonObject } from "./json.ts";
import type { Kubeconfig, KubeconfigEntry } from "./kubeconfig.ts";

/**
 * The part of a `KubeConfig` of `@kubernetes/client-node` that is used: the lists that its `load…` methods fill.
 * Authenticators that a script adds to it are not used.
 */
export interface KubeConfigObject {
  /** The clusters. */
  readonly clusters: readonly KubeConfigCluster[];
  /** The users, with their credentials. */
  readonly users: readonly KubeConfigUser[];
  /** The contexts. */
  readonly contexts: readonly KubeConfigContext[];
  /** Name of the context to use, unless `context` names another. */
  readonly currentContext: string;
}

/** A cluster of a {@linkcode KubeConfigObject}. */
export interface KubeConfigCluster {
  /** Its name. */
  readonly name: string;
  /** Its URL. */
  readonly server: string;
  /** PEM text in base64. */
  readonly caData?: string | undefined;
  /** Path of PEM text. */
  readonly caFile?: string | undefined;
  /** Name in the server's certificate, if it differs from the URL's. */
  readonly tlsServerName?: string | undefined;
  /** If true, accepts any certificate. */
  readonly skipTLSVerify?: boolean | undefined;
  /** URL of the proxy to go through. */
  readonly proxyUrl?: string | undefined;
}

/** A user of a {@linkcode KubeConfigObject}. */
export interface KubeConfigUser {
  /** Its name. */
  readonly name: string;
  /** PEM text in base64. */
  readonly certData?: string | undefined;
  /** Path of PEM text. */
  readonly certFile?: string | undefined;
  /** PEM text in base64. */
  readonly keyData?: string | undefined;
  /** Path of PEM text. */
  readonly keyFile?: string | undefined;
  /** A bearer token. */
  readonly token?: string | undefined;
  /** For basic authentication. */
  readonly username?: string | undefined;
  /** For basic authentication. */
  readonly password?: string | undefined;
  /** As in a kubeconfig. */
  readonly exec?: unknown;
  /** As in a kubeconfig; or `tokenFile`, by which the package names the account of a pod. */
  readonly authProvider?: unknown;
  /** User to act as. */
  readonly impersonateUser?: string | undefined;
}

/** A context of a {@linkcode KubeConfigObject}. */
export interface KubeConfigContext {
  /** Its name. */
  readonly name: string;
  /** Name of the cluster. */
  readonly cluster: string;
  /** Name of the user. */
  readonly user: string;
  /** Namespace for objects that name none. */
  readonly namespace?: string | undefined;
}

/** Returns the same as a merged kubeconfig. Relative paths are relative to the current folder. */
export function kubeconfigOf(given: KubeConfigObject): Kubeconfig {
  return {
    files: [],
    missing: [],
    currentContext: asText(given.currentContext),
    clusters: new Map((given.clusters ?? []).map((cluster) => [cluster.name, entry(clusterBody(cluster))])),
    users: new Map((given.users ?? []).map((user) => [user.name, entry(userBody(user))])),
    contexts: new Map((given.contexts ?? []).map(({ name, cluster, user, namespace }) => [
      name,
      { cluster, user, namespace },
    ])),
  };
}

function entry(body: JsonObject): KubeconfigEntry {
  return { body, folder: "", file: "" };
}

function clusterBody(cluster: KubeConfigCluster): JsonObject {
  return {
    server: cluster.server,
    "certificate-authority-data": cluster.caData,
    "certificate-authority": cluster.caFile,
    "tls-server-name": cluster.tlsServerName,
    "insecure-skip-tls-verify": cluster.skipTLSVerify === true,
    "proxy-url": cluster.proxyUrl,
  };
}

function userBody(user: KubeConfigUser): JsonObject {
  const provider = isObject(user.authProvider) ? user.authProvider : undefined;
  const isTokenFile = provider?.name === "tokenFile";
  return {
    "client-certificate-data": user.certData,
    "client-certificate": user.certFile,
    "client-key-data": user.keyData,
    "client-key": user.keyFile,
    token: user.token,
    tokenFile: isTokenFile ? asObject(provider?.config).tokenFile : undefined,
    username: user.username,
    password: user.password,
    exec: isObject(user.exec) ? user.exec : undefined,
    "auth-provider": isTokenFile ? undefined : provider,
    as: user.impersonateUser,
  };
}

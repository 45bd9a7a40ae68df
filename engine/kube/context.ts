/**
 * One context of a kubeconfig: its cluster and its user, with the files that
 * they point to read.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { ProviderEntry } from "./auth_provider.ts";
import { asList, asObject, asText, isObject, type JsonObject } from "./json.ts";
import { configError, type Kubeconfig, type KubeconfigEntry } from "./kubeconfig.ts";

/** A cluster entry: where the server is and how it is trusted. */
export interface ClusterEntry {
  /** The URL, without a slash at the end. */
  readonly server: string;
  /** PEM text of certificate authorities, or `undefined` for the system's. */
  readonly ca: string | undefined;
  /** True to take any certificate. */
  readonly insecureSkipTlsVerify: boolean;
  /** The name that the certificate must be for, when it is not the URL's. */
  readonly tlsServerName: string | undefined;
  /** The proxy to go through. */
  readonly proxyUrl: string | undefined;
  /** The entry as written, for exec plugins that ask for it. */
  readonly raw: JsonObject;
}

/** A user entry: how to say who one is. */
export interface UserEntry {
  /** PEM text. */
  readonly clientCertificate: string | undefined;
  /** PEM text. */
  readonly clientKey: string | undefined;
  /** A bearer token. */
  readonly token: string | undefined;
  /** The file that holds the token; it may change. */
  readonly tokenFile: string | undefined;
  /** For basic authentication. */
  readonly username: string | undefined;
  /** For basic authentication. */
  readonly password: string | undefined;
  /** `exec` as written, with the folder its command is relative to. */
  readonly exec: { readonly spec: JsonObject; readonly folder: string } | undefined;
  /** `auth-provider`, files read. */
  readonly authProvider: ProviderEntry | undefined;
  /** Headers for acting as somebody else. */
  readonly impersonate: readonly (readonly [name: string, value: string])[];
}

/** A chosen context: everything a connection needs. */
export interface ChosenContext {
  /** Its name; empty within a cluster. */
  readonly name: string;
  /** As the context says; empty when it does not. */
  readonly namespace: string;
  /** Its cluster, files read. */
  readonly cluster: ClusterEntry;
  /** Its user, files read. */
  readonly user: UserEntry;
}

/**
 * Chooses the context and reads the files its cluster and user point to.
 *
 * @returns `undefined` when no context was named and the files set no current one.
 * @throws SkegError of kind `config` when the context, its cluster or its user is missing.
 */
export async function chooseContext(
  config: Kubeconfig,
  wanted: string | undefined,
): Promise<ChosenContext | undefined> {
  const name = wanted || config.currentContext;
  if (name === "") return undefined;
  const context = config.contexts.get(name);
  if (context === undefined) {
    throw configError(wanted, `context ${JSON.stringify(name)} does not exist`, contextHint(config));
  }
  const cluster = config.clusters.get(asText(context.cluster));
  if (cluster === undefined) {
    throw configError(wanted, `cluster ${JSON.stringify(asText(context.cluster))} does not exist`);
  }
  const user = config.users.get(asText(context.user));
  if (user === undefined && asText(context.user) !== "") {
    throw configError(wanted, `auth info ${JSON.stringify(asText(context.user))} does not exist`);
  }
  return {
    name,
    namespace: asText(context.namespace),
    cluster: await readCluster(cluster, wanted),
    user: await readUser(user ?? { body: {}, folder: "", file: "" }, asText(context.user), wanted),
  };
}

function contextHint(config: Kubeconfig): string | undefined {
  const names = [...config.contexts.keys()].sort();
  if (names.length === 0 || names.length > 12) return undefined;
  return `Choose one of the contexts ${names.join(", ")}.`;
}

async function readCluster({ body, folder }: KubeconfigEntry, context: string | undefined): Promise<ClusterEntry> {
  const server = asText(body.server);
  return {
    // The client libraries fall back to this when an entry names no server.
    server: (server === "" ? "http://localhost:8080" : server).replace(/\/+$/, ""),
    ca: await inlineOrFile(body, "certificate-authority", folder, context),
    insecureSkipTlsVerify: body["insecure-skip-tls-verify"] === true,
    tlsServerName: asText(body["tls-server-name"]) || undefined,
    proxyUrl: asText(body["proxy-url"]) || undefined,
    raw: body,
  };
}

async function readUser(entry: KubeconfigEntry, name: string, context: string | undefined): Promise<UserEntry> {
  const { body, folder } = entry;
  const tokenFile = asText(body.tokenFile);
  const exec = body.exec;
  return {
    clientCertificate: await inlineOrFile(body, "client-certificate", folder, context),
    clientKey: await inlineOrFile(body, "client-key", folder, context),
    token: asText(body.token) || undefined,
    tokenFile: tokenFile === "" ? undefined : within(folder, tokenFile),
    username: asText(body.username) || undefined,
    password: asText(body.password) || undefined,
    exec: exec === undefined || exec === null ? undefined : { spec: asObject(exec), folder },
    authProvider: await readProvider(entry, name, context),
    impersonate: impersonation(body),
  };
}

async function readProvider(
  { body, folder, file }: KubeconfigEntry,
  user: string,
  context: string | undefined,
): Promise<ProviderEntry | undefined> {
  const given = body["auth-provider"];
  if (!isObject(given)) return undefined;
  const settings = asObject(given.config);
  const config = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value ?? "")]));
  const ca = await inlineOrFile(settings, "idp-certificate-authority", folder, context);
  return { name: asText(given.name), config, ca, file, user };
}

function impersonation(body: JsonObject): (readonly [string, string])[] {
  const user = asText(body.as);
  if (user === "") return [];
  const headers: [string, string][] = [["Impersonate-User", user]];
  if (asText(body["as-uid"]) !== "") headers.push(["Impersonate-Uid", asText(body["as-uid"])]);
  for (const group of asList(body["as-groups"])) headers.push(["Impersonate-Group", asText(group)]);
  for (const [key, values] of Object.entries(asObject(body["as-user-extra"]))) {
    for (const value of asList(values)) headers.push([`Impersonate-Extra-${encodeURIComponent(key)}`, asText(value)]);
  }
  return headers;
}

function within(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

/** The PEM text of `field-data` (base64), else of the file that `field` names, else `undefined`. */
async function inlineOrFile(
  body: JsonObject,
  field: string,
  folder: string,
  context: string | undefined,
): Promise<string | undefined> {
  const inline = asText(body[`${field}-data`]);
  if (inline !== "") {
    try {
      return new TextDecoder().decode(Uint8Array.fromBase64(inline.replace(/\s+/g, "")));
    } catch {
      throw configError(context, `${field}-data is not base64`);
    }
  }
  const file = asText(body[field]);
  if (file === "") return undefined;
  const path = within(folder, file);
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw configError(context, `unable to read ${field} ${path}`, "Check the path and its permissions.", cause);
  }
}

/**
 * One context of a kubeconfig: its cluster and its user, with the contents of files that they point to.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { fileError, SkegError } from "../../errors.ts";
import { maskAddress, nearest, orList, quote, withoutTrailing } from "../base/mod.ts";
import { proxyFromUrl } from "../net/mod.ts";
import type { ProviderEntry } from "./auth_provider.ts";
import { asList, asObject, asText, isObject, type JsonObject, scalarText } from "./json.ts";
import { configError, type Kubeconfig, type KubeconfigEntry } from "./kubeconfig.ts";

/** A cluster entry: the server's address and how it is verified. */
export interface ClusterEntry {
  /** The URL, without a slash at the end. */
  readonly server: string;
  /** PEM text of certificate authorities, or `undefined` for the system's. */
  readonly ca: string | undefined;
  /** True to accept any certificate. */
  readonly insecureSkipTlsVerify: boolean;
  /** The server name in the certificate, if it differs from the URL's. */
  readonly tlsServerName: string | undefined;
  /** The proxy to go through. */
  readonly proxyUrl: string | undefined;
  /** The entry as written, for exec plugins that request it. */
  readonly raw: JsonObject;
}

/** A user entry: the credentials. */
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
  /** Impersonation headers. */
  readonly impersonate: readonly (readonly [name: string, value: string])[];
}

/** A chosen context: everything a connection needs. */
export interface ChosenContext {
  /** Its name; empty within a cluster. */
  readonly name: string;
  /** The context's namespace; empty when it names none. */
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
    throw configError(wanted, `context ${JSON.stringify(name)} does not exist`, contextHint(config, name));
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
    cluster: await readCluster(cluster, asText(context.cluster), wanted),
    user: await readUser(user ?? { body: {}, folder: "", file: "" }, asText(context.user), wanted),
  };
}

function contextHint({ contexts, missing }: Kubeconfig, wanted: string): string | undefined {
  const names = [...contexts.keys()].sort();
  const meant = nearest(wanted, names);
  const sentences: string[] = [];
  if (meant.length > 0) sentences.push(`Did you mean ${orList(meant)}?`);
  else if (names.length === 1) sentences.push(`The only context is ${names[0]}.`);
  else if (names.length > 1 && names.length <= 12) sentences.push(`The contexts are ${names.join(", ")}.`);
  else if (names.length > 12) {
    sentences.push(`There are ${names.length} contexts: 'kubectl config get-contexts' lists them.`);
  }
  // The context may be in one of the missing files.
  if (missing.length > 0) sentences.push(`Not found: ${missing.join(", ")}.`);
  return sentences.join(" ") || undefined;
}

async function readCluster(
  { body, folder }: KubeconfigEntry,
  name: string,
  context: string | undefined,
): Promise<ClusterEntry> {
  const server = asText(body.server);
  const ca = await inlineOrFile({ body, field: "certificate-authority", folder, context, of: name });
  const insecureSkipTlsVerify = body["insecure-skip-tls-verify"] === true;
  if (insecureSkipTlsVerify && ca !== undefined) {
    throw new SkegError(
      "config",
      "could not get Kubernetes client: specifying a root certificates file with the insecure flag is not allowed",
      {
        hint: `Remove insecure-skip-tls-verify or certificate-authority from the kubeconfig's cluster ${quote(name)}.`,
      },
    );
  }
  return {
    // The client libraries fall back to this when an entry names no server.
    server: withoutTrailing(server === "" ? "http://localhost:8080" : server, "/"),
    ca,
    insecureSkipTlsVerify,
    tlsServerName: asText(body["tls-server-name"]) || undefined,
    proxyUrl: proxyOf(body, name, context),
    raw: body,
  };
}

/** Checks `proxy-url` here, where the cluster's name is known. */
function proxyOf(body: JsonObject, name: string, context: string | undefined): string | undefined {
  const url = asText(body["proxy-url"]);
  if (url === "") return undefined;
  try {
    proxyFromUrl(url);
  } catch (error) {
    const { message, hint } = error as SkegError;
    const given = `invalid 'proxy-url' ${quote(maskAddress(url))} for cluster ${quote(name)}`;
    throw configError(context, `invalid configuration: ${given}: ${message}`, hint);
  }
  return url;
}

async function readUser(entry: KubeconfigEntry, name: string, context: string | undefined): Promise<UserEntry> {
  const { body, folder } = entry;
  const tokenFile = asText(body.tokenFile);
  const exec = body.exec;
  return {
    clientCertificate: await inlineOrFile({ body, field: "client-certificate", folder, context, of: name }),
    clientKey: await inlineOrFile({ body, field: "client-key", folder, context, of: name }),
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
  const config = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => {
      const text = scalarText(value);
      if (text !== undefined) return [key, text];
      throw configError(context, `setting ${quote(key)} of the auth-provider of user ${quote(user)} is not text`);
    }),
  );
  const ca = await inlineOrFile({ body: settings, field: "idp-certificate-authority", folder, context, of: user });
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

/** A field that holds a file's text or its path. */
interface FileField {
  readonly body: JsonObject;
  readonly field: string;
  /** Base of relative paths. */
  readonly folder: string;
  /** The requested context, for messages. */
  readonly context: string | undefined;
  /** Name of the cluster or user, for messages. */
  readonly of: string;
}

/** Names of these fields in messages of the client libraries. */
const SHORT_NAMES: Readonly<Record<string, string>> = { "client-certificate": "client-cert" };

/** Returns the PEM text of `field-data` (base64), else of the file that `field` names, else `undefined`. */
async function inlineOrFile({ body, field, folder, context, of }: FileField): Promise<string | undefined> {
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
    const problem = `unable to read ${SHORT_NAMES[field] ?? field} ${path} for ${of} due to ` +
      fileError("open", path, cause).message;
    throw configError(context, `invalid configuration: ${problem}`, "Check the path and its permissions.", cause);
  }
}

/**
 * Credentials for registries: from Docker's credential files and helpers, and
 * from Helm 3's own file, which has the same format.
 *
 * Source: the documentation of `docker login`, and Helm 3, `pkg/helmpath`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { SkegError } from "../../../errors.ts";
import { askHelper } from "./credential_helper.ts";
import { codeOf, messageOf } from "../../base/mod.ts";

/** Credentials for one registry. They are never sent to another host. */
export interface RegistryCredentials {
  /** User name, used with a password; empty: none. */
  readonly username: string;
  /** Password, used with a user name; empty: none. */
  readonly password: string;
  /** A token that is exchanged for short-lived ones; then there is no password. */
  readonly identityToken: string;
  /** A token that is sent unchanged; then the other fields are empty. */
  readonly registryToken: string;
}

/** Environment variables that decide where credential files are. */
export type CredentialEnv = Readonly<Record<string, string | undefined>>;

/** The content of a credential file. */
interface DockerConfig {
  readonly auths?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly credsStore?: unknown;
  readonly credHelpers?: Readonly<Record<string, unknown>>;
}

/** No credentials: anonymous access. */
export const NO_CREDENTIALS: RegistryCredentials = { username: "", password: "", identityToken: "", registryToken: "" };

/** The key of Docker's own registry in credential files. */
const DOCKER_HUB = "https://index.docker.io/v1/";

/** Returns the paths of credential files, the most specific first. */
function configFiles(env: CredentialEnv, platform: string): string[] {
  const home = env["HOME"] || env["USERPROFILE"] || "";
  const own = env["HELM_REGISTRY_CONFIG"];
  const helm = env["XDG_CONFIG_HOME"]
    ? join(env["XDG_CONFIG_HOME"], "helm")
    : platform === "win32"
    ? join(env["APPDATA"] || join(home, "AppData", "Roaming"), "helm")
    : platform === "darwin"
    ? join(home, "Library", "Preferences", "helm")
    : join(home, ".config", "helm");
  return [
    own || join(helm, "registry", "config.json"),
    join(env["DOCKER_CONFIG"] || join(home, ".docker"), "config.json"),
  ];
}

async function readConfig(file: string): Promise<DockerConfig> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    if (["ENOENT", "ENOTDIR"].includes(String(codeOf(cause)))) return {};
    throw new SkegError("config", `cannot read ${file}: ${messageOf(cause)}`, { cause });
  }
  try {
    const found: unknown = text.trim() === "" ? {} : JSON.parse(text);
    if (typeof found === "object" && found !== null && !Array.isArray(found)) return found;
  } catch {
    // The parser's message could quote secrets, so it is not shown.
  }
  throw new SkegError("config", `cannot read ${file}: it is not a JSON object`, {
    hint: "Repair the file, or remove it and log in again with `docker login`.",
  });
}

/** Returns the keys that a registry may have in credential files. */
function namesOf(host: string): string[] {
  const hub = ["docker.io", "index.docker.io", "registry-1.docker.io"].includes(host) ? [DOCKER_HUB] : [];
  return [...hub, host, `https://${host}`, `http://${host}`];
}

/** Returns the host of a key, which may be an address with a path. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}

/**
 * Returns the credentials for a registry, from a file or a helper; empty ones
 * when there are none.
 *
 * @param host Host name, with the port when there is one.
 * @throws SkegError of kind `config` when a file cannot be read or a helper cannot be run.
 */
export async function findCredentials(
  host: string,
  env: CredentialEnv,
  platform: string = process.platform,
): Promise<RegistryCredentials> {
  for (const file of configFiles(env, platform)) {
    const found = await fromConfig(await readConfig(file), host);
    if (found !== undefined) return found;
  }
  return NO_CREDENTIALS;
}

async function fromConfig(config: DockerConfig, host: string): Promise<RegistryCredentials | undefined> {
  const names = namesOf(host);
  const helpers = config.credHelpers ?? {};
  const special = names.find((name) => typeof helpers[name] === "string");
  const helper = special === undefined ? config.credsStore : helpers[special];
  if (typeof helper === "string" && helper !== "") {
    for (const name of special === undefined ? names : [special]) {
      const answer = await askHelper(helper, name);
      if (answer === undefined) continue;
      // Helpers use this user name to mark a token.
      return answer.username === "<token>"
        ? { ...NO_CREDENTIALS, identityToken: answer.secret }
        : { ...NO_CREDENTIALS, username: answer.username, password: answer.secret };
    }
  }
  const auths = config.auths ?? {};
  const key = names.find((name) => Object.hasOwn(auths, name)) ??
    Object.keys(auths).find((name) => hostOf(name) === host);
  return key === undefined ? undefined : fromEntry(auths[key] ?? {});
}

/** Returns the credentials of an entry in `auths`; `undefined` for an entry that only refers to a helper. */
function fromEntry(entry: Readonly<Record<string, unknown>>): RegistryCredentials | undefined {
  const text = (name: string): string => typeof entry[name] === "string" ? String(entry[name]) : "";
  const pair = Buffer.from(text("auth"), "base64").toString("utf8").replace(/\0+$/, "");
  const colon = pair.indexOf(":");
  const found: RegistryCredentials = {
    username: colon < 0 ? text("username") : pair.slice(0, colon),
    password: colon < 0 ? text("password") : pair.slice(colon + 1),
    identityToken: text("identitytoken"),
    registryToken: text("registrytoken"),
  };
  return found.username || found.identityToken || found.registryToken ? found : undefined;
}

/**
 * Credentials of `auth-provider` entries: the older way to log in through
 * oidc, gcp or azure, before exec plugins.
 *
 * @module
 */
import { readFile, realpath, rename, stat, writeFile } from "node:fs/promises";
import { SkegError } from "../../errors.ts";
import { asObject, asText, isObject, type JsonObject, parseJson } from "./json.ts";

/** An `auth-provider` entry and the kubeconfig that holds it. */
export interface ProviderEntry {
  /** `oidc`, `gcp` or `azure`. */
  readonly name: string;
  /** Its settings. */
  readonly config: Readonly<Record<string, string>>;
  /** Text of the authority that the identity provider is trusted by, or `undefined`. */
  readonly ca: string | undefined;
  /** Path of the kubeconfig; renewed tokens are written there. */
  readonly file: string;
}

/** A token this close to its end is renewed. */
const EXPIRY_MARGIN_MS = 10_000;

/**
 * Returns a function that gives a valid token.
 *
 * @throws SkegError of kind `config` when there is none and none can be had; never with a token in it.
 */
export function providerToken(entry: ProviderEntry): (signal?: AbortSignal) => Promise<string> {
  let config = entry.config;
  let renewing: Promise<Readonly<Record<string, string>>> | undefined;
  return async (signal) => {
    const current = tokenOf(entry.name, config);
    if (current !== undefined) return current;
    renewing ??= renew({ ...entry, config }, signal).finally(() => renewing = undefined);
    config = await renewing;
    const token = tokenOf(entry.name, config);
    if (token === undefined) throw problem(entry, "the renewed token is not valid");
    return token;
  };
}

/** The token of the settings while it is valid. */
function tokenOf(name: string, config: Readonly<Record<string, string>>): string | undefined {
  const token = name === "oidc" ? config["id-token"] : config["access-token"];
  if (!token) return undefined;
  const end = name === "oidc" ? jwtEnd(token) : Date.parse(config.expiry ?? "") || Number(config["expires-on"]) * 1000;
  return Number.isNaN(end) || end - EXPIRY_MARGIN_MS > Date.now() ? token : undefined;
}

/** When a JSON web token ends, in milliseconds since 1970; `NaN` when it does not say. */
function jwtEnd(token: string): number {
  try {
    const payload = Uint8Array.fromBase64(token.split(".")[1] ?? "", { alphabet: "base64url" });
    return Number(asObject(parseJson(new TextDecoder().decode(payload))).exp) * 1000;
  } catch {
    return NaN;
  }
}

async function renew(entry: ProviderEntry, signal?: AbortSignal): Promise<Readonly<Record<string, string>>> {
  if (entry.name === "oidc") return await renewOidc(entry, signal);
  if (entry.name === "gcp" && entry.config["cmd-path"]) return await renewByCommand(entry, signal);
  throw problem(
    entry,
    "its token has expired",
    entry.name === "azure"
      ? "Convert the kubeconfig with kubelogin, or log in again."
      : "Log in again with the provider's own program.",
  );
}

function problem({ name }: ProviderEntry, text: string, hint?: string, cause?: unknown): SkegError {
  return new SkegError("config", `getting credentials: auth provider ${name}: ${text}`, {
    hint: hint ?? "Log in again with the provider's own program.",
    cause,
  });
}

async function renewOidc(entry: ProviderEntry, signal?: AbortSignal): Promise<Readonly<Record<string, string>>> {
  const { config } = entry;
  const [issuer, id, refresh] = [config["idp-issuer-url"], config["client-id"], config["refresh-token"]];
  if (!issuer || !id || !refresh) throw problem(entry, "its token has expired and there is none to renew it with");
  const client = Deno.createHttpClient(entry.ca === undefined ? {} : { caCerts: [entry.ca] });
  try {
    const ask = async (url: string, init: RequestInit = {}): Promise<JsonObject> => {
      const options = { ...init, client, ...(signal === undefined ? {} : { signal }) };
      const response = await fetch(url, options);
      const body = await response.text();
      if (!response.ok) throw problem(entry, `the identity provider answered with HTTP status ${response.status}`);
      return asObject(parseJson(body));
    };
    const about = await ask(`${issuer.replace(/\/+$/, "")}/.well-known/openid-configuration`);
    const answer = await ask(asText(about.token_endpoint), {
      method: "POST",
      // The refresh token is for this address and no other.
      redirect: "error",
      ...refreshForm(id, config["client-secret"] ?? "", refresh, about),
    });
    const renewed = { "id-token": asText(answer.id_token), "refresh-token": asText(answer.refresh_token) || refresh };
    if (renewed["id-token"] === "") throw problem(entry, "the identity provider gave no id_token");
    await keep(entry.file, config, renewed);
    return { ...config, ...renewed };
  } catch (cause) {
    if (cause instanceof SkegError) throw cause;
    // The cause of a failed fetch names the URL at most; that of bad JSON may quote a token.
    throw problem(
      entry,
      "the identity provider cannot be asked",
      undefined,
      cause instanceof TypeError ? cause : undefined,
    );
  } finally {
    client.close();
  }
}

/** The request of a refresh grant; the client's secret goes where the provider takes it. */
function refreshForm(id: string, secret: string, refresh: string, about: JsonObject): RequestInit {
  const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: refresh });
  const ways = Array.isArray(about.token_endpoint_auth_methods_supported)
    ? about.token_endpoint_auth_methods_supported
    : ["client_secret_basic"];
  if (secret !== "" && ways.includes("client_secret_basic")) {
    const pair = [id, secret].map(encodeURIComponent).join(":");
    return { body: form, headers: { Authorization: `Basic ${new TextEncoder().encode(pair).toBase64()}` } };
  }
  form.set("client_id", id);
  if (secret !== "") form.set("client_secret", secret);
  return { body: form };
}

async function renewByCommand(entry: ProviderEntry, signal?: AbortSignal): Promise<Readonly<Record<string, string>>> {
  const { config } = entry;
  const args = (config["cmd-args"] ?? "").split(/\s+/).filter((arg) => arg !== "");
  let answer: unknown;
  try {
    const options = { args, stdin: "null", stdout: "piped", stderr: "inherit" } as const;
    const command = new Deno.Command(config["cmd-path"] ?? "", signal === undefined ? options : { ...options, signal });
    const { success, stdout } = await command.output();
    if (success) answer = parseJson(new TextDecoder().decode(stdout));
  } catch {
    // What the program printed may hold a token, so it is not passed on.
  }
  const token = at(answer, config["token-key"] ?? "{.access_token}");
  const expiry = at(answer, config["expiry-key"] ?? "{.token_expiry}");
  if (token === "") throw problem(entry, `${config["cmd-path"]} gave no token`);
  const renewed = { "access-token": token, expiry };
  await keep(entry.file, config, renewed);
  return { ...config, ...renewed };
}

/** The text at a path such as `{.credential.access_token}`. */
function at(data: unknown, path: string): string {
  const names = path.replace(/^\{|\}$/g, "").split(".").filter((name) => name !== "");
  return asText(names.reduce<unknown>((value, name) => isObject(value) ? value[name] : undefined, data));
}

/**
 * Puts renewed tokens in the place of the old ones in the kubeconfig, and
 * leaves every other byte as it is. A refresh token may work only once, so
 * that kubectl would be logged out otherwise. A file that cannot be written stays.
 */
async function keep(
  file: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    const path = await realpath(file);
    const old = await readFile(path, "utf8");
    let text = old;
    for (const [field, value] of Object.entries(after)) {
      const known = before[field];
      if (known && value && known !== value) text = text.replaceAll(known, () => value);
    }
    if (text === old) return;
    const { mode } = await stat(path);
    const fresh = `${path}.${crypto.randomUUID()}`;
    await writeFile(fresh, text, { mode });
    await rename(fresh, path);
  } catch {
    // The tokens still serve this run.
  }
}

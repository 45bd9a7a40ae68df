/**
 * Credentials of `auth-provider` entries, the predecessor of exec plugins for oidc, gcp and azure.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { withoutTrailing } from "../base/mod.ts";
import { type HttpClient, NetworkFault, openHttp } from "../net/mod.ts";
import { asObject, asText, isObject, type JsonObject, parseJson } from "./json.ts";
import { keepTokens, type ProviderConfig } from "./kept_tokens.ts";
import { processEnv } from "./kubeconfig.ts";

/** An `auth-provider` entry and the kubeconfig that holds it. */
export interface ProviderEntry {
  /** `oidc`, `gcp` or `azure`. */
  readonly name: string;
  /** Its settings. */
  readonly config: Readonly<Record<string, string>>;
  /** PEM text of the identity provider's certificate authority, or `undefined`. */
  readonly ca: string | undefined;
  /** Path of the kubeconfig; renewed tokens are written there. */
  readonly file: string;
  /** Name of the user in that file. */
  readonly user: string;
}

/** Replaces parts of the environment in tests. */
export interface ProviderOptions {
  /** Environment variables; default: those of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Instead of Google's address, for credentials of a user. */
  readonly googleUserTokenUrl?: string;
}

/** A token this close to its end is renewed. */
const EXPIRY_MARGIN_MS = 10_000;

/** Returns a valid token; `isRefused` means that the server refused the current one. */
export type TokenSource = (isRefused: boolean, signal?: AbortSignal) => Promise<string>;

/** True if a program can supply a new token after the server refused one. */
export function canAskAgain({ name, config }: ProviderEntry): boolean {
  return name === "gcp" && Boolean(config["cmd-path"]);
}

/**
 * Returns a function that returns a valid token.
 *
 * @throws SkegError of kind `config` when there is none and none can be obtained; its message never contains a token.
 */
export function providerToken(entry: ProviderEntry, options: ProviderOptions = {}): TokenSource {
  let config = entry.config;
  let renewing: Promise<ProviderConfig> | undefined;
  return async (isRefused, signal) => {
    const current = tokenOf(entry.name, config);
    if (current !== undefined && !(isRefused && canAskAgain(entry))) return current;
    renewing ??= renew({ ...entry, config }, options, signal).finally(() => renewing = undefined);
    config = await renewing;
    const token = tokenOf(entry.name, config) ?? unboundedToken(entry.name, config);
    if (token === undefined) throw problem(entry, "the renewed token has expired as well");
    return token;
  };
}

/** Returns the token in the settings while it is valid. */
function tokenOf(name: string, config: ProviderConfig): string | undefined {
  const token = name === "oidc" ? config["id-token"] : config["access-token"];
  if (!token) return undefined;
  const end = endOf(name, token, config);
  // As in the client library, a gcp token without an expiry is renewed.
  if (Number.isNaN(end)) return name === "gcp" && config["cmd-path"] ? undefined : token;
  return end - EXPIRY_MARGIN_MS > Date.now() ? token : undefined;
}

/** Returns a token that a program just printed, even without an expiry. */
function unboundedToken(name: string, config: ProviderConfig): string | undefined {
  const token = config["access-token"] ?? "";
  return name === "gcp" && token !== "" && Number.isNaN(endOf(name, token, config)) ? token : undefined;
}

/** Returns when a token expires, in milliseconds since 1970; `NaN` if unknown. */
function endOf(name: string, token: string, config: ProviderConfig): number {
  if (name === "oidc") return jwtEnd(token);
  return Date.parse(config["expiry"] ?? "") || Number(config["expires-on"] ?? NaN) * 1000;
}

/** Returns when a JSON web token expires, in milliseconds since 1970; `NaN` if it has no expiry. */
function jwtEnd(token: string): number {
  try {
    const payload = Uint8Array.fromBase64(token.split(".")[1] ?? "", { alphabet: "base64url" });
    return Number(asObject(parseJson(new TextDecoder().decode(payload))).exp) * 1000;
  } catch {
    return NaN;
  }
}

async function renew(entry: ProviderEntry, options: ProviderOptions, signal?: AbortSignal): Promise<ProviderConfig> {
  const { name, config } = entry;
  if (name === "oidc") return await renewOidc(entry, signal);
  if (name === "gcp") {
    return await (config["cmd-path"] ? renewByCommand(entry, signal) : renewByGoogle(entry, options, signal));
  }
  const what = missing(config);
  if (name === "azure") throw problem(entry, what, "Convert the kubeconfig with kubelogin, or log in again.");
  throw problem(entry, what);
}

function missing(config: ProviderConfig): string {
  return config["access-token"] ? "its token has expired" : "it holds no token";
}

const GCP_HINT =
  "Install gke-gcloud-auth-plugin and run 'gcloud container clusters get-credentials CLUSTER', which writes an exec entry. " +
  "Or run 'gcloud auth application-default login', or let GOOGLE_APPLICATION_CREDENTIALS name the key file of a service " +
  "account. The metadata server of Google's machines is not asked.";

/** A token by Google's Application Default Credentials. */
async function renewByGoogle(
  entry: ProviderEntry,
  { env = processEnv(), googleUserTokenUrl }: ProviderOptions,
  signal?: AbortSignal,
): Promise<ProviderConfig> {
  const { config } = entry;
  const { GoogleCredentialsError, googleRequest } = await import("./google_credentials.ts");
  let client: HttpClient | undefined;
  try {
    const scopes = config["scopes"];
    const request = await googleRequest({ scopes, env, now: Date.now(), userTokenUrl: googleUserTokenUrl });
    if (request === undefined) {
      const what = `${missing(config)}, and it names no cmd-path to get one: use gke-gcloud-auth-plugin`;
      throw problem(entry, what, GCP_HINT);
    }
    client = await openHttp({ ca: entry.ca });
    const answer = await ask(entry, client, { url: request.url, form: { body: request.body, headers: [] }, signal });
    const token = asText(answer.access_token);
    if (token === "") throw problem(entry, "the identity provider gave no access_token");
    const seconds = Number(answer.expires_in);
    const renewed: Record<string, string> = { "access-token": token };
    if (seconds > 0) renewed["expiry"] = new Date(Date.now() + seconds * 1000).toISOString();
    await keepTokens(entry.file, entry.user, renewed);
    return { ...config, ...renewed };
  } catch (cause) {
    if (cause instanceof GoogleCredentialsError) throw problem(entry, cause.message, GCP_HINT);
    throw unasked(entry, cause);
  } finally {
    client?.close();
  }
}

function problem({ name }: ProviderEntry, text: string, hint?: string, cause?: NetworkFault): SkegError {
  return new SkegError("config", `getting credentials: auth provider ${name}: ${text}`, {
    hint: hint ?? "Log in again with the provider's own program.",
    details: cause?.advice,
    cause,
  });
}

async function renewOidc(entry: ProviderEntry, signal?: AbortSignal): Promise<ProviderConfig> {
  const { config } = entry;
  const [issuer, id, refresh] = [config["idp-issuer-url"], config["client-id"], config["refresh-token"]];
  if (!issuer || !id || !refresh) throw problem(entry, "its token has expired and there is none to renew it with");
  let client: HttpClient | undefined;
  try {
    client = await openHttp({ ca: entry.ca });
    const about = await ask(entry, client, {
      url: `${withoutTrailing(issuer, "/")}/.well-known/openid-configuration`,
      signal,
    });
    const form = refreshForm(id, config["client-secret"] ?? "", refresh, about);
    const answer = await ask(entry, client, { url: asText(about.token_endpoint), form, signal });
    const renewed = { "id-token": asText(answer.id_token), "refresh-token": asText(answer.refresh_token) || refresh };
    if (renewed["id-token"] === "") throw problem(entry, "the identity provider gave no id_token");
    await keepTokens(entry.file, entry.user, renewed);
    return { ...config, ...renewed };
  } catch (cause) {
    throw unasked(entry, cause);
  } finally {
    client?.close();
  }
}

/** The error of a provider that gave no answer. */
function unasked(entry: ProviderEntry, cause: unknown): SkegError {
  if (cause instanceof SkegError) return cause;
  // A fault names the host at most; the cause of bad JSON may quote a token.
  const fault = cause instanceof NetworkFault ? cause : undefined;
  const text = `the identity provider cannot be asked${fault === undefined ? "" : `: ${fault.message}`}`;
  return problem(entry, text, undefined, fault);
}

interface Question {
  readonly url: string;
  readonly form?: Form;
  readonly signal: AbortSignal | undefined;
}

/** The most redirects of an identity provider's settings that are followed. */
const REDIRECTS_MAX = 5;

/**
 * Asks the identity provider for JSON. Redirects are followed when settings are read, but not when secrets
 * are sent.
 */
async function ask(entry: ProviderEntry, client: HttpClient, question: Question): Promise<JsonObject> {
  const { form, signal } = question;
  let { url } = question;
  const type: [string, string][] = form === undefined ? [] : [["Content-Type", "application/x-www-form-urlencoded"]];
  for (let step = 0;; step++) {
    const { status, headers, body } = await client.send({
      method: form === undefined ? "GET" : "POST",
      url,
      headers: [["Accept", "application/json"], ...type, ...form?.headers ?? []],
      body: form?.body,
      signal,
    });
    const text = new TextDecoder().decode(await body.bytes());
    if (status === 200) return asObject(parseJson(text));
    const next = new URL(headers.get("location") ?? "", url);
    const mayFollow = [301, 302, 303, 307, 308].includes(status) && form === undefined && step < REDIRECTS_MAX &&
      headers.has("location") && (next.protocol === "https:" || next.protocol === new URL(url).protocol);
    if (!mayFollow) throw problem(entry, `the identity provider answered with HTTP status ${status}`);
    url = next.href;
  }
}

/** A form to send. */
interface Form {
  readonly body: string;
  readonly headers: readonly (readonly [string, string])[];
}

/**
 * Returns the request of a refresh grant; the client's secret goes into the header or the body, as the
 * provider accepts it.
 */
function refreshForm(id: string, secret: string, refresh: string, about: JsonObject): Form {
  const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: refresh });
  const ways = Array.isArray(about.token_endpoint_auth_methods_supported)
    ? about.token_endpoint_auth_methods_supported
    : ["client_secret_basic"];
  if (secret !== "" && ways.includes("client_secret_basic")) {
    const pair = [id, secret].map(encodeURIComponent).join(":");
    return { body: String(form), headers: [["Authorization", `Basic ${new TextEncoder().encode(pair).toBase64()}`]] };
  }
  form.set("client_id", id);
  if (secret !== "") form.set("client_secret", secret);
  return { body: String(form), headers: [] };
}

async function renewByCommand(entry: ProviderEntry, signal?: AbortSignal): Promise<ProviderConfig> {
  const { config } = entry;
  const fields = (text: string): string[] => text.split(/\s+/).filter((field) => field !== "");
  // Without `cmd-args`, the arguments follow the command in `cmd-path`.
  const [command = "", ...args] = config["cmd-args"] === undefined
    ? fields(config["cmd-path"] ?? "")
    : [config["cmd-path"] ?? "", ...fields(config["cmd-args"])];
  let answer: unknown;
  let why = "gave no token";
  try {
    const options = { args, stdin: "null", stdout: "piped", stderr: "inherit" } as const;
    const child = new Deno.Command(command, signal === undefined ? options : { ...options, signal });
    const { success, code, stdout } = await child.output();
    if (success) answer = parseJson(new TextDecoder().decode(stdout));
    else why = `failed with exit code ${code}`;
  } catch (error) {
    // The program's output may contain a token, so it is not quoted.
    if (error instanceof Deno.errors.NotFound) why = "was not found";
  }
  const token = at(answer, config["token-key"] || "{.access_token}");
  const expiry = at(answer, config["expiry-key"] || "{.token_expiry}");
  if (token === "") throw problem(entry, `the command ${command} ${why}`);
  const renewed = { "access-token": token, ...(Number.isNaN(Date.parse(expiry)) ? {} : { expiry }) };
  await keepTokens(entry.file, entry.user, renewed);
  return { ...config, ...renewed };
}

/** Returns the text at a path such as `{.credential.access_token}`. */
function at(data: unknown, path: string): string {
  const names = path.replace(/^\{|\}$/g, "").split(".").filter((name) => name !== "");
  return asText(names.reduce<unknown>((value, name) => isObject(value) ? value[name] : undefined, data));
}

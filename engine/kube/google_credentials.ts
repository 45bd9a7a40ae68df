/**
 * Google's Application Default Credentials, for `auth-provider: gcp` entries that name no program.
 *
 * Source: `golang.org/x/oauth2/google`, `FindDefaultCredentials`, as Kubernetes 1.16's client library uses it
 * (`client-go/plugin/pkg/client/auth/gcp`). The metadata server of Google's machines is not asked.
 *
 * @module
 */
import { createPrivateKey, sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { asText, isObject, type JsonObject, parseJson } from "./json.ts";
import { codeOf } from "../base/mod.ts";

/** Where users of Google's own program get tokens. */
const GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token";
const DEFAULT_SCOPES = [
  "https://www.googleapis.com/auth/cloud-platform",
  "https://www.googleapis.com/auth/userinfo.email",
];
/** How long a signed claim holds. */
const CLAIM_SECONDS = 3600;

/** Environment variables by name. */
type Env = Readonly<Record<string, string | undefined>>;

/** A request for a token. */
export interface GoogleRequest {
  /** Where it goes, by POST. */
  readonly url: string;
  /** The form, as it is sent; it holds secrets. */
  readonly body: string;
}

/** Credentials that cannot be used; its message names the file and nothing in it. */
export class GoogleCredentialsError extends Error {}

/** Options of the caller. */
export interface GoogleOptions {
  /** `scopes` of the kubeconfig, with commas; `undefined` for the client library's own. */
  readonly scopes: string | undefined;
  readonly env: Env;
  /** In milliseconds since 1970. */
  readonly now: number;
  /** Instead of Google's address, for credentials of a user. */
  readonly userTokenUrl?: string | undefined;
}

/**
 * Makes the request that asks for an access token with the credentials of `GOOGLE_APPLICATION_CREDENTIALS`, or of
 * `gcloud auth application-default login`. Returns `undefined` when there are none.
 *
 * @throws GoogleCredentialsError for a file that cannot be used.
 */
export async function googleRequest(options: GoogleOptions): Promise<GoogleRequest | undefined> {
  const named = options.env.GOOGLE_APPLICATION_CREDENTIALS;
  const path = named || wellKnownFile(options.env);
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const isMissing = codeOf(error) === "ENOENT";
    if (isMissing && !named) return undefined;
    throw new GoogleCredentialsError(
      isMissing
        ? `GOOGLE_APPLICATION_CREDENTIALS names ${path}, which does not exist`
        : `the credentials in ${path} cannot be read`,
    );
  }
  const file = objectIn(text);
  const type = asText(file?.type);
  if (file !== undefined && type === "authorized_user") return userRequest(path, file, options);
  if (file !== undefined && type === "service_account") return serviceRequest(path, file, options);
  const found = file === undefined ? "no JSON object" : type === "" ? "no type" : `the type ${JSON.stringify(type)}`;
  throw new GoogleCredentialsError(`${path} holds ${found}: the types authorized_user and service_account can be used`);
}

function wellKnownFile(env: Env): string | undefined {
  const name = join("gcloud", "application_default_credentials.json");
  if (Deno.build.os === "windows") return env.APPDATA ? join(env.APPDATA, name) : undefined;
  return env.HOME ? join(env.HOME, ".config", name) : undefined;
}

/** Returns the object in a JSON text. Errors of the parser are dropped, because they quote the text. */
function objectIn(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function field(path: string, file: JsonObject, name: string): string {
  const value = asText(file[name]);
  if (value === "") throw new GoogleCredentialsError(`${path} holds no ${name}`);
  return value;
}

function userRequest(path: string, file: JsonObject, { userTokenUrl }: GoogleOptions): GoogleRequest {
  const names = ["client_id", "client_secret", "refresh_token"];
  const form = new URLSearchParams({ grant_type: "refresh_token" });
  for (const name of names) form.set(name, field(path, file, name));
  return { url: userTokenUrl ?? GOOGLE_TOKEN_URL, body: String(form) };
}

/** A claim that is signed with the account's key: RFC 7523. */
function serviceRequest(path: string, file: JsonObject, { scopes, now }: GoogleOptions): GoogleRequest {
  const url = asText(file.token_uri) || GOOGLE_TOKEN_URL;
  const seconds = Math.floor(now / 1000);
  const scope = scopes === undefined ? DEFAULT_SCOPES : scopes === "" ? [] : scopes.split(",");
  const header = { alg: "RS256", typ: "JWT", kid: asText(file.private_key_id) || undefined };
  const claim = {
    iss: field(path, file, "client_email"),
    scope: scope.join(" "),
    aud: url,
    // The server's clock may be a little behind.
    iat: seconds - 10,
    exp: seconds - 10 + CLAIM_SECONDS,
  };
  const text = [header, claim].map((part) => base64Url(new TextEncoder().encode(JSON.stringify(part)))).join(".");
  let signature: Uint8Array;
  try {
    signature = sign("sha256", new TextEncoder().encode(text), createPrivateKey(field(path, file, "private_key")));
  } catch (error) {
    if (error instanceof GoogleCredentialsError) throw error;
    throw new GoogleCredentialsError(`the private_key in ${path} is no key in PEM`);
  }
  const form = new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    assertion: `${text}.${base64Url(signature)}`,
  });
  return { url, body: String(form) };
}

function base64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

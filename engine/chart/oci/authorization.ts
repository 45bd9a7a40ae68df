/**
 * Authenticates to a registry when it asks for it: with name and password, or
 * with tokens from the token server that the registry names.
 *
 * Source: the distribution specification, "Token Authentication".
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { SkegError } from "../../../errors.ts";
import { readJson, refusal } from "./body.ts";
import type { Challenge } from "./challenge.ts";
import type { RegistryCredentials } from "./credentials.ts";
import { isSafe, shown, type Wire, type WireRequest } from "./wire.ts";

const CLIENT_ID = "skeg";

/** Returns the `Authorization` value for a name and a password. */
function basic({ username, password }: RegistryCredentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/**
 * Returns the value of `Authorization` for a registry's challenges; `undefined`
 * when there are no credentials to send.
 *
 * @param scope The scope that the request needs, for challenges that name none.
 * @throws SkegError when the token server refuses, or when its address is not safe for credentials.
 */
export async function authorize(
  challenges: readonly Challenge[],
  scope: string,
  credentials: RegistryCredentials,
  wire: Wire,
): Promise<string | undefined> {
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  if (bearer !== undefined) {
    if (credentials.registryToken !== "") return `Bearer ${credentials.registryToken}`;
    return `Bearer ${await fetchToken(bearer, scope, credentials, wire)}`;
  }
  const known = challenges.some(({ scheme }) => scheme === "basic") && credentials.username !== "";
  return known ? basic(credentials) : undefined;
}

async function fetchToken(
  { parameters }: Challenge,
  scope: string,
  credentials: RegistryCredentials,
  wire: Wire,
): Promise<string> {
  const { realm = "", service = "" } = parameters;
  if (!URL.canParse(realm)) throw new SkegError("io", "the registry names no server of tokens");
  const secret = credentials.username !== "" || credentials.identityToken !== "";
  if (!isSafe(realm) && secret) {
    throw new SkegError("io", `no credentials are sent to ${shown(realm)}: the way there is not encrypted`);
  }
  const asked = parameters["scope"] ?? "";
  const wanted = asked === "" || covers(scope, asked) ? scope : asked;
  const { response, url } = await wire.send(
    credentials.identityToken === ""
      ? question(realm, service, wanted, credentials)
      : exchange(realm, service, wanted, credentials.identityToken),
  );
  if (!response.ok) throw await refusal(response, "GET", url, wire);
  const { token, access_token: access } = await readJson(response, url, wire);
  const found = [token, access].find((each) => typeof each === "string" && each !== "");
  if (typeof found === "string") return found;
  throw new SkegError("io", `GET ${JSON.stringify(shown(url))}: there is no token in the answer`);
}

/** True if `scope` includes `other`, so that one token works for both. */
function covers(scope: string, other: string): boolean {
  const split = (text: string): [string, string[]] => {
    const colon = text.lastIndexOf(":");
    return [text.slice(0, colon), text.slice(colon + 1).split(",")];
  };
  const [[place, actions], [otherPlace, others]] = [split(scope), split(other)];
  return place === otherPlace && others.every((action) => actions.includes(action));
}

/** Returns the request for a token, with name and password if there are any. */
function question(realm: string, service: string, scope: string, credentials: RegistryCredentials): WireRequest {
  const target = new URL(realm);
  if (service !== "") target.searchParams.set("service", service);
  if (scope !== "") target.searchParams.set("scope", scope);
  return {
    method: "GET",
    target: target.href,
    authorization: credentials.username === "" ? undefined : basic(credentials),
  };
}

/** Returns the request that exchanges an identity token for a short-lived one. */
function exchange(realm: string, service: string, scope: string, token: string): WireRequest {
  const form = { grant_type: "refresh_token", client_id: CLIENT_ID, service, scope, refresh_token: token };
  return {
    method: "POST",
    target: realm,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(form).toString(),
  };
}

/**
 * Masks credentials in refusals: some proxies and servers quote the credentials that they refuse.
 *
 * @module
 */
import { MASK } from "../base/mod.ts";
import type { Credentials } from "./credentials.ts";

/** Shorter secrets would match unrelated text. */
const LENGTH_MIN = 4;

/**
 * Returns a refusal whose body does not contain the request's credentials. Returns other answers unchanged.
 *
 * @param server Address of the API server; a name and a password in it are sent as well.
 */
export async function withoutOwnSecrets(
  response: Response,
  { headers }: Credentials,
  server: string,
): Promise<Response> {
  if (response.status < 400) return response;
  const shown = headers.filter(([name]) => name === "Authorization").flatMap(([, value]) => secretsOf(value));
  const secrets = [...shown, ...secretsOfAddress(server)].filter(({ length }) => length >= LENGTH_MIN);
  if (secrets.length === 0) return response;
  let text = await response.text();
  for (const secret of secrets) {
    text = text.replaceAll(secret, MASK);
    // As escaped in JSON.
    text = text.replaceAll(JSON.stringify(secret).slice(1, -1), MASK);
  }
  return new Response(text, { status: response.status, headers: response.headers });
}

/** Returns the secrets in a header's value: the token, and the texts encoded in it. The longest come first. */
function secretsOf(value: string): string[] {
  const [, scheme, token = ""] = /^(\S+) (.*)$/s.exec(value) ?? [];
  if (scheme !== "Basic") return [token];
  const pair = new TextDecoder().decode(Uint8Array.fromBase64(token));
  return [token, pair, pair.slice(pair.indexOf(":") + 1)];
}

function secretsOfAddress(server: string): string[] {
  if (!URL.canParse(server)) return [];
  const [name, password] = [new URL(server).username, new URL(server).password].map(decoded);
  if (!name && !password) return [];
  const pair = `${name}:${password}`;
  return [new TextEncoder().encode(pair).toBase64(), pair, password || name || ""];
}

/** Decodes a part of an address; a part with invalid escapes is returned unchanged. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

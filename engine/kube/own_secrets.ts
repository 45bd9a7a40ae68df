/**
 * Refusals that repeat what we sent: some proxies and servers quote the
 * credentials that they do not like.
 *
 * @module
 */
import { MASK } from "../base/mod.ts";
import type { Credentials } from "./credentials.ts";

/** Shorter texts would be found everywhere. */
const LENGTH_MIN = 4;

/** Returns a refusal without the credentials of the request in its body. Other answers are returned as they are. */
export async function withoutOwnSecrets(response: Response, { headers }: Credentials): Promise<Response> {
  if (response.status < 400 || response.body === null) return response;
  const secrets = headers.filter(([name]) => name === "Authorization").flatMap(([, value]) => secretsOf(value));
  if (secrets.length === 0) return response;
  let text = await response.text();
  for (const secret of secrets) {
    text = text.replaceAll(secret, MASK);
    // As JSON spells it.
    text = text.replaceAll(JSON.stringify(secret).slice(1, -1), MASK);
  }
  return new Response(text, { status: response.status, headers: response.headers });
}

/** What is secret in a header's value: the token, or what is encoded in it. */
function secretsOf(value: string): string[] {
  const [, scheme, token = ""] = /^(\S+) (.*)$/s.exec(value) ?? [];
  const found = [token];
  if (scheme === "Basic") {
    const pair = new TextDecoder().decode(Uint8Array.fromBase64(token));
    found.push(pair, pair.slice(pair.indexOf(":") + 1));
  }
  return found.filter(({ length }) => length >= LENGTH_MIN);
}

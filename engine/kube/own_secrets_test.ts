import { equal, ok } from "node:assert/strict";
import type { Credentials } from "./credentials.ts";
import { withoutOwnSecrets } from "./own_secrets.ts";

const basic = btoa('ann:pass"word');

function credentials(authorization: string): Credentials {
  return {
    headers: [["Impersonate-User", "jane"], ["Authorization", authorization]],
    certificate: undefined,
    key: undefined,
  };
}

const refusal = (text: string): Response => new Response(text, { status: 403, headers: { "retry-after": "1" } });

Deno.test("withoutOwnSecrets() masks a token that a refusal repeats", async () => {
  const answer = await withoutOwnSecrets(refusal("no abcdef, jane"), credentials("Bearer abcdef"), "https://h");
  equal(await answer.text(), "no ***, jane");
  equal(answer.status, 403);
  equal(answer.headers.get("retry-after"), "1");
});

Deno.test("withoutOwnSecrets() masks a password in all of its spellings", async () => {
  const text = `${basic}; ann:pass"word; ${JSON.stringify({ password: 'pass"word' })}`;
  const answer = await withoutOwnSecrets(refusal(text), credentials(`Basic ${basic}`), "https://h");
  equal(await answer.text(), '***; ***; {"password":"***"}');
});

Deno.test("withoutOwnSecrets() masks what the server's address holds", async () => {
  const none: Credentials = { headers: [], certificate: undefined, key: undefined };
  const text = `${btoa("ann:p@ss")} ann:p@ss p@ss`;
  equal(await (await withoutOwnSecrets(refusal(text), none, "https://ann:p%40ss@h")).text(), "*** *** ***");
  equal(await (await withoutOwnSecrets(refusal("a token"), none, "https://token@h")).text(), "a ***");
});

Deno.test("withoutOwnSecrets() leaves successes, and answers to nobody in particular", async () => {
  const success = new Response("abcdef");
  ok(await withoutOwnSecrets(success, credentials("Bearer abcdef"), "https://h") === success);
  const refused = refusal("no");
  ok(
    await withoutOwnSecrets(refused, { headers: [], certificate: undefined, key: undefined }, "https://h") === refused,
  );
});

import { deepEqual, equal, throws } from "node:assert/strict";
import { SkegError } from "../../errors.ts";
import { checkGivenName, nameFromTemplate } from "./name.ts";

Deno.test("checkGivenName() takes DNS subdomains and the empty name", () => {
  for (const name of ["", "web", "a.b-c.d1", "1", "a".repeat(253)]) checkGivenName(name);
});

Deno.test("checkGivenName() refuses others, with all reasons", () => {
  for (const name of ["Web", "a_b", "-a", "a-", "a..b", "é"]) {
    throws(() => checkGivenName(name), (error: SkegError) => {
      equal(error.kind, "usage");
      return error.message.startsWith(`release name ${name} is invalid: a DNS-1123 subdomain must consist of`);
    });
  }
  throws(
    () => checkGivenName("A".repeat(254)),
    /is invalid: must be no more than 253 characters;a DNS-1123 subdomain must/,
  );
});

Deno.test("nameFromTemplate() knows sprig's functions and the environment", async () => {
  const variables = (name: string) => name === "TEAM" ? "ops" : undefined;
  equal(await nameFromTemplate('{{ env "TEAM" | upper }}-{{ trunc 3 "abcdef" }}', variables), "OPS-abc");
  equal(await nameFromTemplate('{{ expandenv "$TEAM-${NOPE}x" }}', variables), "ops-x");
});

Deno.test("nameFromTemplate() loads what a function stands on", async () => {
  equal(await nameFromTemplate('{{ regexFind "(?i)W[a-z]{2}" "my-web" }}'), "web");
  equal(await nameFromTemplate('{{ now | date "2006" | len }}'), "4");
  equal(await nameFromTemplate('{{ genPrivateKey "ecdsa" | trunc 10 }}'), "-----BEGIN");
});

Deno.test("nameFromTemplate() tells which variables the template reads", async () => {
  const told: string[] = [];
  const note = (text: string) => void told.push(text);
  equal(await nameFromTemplate('{{ env "A" }}{{ env "A" }}{{ expandenv "$B" }}x', () => "y", note), "yyyx");
  deepEqual(told, [
    "Note: --name-template reads A from the environment.",
    "Note: --name-template reads B from the environment.",
  ]);
  await nameFromTemplate("web", () => "y", note);
  equal(told.length, 2);
});

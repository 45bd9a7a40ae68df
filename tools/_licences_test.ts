import { equal, match } from "node:assert/strict";
import { asComment, thirdPartyLicences } from "./_licences.ts";

const ROOT = new URL("..", import.meta.url).pathname;

Deno.test("thirdPartyLicences() has every package that is bundled, and no other", async () => {
  const licences = await thirdPartyLicences(ROOT);
  for (const name of ["@bufbuild/protobuf", "@noble/hashes", "eta", "openpgp", "pg", "pg-pool", "re2js"]) {
    match(licences, new RegExp(`^${name} [\\d.]+ \\(.+\\)$`, "m"));
  }
  equal(/fast-check|@types|^js-yaml/m.test(licences), false);
  match(licences, /Permission is hereby granted/);
});

Deno.test("asComment() is one comment, whatever a licence says", () => {
  equal(asComment("a */ b\n").indexOf("*/"), asComment("a */ b\n").length - 3);
});

Deno.test("asComment() has no character that would widen the program, and keeps the words", () => {
  match(asComment("the “Software”, © Zoë, ✓\n"), /^the "Software", © Zoë, \\u\{2713\}$/m);
  equal(/[^\0-\xff]/.test(asComment("the “Software”, it’s Łukasz\n")), false);
});

import { equal, ok } from "node:assert/strict";
import { program } from "../../tests/_lib/program.ts";
import { wrapped } from "./wrap.ts";

Deno.test("wrapped() breaks between words and keeps the column of a description", () => {
  equal(
    wrapped("  --atomic     If set, the installation is purged on failure", 40),
    "  --atomic     If set, the installation\n               is purged on failure",
  );
  equal(wrapped("\tone two three four", 18), "        one two\n        three four");
});

Deno.test("wrapped() puts a description below a name that takes most of the width", () => {
  equal(
    wrapped("      --tiller-connection-timeout int   The duration of it", 40),
    "      --tiller-connection-timeout int\n          The duration of it",
  );
});

Deno.test("wrapped() leaves lines that fit, and words that cannot be broken", () => {
  equal(wrapped("short\n\tcode", 20), "short\n\tcode");
  equal(wrapped("see https://example.com/a/long/address now", 20), "see\nhttps://example.com/a/long/address\nnow");
});

Deno.test("help pages fit a terminal of 80 and of 40 columns", async () => {
  for (const words of [[], ["install"], ["list"], ["init"], ["repair", "map-apis"], ["dependency"]]) {
    const { stdout } = await program([...words, "--help"], { own: true });
    for (const columns of [80, 40]) {
      for (const line of wrapped(stdout, columns).split("\n")) {
        const width = line.replaceAll("\t", "        ").length;
        ok(width <= columns || !/\S {1,}\S/.test(line.trim()), `${words} at ${columns}: ${line}`);
      }
    }
  }
});

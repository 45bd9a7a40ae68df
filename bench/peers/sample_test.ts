import { deepEqual, equal, notEqual } from "node:assert/strict";
import { denoCache } from "./sample.ts";

const deno = Deno.execPath();

Deno.test("denoCache() keeps two ways to start Deno apart, and no two runs of one", () => {
  const packed = denoCache([deno, "run", "--v8-flags=--no-lazy", "a.js", "list"], "/home");
  notEqual(packed.DENO_DIR, denoCache([deno, "run", "a.js", "list"], "/home").DENO_DIR);
  notEqual(packed.DENO_DIR, denoCache([deno, "run", "--v8-flags=--no-lazy", "b.js", "list"], "/home").DENO_DIR);
  equal(packed.DENO_DIR, denoCache([deno, "run", "--v8-flags=--no-lazy", "a.js", "version"], "/home").DENO_DIR);
});

Deno.test("denoCache() is for Deno alone", () => {
  deepEqual(denoCache(["helm2", "list"], "/home"), {});
});

import { equal } from "node:assert/strict";
import { adler32 } from "./adler32.ts";
import { toBytes } from "./bytes.ts";

Deno.test("adler32() of the empty text and of a known one", () => {
  equal(adler32(toBytes("")), 1);
  equal(adler32(toBytes("Wikipedia")), 300286872);
});

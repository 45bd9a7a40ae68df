import { equal } from "node:assert/strict";
import { createHash } from "node:crypto";
import { toBytes } from "./bytes.ts";
import { adler32, sha1Hex, sha256Hex } from "./sha.ts";

Deno.test("checksums agree with the platform's", () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000]) {
    const data = new Uint8Array(length).map((_, index) => index * 7 + length);
    equal(sha1Hex(data), createHash("sha1").update(data).digest("hex"));
    equal(sha256Hex(data), createHash("sha256").update(data).digest("hex"));
  }
  equal(adler32(toBytes("Wikipedia")), 300286872);
});

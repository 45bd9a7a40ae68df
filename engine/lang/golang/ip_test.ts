import { deepEqual, equal } from "node:assert/strict";
import { parseIp } from "./ip.ts";

Deno.test("parseIp() reads the forms that Go reads", () => {
  deepEqual(parseIp("1.2.3.004"), Uint8Array.of(1, 2, 3, 4));
  deepEqual(parseIp("::ffff:1.2.3.4"), Uint8Array.of(1, 2, 3, 4));
  equal(parseIp("1::2")?.length, 16);
  for (const text of ["", "1.2.3", "1.2.3.256", "1:2", "1::2::3", ":::", "1.2:3", "12345::", "fe80::1%eth0"]) {
    equal(parseIp(text), undefined, text);
  }
});

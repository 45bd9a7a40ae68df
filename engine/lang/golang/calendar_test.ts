import { equal } from "node:assert/strict";
import { daysIn, fromCivil, toCivil } from "./calendar.ts";

Deno.test("toCivil() and fromCivil() are inverse, leap years and far years included", () => {
  for (const unix of [0n, -1n, 951782400n, 4107542400n, -62135596800n, 253402300800n, 10n ** 15n, -(10n ** 15n)]) {
    const { year, month, day, hour, minute, second } = toCivil(unix, 0);
    const seconds = BigInt((hour * 60 + minute) * 60 + second);
    equal(fromCivil({ year: BigInt(year), month: BigInt(month), day: BigInt(day), seconds }), unix);
  }
  equal(daysIn(2, 2000), 29);
  equal(daysIn(2, 1900), 28);
});

import { deepEqual, equal } from "node:assert/strict";
import { createHash } from "node:crypto";
import { floatToInt64, powerOfTen } from "./arithmetic.ts";
import { toBytes } from "./bytes.ts";
import { daysIn, fromCivil, toCivil } from "./calendar.ts";
import { parseIp } from "./ip.ts";
import { cutLayout } from "./layout.ts";
import { titleRune, toLower, toTitle, toUpper, trimSpace } from "./letter_case.ts";
import { adler32, sha1Hex, sha256Hex } from "./sha.ts";

Deno.test("toUpper() and toLower() change characters one by one", () => {
  equal(toUpper("ßıǆﬁᾳ"), "ßIǄﬁᾼ");
  equal(toLower("İIΣΣ"), "iiσσ");
  equal(titleRune("ǆ"), "ǅ");
  equal(titleRune("ა"), "ა");
  // A letter that came after Unicode 12.
  equal(toUpper("\ua7c8"), "\ua7c8");
});

Deno.test("toTitle() starts words after any ASCII sign, but only after blanks beyond ASCII", () => {
  equal(toTitle("o'neil x_y 1a é-à"), "O'Neil X_y 1a É-À");
  equal(trimSpace("\u0085\u00a0a\u3000\u200b "), "a\u3000\u200b");
});

Deno.test("powerOfTen() rounds as Go's squaring does", () => {
  equal(powerOfTen(22), 1e22);
  equal(powerOfTen(-3), 0.001);
  equal(powerOfTen(400), Infinity);
  equal(powerOfTen(-400), 0);
});

Deno.test("floatToInt64() gives the least number for what does not fit", () => {
  equal(floatToInt64(-1.9), -1n);
  for (const value of [NaN, Infinity, 2 ** 63]) equal(floatToInt64(value), -(2n ** 63n));
});

Deno.test("toCivil() and fromCivil() are inverse, leap years and far years included", () => {
  for (const unix of [0n, -1n, 951782400n, 4107542400n, -62135596800n, 253402300800n, 10n ** 15n, -(10n ** 15n)]) {
    const { year, month, day, hour, minute, second } = toCivil(unix, 0);
    const seconds = BigInt((hour * 60 + minute) * 60 + second);
    equal(fromCivil({ year: BigInt(year), month: BigInt(month), day: BigInt(day), seconds }), unix);
  }
  equal(daysIn(2, 2000), 29);
  equal(daysIn(2, 1900), 28);
});

Deno.test("cutLayout() tells names from words that begin like them", () => {
  const names = (layout: string): (string | undefined)[] => cutLayout(layout).map(({ element }) => element?.name);
  deepEqual(names("Janet Jan"), ["Jan", undefined]);
  deepEqual(names("_2006 __2 .000x"), ["2006", "__2", ".0", undefined]);
});

Deno.test("parseIp() reads the forms that Go reads", () => {
  deepEqual(parseIp("1.2.3.004"), Uint8Array.of(1, 2, 3, 4));
  deepEqual(parseIp("::ffff:1.2.3.4"), Uint8Array.of(1, 2, 3, 4));
  equal(parseIp("1::2")?.length, 16);
  for (const text of ["", "1.2.3", "1.2.3.256", "1:2", "1::2::3", ":::", "1.2:3", "12345::", "fe80::1%eth0"]) {
    equal(parseIp(text), undefined, text);
  }
});

Deno.test("checksums agree with the platform's", () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000]) {
    const data = new Uint8Array(length).map((_, index) => index * 7 + length);
    equal(sha1Hex(data), createHash("sha1").update(data).digest("hex"));
    equal(sha256Hex(data), createHash("sha256").update(data).digest("hex"));
  }
  equal(adler32(toBytes("Wikipedia")), 300286872);
});

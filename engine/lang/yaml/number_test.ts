import { equal } from "node:assert/strict";
import { formatSingle, parseDecimalFloat, parseInteger } from "./number.ts";

Deno.test("formatSingle() gives the shortest form of a 32-bit number", () => {
  const forms: [number, string][] = [
    [1.1, "1.1"],
    [1234567.89, "1.2345679e+06"],
    [123456789.5, "1.2345679e+08"],
    [100000000.25, "1e+08"],
    [1061752.25, "1.0617522e+06"],
    [2 ** -96, "1.2621775e-29"],
    [-(2 ** 90), "-1.2379401e+27"],
    [1e-50, "0"],
    [-0, "-0"],
    [3.5e38, "+Inf"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [1e-45, "1e-45"],
  ];
  for (const [value, text] of forms) equal(formatSingle(value), text);
});

Deno.test("parseInteger() knows the prefixes and the limits of 64 bits", () => {
  equal(parseInteger("-0x8000000000000000"), -(2n ** 63n));
  equal(parseInteger("18446744073709551615"), 2n ** 64n - 1n);
  equal(parseInteger("18446744073709551616"), undefined);
  equal(parseInteger("+18446744073709551615"), undefined);
  equal(parseInteger("017"), 15n);
  equal(parseInteger("0o17"), 15n);
  equal(parseInteger("08"), undefined);
  equal(parseInteger("0b" + "0".repeat(200) + "11"), 3n);
  equal(parseInteger("9".repeat(100000)), undefined);
});

Deno.test("parseDecimalFloat() takes no number that is too large", () => {
  equal(parseDecimalFloat("1.e3"), 1000);
  equal(parseDecimalFloat("1e400"), undefined);
  equal(parseDecimalFloat("1e"), undefined);
});

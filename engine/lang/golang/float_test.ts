import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { floatText, formatFloat, parseFloat64, parseInt64, parseUint64 } from "./float.ts";

const numRuns = fuzzRuns(200);

Deno.test("floatText() goes over to exponents at a million", () => {
  equal(floatText(999999), "999999");
  equal(floatText(1000000), "1e+06");
  equal(floatText(1234567.891), "1.234567891e+06");
  equal(floatText(0.0001), "0.0001");
  equal(floatText(0.00001), "1e-05");
  equal(floatText(-0), "-0");
});

Deno.test("formatFloat() rounds an exact half to the even digit", () => {
  equal(formatFloat(0.5, "f", 0), "0");
  equal(formatFloat(1.5, "f", 0), "2");
  equal(formatFloat(2.5, "f", 0), "2");
  equal(formatFloat(0.125, "f", 2), "0.12");
});

Deno.test("formatFloat() has more digits than JavaScript shows", () => {
  equal(formatFloat(0.1, "f", 30), "0.100000000000000005551115123126");
  equal(formatFloat(1e23, "f", 0), "99999999999999991611392");
});

Deno.test("formatFloat() knows binary and hexadecimal forms", () => {
  equal(formatFloat(1, "b", -1), "4503599627370496p-52");
  equal(formatFloat(3.7, "x", -1), "0x1.d99999999999ap+01");
  equal(formatFloat(3.7, "X", 2), "0X1.DAP+01");
});

Deno.test("formatFloat() drops trailing zeros under %g", () => {
  equal(formatFloat(1500000, "g", 6), "1.5e+06");
  equal(formatFloat(100, "g", 3), "100");
});

Deno.test("formatFloat() writes what parseFloat64() reads back", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      for (const verb of ["e", "f", "g", "x"] as const) {
        deepEqual(parseFloat64(formatFloat(value, verb, -1)), { value });
      }
    }),
    { numRuns },
  );
});

Deno.test("parseFloat64() takes underscores only behind a base prefix or between digits", () => {
  equal(parseFloat64("1_000.5").value, 1000.5);
  equal(parseFloat64("1__0").error, "invalid syntax");
  equal(parseFloat64("_1").error, "invalid syntax");
});

Deno.test("parseFloat64() says when a number is too large", () => {
  deepEqual(parseFloat64("-1e400"), { value: -Infinity, error: "value out of range" });
  equal(parseFloat64("0x1p1024").error, "value out of range");
});

Deno.test("parseUint64() takes the base from the prefix", () => {
  equal(parseUint64("0x1F", 0).value, 31n);
  equal(parseUint64("010", 0).value, 8n);
  equal(parseUint64("0b11", 0).value, 3n);
  equal(parseUint64("08", 0).error, "invalid syntax");
  equal(parseUint64("18446744073709551616", 10).error, "value out of range");
});

Deno.test("parseInt64() ends at the bounds of 64 bits", () => {
  equal(parseInt64("-9223372036854775808").value, -9223372036854775808n);
  equal(parseInt64("9223372036854775808").error, "value out of range");
});

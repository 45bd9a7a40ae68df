import { equal } from "node:assert/strict";
import { floatToInt64, powerOfTen } from "./arithmetic.ts";

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

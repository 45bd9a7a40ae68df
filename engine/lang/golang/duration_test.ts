import { equal } from "node:assert/strict";
import fc from "fast-check";
import { formatDuration, parseDuration, roundDuration } from "./duration.ts";

Deno.test("parseDuration() takes several units and fractions, and refuses the rest", () => {
  equal(parseDuration("-1h30m.5s"), -5400_500_000_000n);
  equal(parseDuration("1\u00b5s1\u03bcs1us"), 3000n);
  equal(parseDuration("+0"), 0n);
  for (const text of ["", "-", "1", "1d", ".s", "1h 2m", "9999999h", "h"]) equal(parseDuration(text), undefined, text);
});

Deno.test("parseDuration() reads back what formatDuration() writes", () => {
  fc.assert(fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), (nanoseconds) => {
    equal(parseDuration(formatDuration(nanoseconds)), nanoseconds);
  }));
});

Deno.test("roundDuration() rounds halves away from zero", () => {
  equal(roundDuration(1500n, 1000n), 2000n);
  equal(roundDuration(-1500n, 1000n), -2000n);
  equal(roundDuration(1499n, 1000n), 1000n);
  equal(roundDuration(7n, 0n), 7n);
});

import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { byteLength, compareBytes, fromBytes, normalizeText, sliceBytes, toBytes } from "./bytes.ts";

const numRuns = fuzzRuns(200);

Deno.test("fromBytes() keeps bytes that are no UTF-8, and toBytes() gives them back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const text = fromBytes(bytes);
      deepEqual([...toBytes(text)], [...bytes]);
      equal(byteLength(text), bytes.length);
    }),
    { numRuns },
  );
});

Deno.test("normalizeText() puts the halves of a character together", () => {
  equal(normalizeText(sliceBytes("é", 0, 1) + sliceBytes("é", 1)), "é");
});

Deno.test("sliceBytes() may cut a character", () => {
  deepEqual([...toBytes(sliceBytes("aéb", 0, 2))], [0x61, 0xc3]);
});

Deno.test("compareBytes() orders as bytes do", () => {
  const text = fc.uint8Array({ maxLength: 6 }).map(fromBytes);
  fc.assert(
    fc.property(text, text, (a, b) => {
      const left = [...toBytes(a)];
      const right = [...toBytes(b)];
      let want = left.length - right.length;
      for (let at = 0; at < Math.min(left.length, right.length); at++) {
        const difference = (left[at] ?? 0) - (right[at] ?? 0);
        if (difference !== 0) {
          want = difference;
          break;
        }
      }
      equal(Math.sign(compareBytes(a, b)), Math.sign(want));
    }),
    { numRuns },
  );
});

Deno.test("byteLength() counts the bytes of every kind of character", () => {
  equal(byteLength("aé☃😀"), 1 + 2 + 3 + 4);
});

import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { fromBinary, toBinary } from "./binary.ts";
import { decodeBase32, decodeBase64, encodeBase32, encodeBase64 } from "./base_text.ts";
import { toBytes } from "./bytes.ts";

const bytes = fc.uint8Array({ maxLength: 40 }).map((all) => String.fromCharCode(...all));

Deno.test("decodeBase64() and decodeBase32() read back what was written, line breaks or not", () => {
  fc.assert(fc.property(bytes, fc.nat(20), (binary, at) => {
    for (const [encode, decode] of [[encodeBase64, decodeBase64], [encodeBase32, decodeBase32]] as const) {
      const text = encode(binary);
      deepEqual(decode(text), { binary, fault: undefined });
      deepEqual(decode(text.slice(0, at) + "\r\n" + text.slice(at)), { binary, fault: undefined });
    }
  }));
});

Deno.test("decodeBase64() tells where Go finds the fault", () => {
  const faults: Record<string, number | undefined> = {
    "YQ": 0,
    "YWJjYQ": 4,
    "YQ=": 3,
    "YQ==x": 4,
    "Y===": 1,
    "_w==": 0,
    "YQ=x": 2,
    "Y\nQ==": undefined,
  };
  for (const [text, fault] of Object.entries(faults)) equal(decodeBase64(text).fault, fault, text);
});

Deno.test("decodeBase32() tells where Go finds the fault", () => {
  const faults: Record<string, number | undefined> = {
    "MFRA": 0,
    "mfra====": 0,
    "MFRA===": 7,
    "MFR=====": 3,
    "MFRA==x=": 5,
  };
  for (const [text, fault] of Object.entries(faults)) equal(decodeBase32(text).fault, fault, text);
});

Deno.test("toBinary() has one character for each byte, raw bytes included", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    equal(toBinary(text).length, toBytes(text).length);
    equal(fromBinary(toBinary(text)), text);
  }));
  equal(toBinary("\udcff"), "\xff");
  equal(fromBinary("\xc3\xa9\xff"), "é\udcff");
});

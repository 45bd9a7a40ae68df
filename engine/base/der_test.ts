import { deepEqual, equal } from "node:assert/strict";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import {
  derBits,
  derBoolean,
  derElement,
  derInteger,
  derOctets,
  derOid,
  derSequence,
  derTagged,
  derText,
  derTime,
  derToPem,
} from "./der.ts";

const hex = (bytes: Uint8Array): string => bytes.toHex();

Deno.test("derElement() writes the length in as few bytes as X.690 wants", () => {
  equal(hex(derElement(0x04)), "0400");
  equal(hex(derElement(0x04, new Uint8Array(127))).slice(0, 4), "047f");
  equal(hex(derElement(0x04, new Uint8Array(128))).slice(0, 6), "048180");
  equal(hex(derElement(0x04, new Uint8Array(200), new Uint8Array(56))).slice(0, 8), "04820100");
  equal(derElement(0x04, new Uint8Array(70_000)).length, 70_005);
});

Deno.test("derInteger() is never negative, and has no zeros that mean nothing", () => {
  equal(hex(derInteger(Uint8Array.of(0))), "020100");
  equal(hex(derInteger(Uint8Array.of(0, 0, 5))), "020105");
  equal(hex(derInteger(Uint8Array.of(0x80))), "02020080");
});

Deno.test("derOid() and the elements of certificates are those of X.690 and RFC 5280", () => {
  equal(hex(derOid("1.2.840.10045.4.3.2")), "06082a8648ce3d040302");
  equal(hex(derBoolean(true)), "0101ff");
  equal(hex(derBits(Uint8Array.of(0x80), 7)), "03020780");
  equal(hex(derOctets(Uint8Array.of(1), Uint8Array.of(2))), "04020102");
  equal(hex(derText("é")), "0c02c3a9");
  equal(hex(derTagged(3, Uint8Array.of(5, 0))), "a3020500");
  const times = ["1949-12-31T23:59:59Z", "1950-01-01T00:00:00Z", "2024-02-29T23:59:58.123Z", "2050-01-01T00:00:00Z"];
  deepEqual(times.map((time) => new TextDecoder().decode(derTime(new Date(time)).subarray(2))), [
    "19491231235959Z",
    "500101000000Z",
    "240229235958Z",
    "20500101000000Z",
  ]);
});

Deno.test("a key that is written here is the one that the runtime wrote", () => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { n = "", e = "" } = publicKey.export({ format: "jwk" });
  const number = (text: string): Uint8Array => derInteger(Uint8Array.fromBase64(text, { alphabet: "base64url" }));
  const algorithm = derSequence(derOid("1.2.840.113549.1.1.1"), Uint8Array.of(5, 0));
  const spki = derSequence(algorithm, derBits(derSequence(number(n), number(e))));
  deepEqual(new Uint8Array(publicKey.export({ type: "spki", format: "der" })), spki);
  equal(createPublicKey(derToPem("PUBLIC KEY", spki)).equals(publicKey), true);
});

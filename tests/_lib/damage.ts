/**
 * Damaged bytes, as input for tests of parsers.
 *
 * @module
 */
import fc from "fast-check";

/** Generates copies of `bytes` with some bytes changed and possibly the end cut off. */
export const damaged = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc.tuple(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 6 }), fc.nat(bytes.length)).map(
    ([changes, cut]) => {
      const copy = bytes.slice();
      for (const [at, byte] of changes) copy[at] = byte;
      return cut % 3 === 0 ? copy.subarray(0, cut) : copy;
    },
  );

/** Generates ASCII armour with parts cut out, doubled or overwritten, mostly with text that occurs in armour. */
export function damagedArmour(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const text = new TextDecoder().decode(bytes);
  const place = fc.oneof(fc.nat(text.length), fc.nat(120), fc.nat(120).map((back) => text.length - back));
  const piece = fc.constantFrom(
    ..."|\n|\n\n|=|=abcd\n|-|-----|A|/+9|: |Version: 1\n|é|\0|-----BEGIN PGP PUBLIC KEY BLOCK-----|-----BEGIN PGP PRIVATE KEY BLOCK-----\n"
      .split("|"),
    "-----END PGP PRIVATE KEY BLOCK-----",
    "\n-----END PGP PUBLIC KEY BLOCK-----\n",
    "\n-----BEGIN PGP SIGNED MESSAGE-----\n",
  );
  const change = fc.record({ from: place, length: fc.integer({ min: -80, max: 80 }), put: piece });
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    let copy = text;
    for (const { from, length, put } of changes) {
      copy = copy.slice(0, from) + put + copy.slice(Math.max(0, from + length));
    }
    return new TextEncoder().encode(copy);
  });
}

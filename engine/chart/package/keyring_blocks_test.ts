import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { SkegError } from "../../../errors.ts";
import { concat } from "../../../tests/_lib/archive.ts";
import { damaged, damagedArmour } from "../../../tests/_lib/damage.ts";
import { keyBlocks } from "./keyring_blocks.ts";

const KEYS = join(import.meta.dirname ?? ".", "../../../testdata/keys");
const numRuns = fuzzRuns(200);
const PUBLIC_KEY = [0xc6, 1, 1];
const USER = [0xcd, 1, 2];
const TRUST = [0xcc, 1, 3];
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("keyBlocks() cuts before every key, leaves out notes of trust and what stands before the first", async () => {
  const ring = new Uint8Array([USER, TRUST, PUBLIC_KEY, TRUST, USER, TRUST, USER, PUBLIC_KEY, TRUST].flat());
  deepEqual((await Array.fromAsync(keyBlocks(ring))).map((block) => [...block]), [
    [PUBLIC_KEY, USER, USER].flat(),
    PUBLIC_KEY,
  ]);
  deepEqual(await Array.fromAsync(keyBlocks(new Uint8Array(USER))), []);
});

Deno.test("keyBlocks() says that ASCII armour is damaged, without a word of it", async () => {
  const text = "-----BEGIN PGP PRIVATE KEY BLOCK-----\nsecret\n-----END PGP PRIVATE KEY BLOCK-----";
  await rejects(Array.fromAsync(keyBlocks(bytes(text))), {
    kind: "config",
    message: "openpgp: invalid data: the ASCII armour of a key is damaged",
  });
});

Deno.test("keyBlocks() takes no longer than the file for armour that begins and never ends", async () => {
  const text = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n".repeat(500_000);
  await rejects(Array.fromAsync(keyBlocks(bytes(text))), { kind: "config", message: /tag byte/ });
});

Deno.test("keyBlocks() stops at more packets than any keyring has, wherever they stand", async () => {
  const message = "keyring has more than 500000 packets";
  const users = new Uint8Array(2 * 500_000).map((_, at) => at % 2 === 0 ? 0xcd : 0);
  const ring = concat([new Uint8Array(PUBLIC_KEY), users]);
  await rejects(Array.fromAsync(keyBlocks(ring)), { kind: "config", message });
  equal((await Array.fromAsync(keyBlocks(ring.subarray(0, -2)))).length, 1);
  const half = btoa(String.fromCharCode(...PUBLIC_KEY)) + btoa("\xcd\0".repeat(300_000));
  const text = `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${half}\n-----END PGP PUBLIC KEY BLOCK-----\n`;
  await rejects(Array.fromAsync(keyBlocks(bytes(text + text))), { kind: "config", message });
});

for (const name of ["gnupg1/secring.gpg", "gnupg2/pubring.kbx", "public.asc"]) {
  Deno.test(`keyBlocks() survives damage to ${name}`, async () => {
    const ring = await Deno.readFile(join(KEYS, name));
    await fc.assert(
      fc.asyncProperty(name.endsWith(".asc") ? damagedArmour(ring) : damaged(ring), async (input) => {
        try {
          for await (const block of keyBlocks(input)) equal(block.length <= input.length, true);
        } catch (error) {
          if (!(error instanceof SkegError && error.kind === "config")) throw error;
        }
      }),
      { numRuns },
    );
  });
}

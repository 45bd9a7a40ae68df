import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { SkegError } from "../../../errors.ts";
import { damagedArmour } from "../../../tests/_lib/damage.ts";
import { damagedBytes, damagedText, fuzz } from "../../../tests/_lib/fuzz.ts";
import { verifySigned } from "./verify.ts";

// Uses a tenth of the usual number of inputs, because the keyring is read for each one.
const numRuns = Math.ceil(fuzzRuns(200) / 10);

const KEYS = join(import.meta.dirname ?? ".", "../../../testdata/keys");
const RING = join(KEYS, "gnupg1/pubring.gpg");
const SIGNED = join(KEYS, "signed/ann/web-1.2.3.tgz");
const archive = Deno.readFileSync(SIGNED);
const good = Deno.readFileSync(`${SIGNED}.prov`);
const text = new TextDecoder().decode(good);
const bytes = (content: string) => new TextEncoder().encode(content);

/** Returns the verification; `undefined` when a SkegError refuses the file. Other errors are thrown. */
async function outcome(provenance: Uint8Array, path = "web-1.2.3.tgz") {
  try {
    return await verifySigned({ path, archive, provenance }, RING);
  } catch (error) {
    if (error instanceof SkegError) return undefined;
    throw error;
  }
}

const wanted = await outcome(good);

Deno.test("verifySigned() answers any provenance file with a refusal, or with what was signed, within bounds", async () => {
  // Of all keys there are, this one in this ring takes the least time.
  const signed = join(KEYS, "signed/bob/web-1.2.3.tgz");
  const [archive, good] = [await Deno.readFile(signed), await Deno.readFile(`${signed}.prov`)];
  const verify = (provenance: Uint8Array) =>
    verifySigned({ path: "web-1.2.3.tgz", archive, provenance }, join(KEYS, "bob.gpg"));
  const wanted = await verify(good);
  const text = new TextDecoder().decode(good);
  await fuzz({
    make: (dice) => dice.oneIn(4) ? damagedBytes(dice, good) : bytes(damagedText(dice, text)),
    work: async (provenance) => deepEqual(await verify(provenance), wanted),
    show: (provenance) => new TextDecoder().decode(provenance),
  });
});

Deno.test("verifySigned() answers armour with parts cut out, doubled or overwritten in the same way", () =>
  fc.assert(
    fc.asyncProperty(damagedArmour(good), async (provenance) => {
      const found = await outcome(provenance);
      if (found !== undefined) deepEqual(found, wanted);
    }),
    { numRuns },
  ));

Deno.test("verifySigned() accepts no other text than the one that was signed, however messages are put together", () => {
  const [head = "", body = "", signature = ""] = text.split(/(?<=SHA512\n\n)|(?=-----BEGIN PGP SIGNATURE)/);
  const line = fc.constantFrom(
    head,
    body,
    signature,
    "-----BEGIN PGP SIGNED MESSAGE-----\n",
    "Hash: SHA1\n\n",
    "Hash: MD5\n\n",
    "files:\n  web-9.9.9.tgz: sha256:00\n",
    "\n...\n",
    "- -----BEGIN PGP SIGNATURE-----\n",
    "\r\n",
    "\u2028",
    "\0",
  );
  return fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
      const provenance = bytes(lines.join(""));
      equal(await outcome(provenance, "web-9.9.9.tgz"), undefined);
      const found = await outcome(provenance);
      if (found !== undefined) deepEqual(found, wanted);
    }),
    { numRuns },
  );
});

Deno.test("verifySigned() is soon done with files of one kind of line", async () => {
  for (
    const line of ["-----BEGIN PGP SIGNED MESSAGE-----", "-----BEGIN PGP SIGNATURE-----", "- -", "Hash: SHA512", ""]
  ) {
    equal(await outcome(bytes(`${line}\n`.repeat(2 * 1024 * 1024 / (line.length + 1)))), undefined);
  }
});

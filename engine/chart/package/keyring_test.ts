import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { SkegError } from "../../../errors.ts";
import { concat } from "../../../tests/_lib/archive.ts";
import { damaged, damagedArmour } from "../../../tests/_lib/damage.ts";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { findKey, loadKeyring, type RingKey } from "./keyring.ts";

const KEYS = join(import.meta.dirname ?? ".", "../../../testdata/keys");
const OLD_KEYS = ["ann", "bob", "eve", "rita", "dora", "sub"];
const owners = (ring: readonly RingKey[]): string[] =>
  ring.flatMap(({ names }) => names.map((name) => /<(.*)@/.exec(name)?.[1] ?? name));

for (
  const [path, wanted] of [
    ["gnupg1/pubring.gpg", OLD_KEYS],
    ["gnupg1/secring.gpg", OLD_KEYS],
    ["gnupg2/pubring.kbx", [...OLD_KEYS, "edna"]],
    ["public.asc", [...OLD_KEYS, "edna"]],
    ["secret.asc", [...OLD_KEYS, "edna"]],
    ["bob.gpg", ["bob"]],
  ] as const
) {
  Deno.test(`loadKeyring() reads ${path}`, async () => {
    const ring = await loadKeyring(join(KEYS, path));
    deepEqual(owners(ring).sort(), [...wanted].sort());
    const isSecret = path.includes("sec");
    equal(ring.every(({ key }) => key.isPrivate() === isSecret), true);
  });
}

Deno.test("loadKeyring() reads several armoured blocks of one file", async () => {
  const text = await Deno.readTextFile(join(KEYS, "public.asc"));
  await inFolder({ "two.asc": `Keys of ours:\n${text}\nand again\n${text}` }, async (folder) => {
    equal((await loadKeyring(join(folder, "two.asc"))).length, 14);
  });
});

Deno.test("loadKeyring() finds nothing in an empty file", async () => {
  await inFolder({ "empty.gpg": "" }, async (folder) => {
    deepEqual(await loadKeyring(join(folder, "empty.gpg")), []);
  });
});

Deno.test("loadKeyring() reads the keybox where pubring.gpg is asked for and is not", async () => {
  deepEqual(owners(await loadKeyring(join(KEYS, "gnupg2/pubring.gpg"))).length, 7);
});

Deno.test("loadKeyring() says what is wrong with a file that is no keyring", async () => {
  await inFolder({ "notes.txt": "no keys here" }, async (folder) => {
    await rejects(loadKeyring(join(folder, "notes.txt")), {
      kind: "config",
      message: "openpgp: invalid data: tag byte does not have MSB set",
    });
    await rejects(loadKeyring(folder), { kind: "io", message: `read ${folder}: is a directory` });
    await rejects(loadKeyring(join(folder, "none.gpg")), {
      kind: "io",
      message: `open ${join(folder, "none.gpg")}: no such file or directory`,
    });
  });
});

Deno.test("loadKeyring() stops at what is larger than any keyring, and passes over keys that are", async () => {
  const [bob, large] = [await Deno.readFile(join(KEYS, "bob.gpg")), new Uint8Array(6 * 1024 * 1024)];
  // A public key packet with a length of four bytes.
  large.set([0xc6, 0xff]);
  new DataView(large.buffer).setUint32(2, large.length - 6);
  await inFolder({ "huge.gpg": "" }, async (folder) => {
    const [huge, ring] = [join(folder, "huge.gpg"), join(folder, "ring.gpg")];
    await Deno.truncate(huge, 64 * 1024 * 1024 + 1);
    await rejects(loadKeyring(huge), { kind: "config", message: `keyring ${huge} is larger than 64 MiB` });
    await Deno.writeFile(ring, concat([large, bob]));
    deepEqual(owners(await loadKeyring(ring)), ["bob"]);
  });
});

// Uses a tenth of the usual number of inputs: each has several keys, which the OpenPGP package parses and hashes. That costs many
// times more than finding where keys begin, which the test of keyBlocks() does with all inputs.
Deno.test("loadKeyring() survives damaged keyrings", async () => {
  const numRuns = Math.ceil(fuzzRuns(200) / 10);
  for (const name of ["gnupg1/secring.gpg", "gnupg2/pubring.kbx", "secret.asc"]) {
    const bytes = await Deno.readFile(join(KEYS, name));
    await inFolder({}, async (folder) => {
      const path = join(folder, "ring");
      await fc.assert(
        fc.asyncProperty(name.endsWith(".asc") ? damagedArmour(bytes) : damaged(bytes), async (input) => {
          await Deno.writeFile(path, input);
          await loadKeyring(path).catch((error) => {
            if (!(error instanceof SkegError)) throw error;
          });
        }),
        { numRuns },
      );
    });
  }
});

Deno.test("findKey() takes the key with just that name before those that contain it", () => {
  const ring = ["Ann", "Ann Other", "Bob"].map((name) => ({ names: [name] }) as unknown as RingKey);
  deepEqual(findKey(ring, "Ann")?.names, ["Ann"]);
  deepEqual(findKey(ring, "Other")?.names, ["Ann Other"]);
  equal(findKey(ring, "Carol"), undefined);
  throws(() => findKey(ring, "n"), { kind: "config", message: 'more than one key contain the id "n"' });
});

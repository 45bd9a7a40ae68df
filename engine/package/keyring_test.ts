import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { SkegError } from "../../errors.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { findKey, loadKeyring, type RingKey } from "./keyring.ts";

const KEYS = join(import.meta.dirname ?? ".", "../../testdata/keys");
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

Deno.test("loadKeyring() survives damaged keyrings", async () => {
  const runs = Number(Deno.env.get("SKEG_FUZZ_RUNS") ?? 200) / 100;
  for (const name of ["gnupg1/secring.gpg", "gnupg2/pubring.kbx", "public.asc"]) {
    const bytes = await Deno.readFile(join(KEYS, name));
    await inFolder({}, async (folder) => {
      const path = join(folder, "ring");
      const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(changes, fc.nat(bytes.length), async (list, cut) => {
          const copy = bytes.slice();
          for (const [at, byte] of list) copy[at] = byte;
          await Deno.writeFile(path, cut % 3 === 0 ? copy.subarray(0, cut) : copy);
          await loadKeyring(path).catch((error) => {
            if (!(error instanceof SkegError)) throw error;
          });
        }),
        { numRuns: Math.ceil(runs) },
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

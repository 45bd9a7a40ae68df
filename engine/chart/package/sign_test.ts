import { equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { chartFromFiles } from "../load/mod.ts";
import { saveArchive } from "./save.ts";
import { signArchive } from "./sign.ts";
import { verifyArchive } from "./verify.ts";

const KEYS = join(import.meta.dirname ?? ".", "../../../testdata/keys");
const ask = () => Promise.reject(new Error("asked for a passphrase"));
const chart = chartFromFiles({ "Chart.yaml": "name: web\nversion: 1.0.0\ndescription: '- dashes - '\n" });

async function signed(
  key: string,
  work: (text: string, archive: string) => Promise<void>,
  keyring = "gnupg1/secring.gpg",
  passphrase: (owner: string) => Promise<string> = ask,
): Promise<void> {
  await inFolder({}, async (folder) => {
    const archive = saveArchive(chart, folder);
    const text = await signArchive(archive, { key, keyring: join(KEYS, keyring), passphrase });
    await Deno.writeTextFile(`${archive}.prov`, text);
    await work(text, archive);
  });
}

Deno.test("signArchive() writes what Helm writes: metadata, a separator, the digest", async () => {
  await signed("ann@example.com", (text) => {
    match(
      text,
      /^-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\ndescription: '- dashes - '\nname: web\nversion: 1.0.0\n\n\.\.\.\nfiles:\n {2}web-1.0.0.tgz: sha256:[0-9a-f]{64}\n-----BEGIN PGP SIGNATURE-----\n\n[^]*-----END PGP SIGNATURE-----$/,
    );
    return Promise.resolve();
  });
});

for (const key of ["Ann Signer <ann@example.com>", "Dora", "Sub"]) {
  Deno.test(`signArchive() makes signatures of ${key} that verify`, async () => {
    await signed(key, async (_, archive) => {
      const { signedBy, isExpired } = await verifyArchive(archive, join(KEYS, "public.asc"));
      ok(signedBy[0]?.startsWith(key));
      equal(isExpired, false);
    });
  });
}

Deno.test("signArchive() signs with keys of GnuPG 2 that Helm 2 does not know", async () => {
  await signed("edna", async (_, archive) => {
    await verifyArchive(archive, join(KEYS, "gnupg2/pubring.kbx"));
  }, "secret.asc");
});

Deno.test("signArchive() asks for the passphrase of a locked key, by its owner", async () => {
  const asked: string[] = [];
  await signed(
    "bob",
    async (_, archive) => void await verifyArchive(archive, join(KEYS, "bob.gpg")),
    "gnupg1/secring.gpg",
    (owner) => {
      asked.push(owner);
      return Promise.resolve("open sesame");
    },
  );
  equal(asked.join(), "Bob Locked <bob@example.com>");
});

Deno.test("signArchive() says that a passphrase is wrong without repeating it", async () => {
  await rejects(signed("bob", () => Promise.resolve(), "secret.asc", () => Promise.resolve("hunter2")), {
    kind: "config",
    message: "openpgp: invalid data: private key checksum failure",
  });
});

Deno.test("signArchive() signs with a key that has run out, as Helm 2 does", async () => {
  await signed("eve", async (_, archive) => {
    const { isExpired } = await verifyArchive(archive, join(KEYS, "gnupg1/pubring.gpg"));
    equal(isExpired, true);
  });
});

for (
  const [key, keyring, message] of [
    ["rita", "gnupg1/secring.gpg", "provided key may not sign: it is revoked, or meant for something else"],
    ["ann", "gnupg1/pubring.gpg", "provided key is not a private key"],
    ["carol", "gnupg1/secring.gpg", "private key not found"],
    ["example.com", "secret.asc", 'more than one key contain the id "example.com"'],
  ] as const
) {
  Deno.test(`signArchive() refuses ${key} of ${keyring}`, async () => {
    await rejects(signed(key, () => Promise.resolve(), keyring), { kind: "config", message });
  });
}

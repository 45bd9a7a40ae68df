import { deepEqual, equal, rejects } from "node:assert/strict";
import { basename, join } from "node:path";
import fc from "fast-check";
import { SkegError } from "../../../errors.ts";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { chartArchive } from "../../../tests/_lib/chart_server.ts";
import { signBadly } from "../../../tests/_lib/weak_signature.ts";
import { signArchive } from "./sign.ts";
import { verifyArchive, verifySigned } from "./verify.ts";

const KEYS = join(import.meta.dirname ?? ".", "../../../testdata/keys");
const RING = join(KEYS, "gnupg1/pubring.gpg");

/** Copies an archive that Helm 2 signed with `owner`'s key, lets `spoil` change it, and verifies it. */
async function verifyCopy(
  owner: string,
  spoil: (archive: string) => Promise<string | void>,
  ring = RING,
): Promise<void> {
  await inFolder({}, async (folder) => {
    for (const name of ["web-1.2.3.tgz", "web-1.2.3.tgz.prov"]) {
      await Deno.copyFile(join(KEYS, "signed", owner, name), join(folder, name));
    }
    const archive = join(folder, "web-1.2.3.tgz");
    await verifyArchive(await spoil(archive) ?? archive, ring);
  });
}

for (const ring of ["gnupg1/pubring.gpg", "gnupg1/secring.gpg", "gnupg2/pubring.kbx", "public.asc"]) {
  for (const owner of ["ann", "bob", "dora"]) {
    Deno.test(`verifyArchive() accepts what Helm 2 signed with ${owner}'s key, by ${ring}`, async () => {
      const found = await verifyArchive(join(KEYS, "signed", owner, "web-1.2.3.tgz"), join(KEYS, ring));
      equal(found.fileName, "web-1.2.3.tgz");
      equal(found.signedBy.length, 1);
      equal(found.signedBy[0]?.includes(`<${owner}@example.com>`), true);
      equal(found.isExpired, false);
    });
  }
}

Deno.test("verifyArchive() accepts a key that has run out, as Helm 2 does, and tells", async () => {
  const found = await verifyArchive(join(KEYS, "signed/eve/web-1.2.3.tgz"), RING);
  deepEqual([found.isExpired, found.signedBy], [true, ["Eve Expired <eve@example.com>"]]);
});

const edit = (change: (text: string) => string) => async (archive: string) => {
  const path = `${archive}.prov`;
  await Deno.writeTextFile(path, change(await Deno.readTextFile(path)));
};

const refused: readonly (readonly [string, string, (archive: string) => Promise<string | void>, string, string?])[] = [
  ["a key that is not in the keyring", "ann", async () => {}, "openpgp: signature made by unknown entity", "bob.gpg"],
  ["a revoked key", "rita", async () => {}, "openpgp: signature made by unknown entity"],
  [
    "a changed archive",
    "ann",
    async (archive) => {
      const bytes = await Deno.readFile(archive);
      bytes[20] = (bytes[20] ?? 0) ^ 1;
      await Deno.writeFile(archive, bytes);
    },
    "sha256 sum does not match for web-1.2.3.tgz: LISTED != FOUND",
  ],
  [
    "the provenance file of another chart",
    "ann",
    async (archive) => {
      const other = archive.replace("web-1.2.3", "db-1.0.0");
      await Deno.rename(archive, other);
      await Deno.rename(`${archive}.prov`, `${other}.prov`);
      return other;
    },
    'provenance does not contain a SHA for a file named "db-1.0.0.tgz"',
  ],
  [
    "a changed text",
    "ann",
    edit((text) => text.replace("version: 1.2.3", "version: 9.9.9")),
    "openpgp: invalid signature: hash tag doesn't match",
  ],
  ["no signature", "ann", edit(() => "hello\n"), "failed to decode signature: signature block not found"],
  [
    "an armour that is cut off",
    "ann",
    edit((text) => text.slice(0, -100)),
    "failed to decode signature: signature block not found",
  ],
  [
    "a missing provenance file",
    "ann",
    async (archive) => await Deno.remove(`${archive}.prov`),
    "could not load provenance file FILE.prov: stat FILE.prov: no such file or directory",
  ],
  [
    "an archive that is not there",
    "ann",
    async (archive) => await Deno.remove(archive),
    "stat FILE: no such file or directory",
  ],
  [
    "another extension",
    "ann",
    async (archive) => {
      const other = archive.replace(".tgz", ".tar.gz");
      await Deno.rename(archive, other);
      return other;
    },
    "chart must be a tgz file",
  ],
  [
    "a folder",
    "ann",
    async (archive) => {
      await Deno.remove(archive);
      await Deno.mkdir(archive);
    },
    "unpacked charts cannot be verified",
  ],
  ["no keyring", "ann", async () => {}, "failed to load keyring: open RING: no such file or directory", "none.gpg"],
];
for (const [what, owner, spoil, message, ring] of refused) {
  Deno.test(`verifyArchive() refuses ${what}`, async () => {
    const keyring = ring === undefined ? RING : join(KEYS, ring);
    await rejects(verifyCopy(owner, spoil, keyring), (error: unknown) => {
      if (!(error instanceof SkegError)) throw error;
      const text = error.message.replaceAll(keyring, "RING").replaceAll(
        /\/?\S*web-1\.2\.3\.tgz(?=\.prov|:)/g,
        (path) => basename(path) === path ? path : "FILE",
      )
        .replace(/"sha256:[0-9a-f]{64}" != "sha256:[0-9a-f]{64}"/, "LISTED != FOUND");
      equal(text, message);
      return true;
    });
  });
}

/** Writes a provenance file with the signatures of several owners, in that order. */
async function withSignatures(archive: string, owners: readonly string[], first?: string): Promise<void> {
  const { PacketList, readSignature, Signature } = await import("openpgp");
  const all = new PacketList<InstanceType<typeof import("openpgp").SignaturePacket>>();
  for (const [at, owner] of owners.entries()) {
    const text = at === 0 && first !== undefined
      ? first
      : await Deno.readTextFile(join(KEYS, "signed", owner, "web-1.2.3.tgz.prov"));
    const armour = text.slice(text.indexOf("-----BEGIN PGP SIGNATURE"));
    all.push(...(await readSignature({ armoredSignature: armour })).packets);
  }
  const armour = new Signature(all).armor().replaceAll("\r\n", "\n").trimEnd();
  await edit((text) => `${text.slice(0, text.indexOf("-----BEGIN PGP SIGNATURE"))}${armour}`)(archive);
}

Deno.test("verifyArchive() goes by the first signature of a key that it knows", async () => {
  await verifyCopy("ann", (archive) => withSignatures(archive, ["rita", "ann", "bob"]));
  // Ann's signature of another archive precedes Bob's signature of this one.
  await rejects(
    verifyCopy("bob", async (archive) => {
      const other = archive.replace("web-1.2.3", "other");
      await Deno.copyFile(archive, other);
      const options = { key: "ann", keyring: join(KEYS, "gnupg1/secring.gpg"), passphrase: () => Promise.resolve("") };
      await withSignatures(archive, ["ann", "bob"], await signArchive(other, options));
    }),
    { message: "openpgp: invalid signature: hash tag doesn't match" },
  );
});

Deno.test("verifyArchive() passes over a signature of a version that is not known", async () => {
  const { armor, enums } = await import("npm:openpgp@6.3.2");
  // A new-format packet of tag 2 with ten bytes; the first one is the version.
  const armour = armor(enums.armor.signature, new Uint8Array([0xc2, 10, 9, 1, 1, 8, 0, 0, 0, 0, 0, 0]));
  await rejects(
    verifyCopy("ann", edit((text) => text.slice(0, text.indexOf("-----BEGIN PGP SIGNATURE")) + armour)),
    { kind: "chart", message: "openpgp: signature made by unknown entity" },
  );
});

Deno.test("verifyArchive() is done with thousands of signatures at once", async () => {
  await rejects(verifyCopy("ann", (archive) => withSignatures(archive, Array<string>(2000).fill("rita"))), {
    message: "openpgp: signature made by unknown entity",
  });
});

Deno.test("verifyArchive() refuses a provenance file that is far too large", async () => {
  await rejects(verifyCopy("ann", edit((text) => "x".repeat(5 * 1024 * 1024) + text)), {
    message: /\.prov is larger than 4194304 bytes$/,
  });
});

Deno.test("verifyArchive() never accepts a changed signature or text", async () => {
  const original = await Deno.readTextFile(join(KEYS, "signed/ann/web-1.2.3.tgz.prov"));
  const start = original.indexOf("apiVersion");
  const end = original.indexOf("-----BEGIN PGP SIGNATURE");
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: start, max: end - 2 }),
      fc.constantFrom("x", "0", "-", ":"),
      async (at, letter) => {
        fc.pre(original[at] !== letter && original[at] !== "\n");
        await rejects(
          verifyCopy("ann", edit((text) => text.slice(0, at) + letter + text.slice(at + 1))),
          (error) => error instanceof SkegError,
        );
      },
    ),
    { numRuns: 40 },
  );
});

for (
  const [bits, hash, weaknesses] of [
    [2048, "sha512", []],
    [2048, "sha1", ["it is made with SHA-1"]],
    [1024, "sha512", ["its key has 1024 bits (RSA)"]],
    [1024, "sha1", ["it is made with SHA-1", "its key has 1024 bits (RSA)"]],
  ] as const
) {
  Deno.test(`verifySigned() tells what is weak in a signature with ${hash} and an RSA key of ${bits} bits`, () =>
    inFolder({}, async (folder) => {
      const archive = chartArchive("web", "1.2.3");
      const { provenance, keyring } = await signBadly("web-1.2.3.tgz", archive, { bits, hash });
      const ring = join(folder, "ring.asc");
      await Deno.writeTextFile(ring, keyring);
      const signed = { path: "nowhere/web-1.2.3.tgz", archive, provenance: new TextEncoder().encode(provenance) };
      deepEqual((await verifySigned(signed, ring)).weaknesses, weaknesses);
      await rejects(verifySigned({ ...signed, path: "web-9.tgz" }, ring), {
        message: 'provenance does not contain a SHA for a file named "web-9.tgz"',
      });
      await rejects(verifySigned({ ...signed, archive: new Uint8Array(3) }, ring), {
        message: /^sha256 sum does not match/,
      });
      await rejects(verifySigned({ ...signed, path: "web.tar.gz" }, ring), { message: "chart must be a tgz file" });
    }));
}

Deno.test("verifyArchive() finds nothing weak in what Helm 2 signs", async () => {
  for (const owner of ["ann", "bob", "dora"]) {
    const found = await verifyArchive(join(KEYS, "signed", owner, "web-1.2.3.tgz"), RING);
    deepEqual(found.weaknesses, [], owner);
  }
});

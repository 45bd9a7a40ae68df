/**
 * Verifies an archive against its provenance file and a keyring.
 *
 * Source: Helm 2.17.0, `pkg/downloader/chart_downloader.go` (`VerifyChart`),
 * `pkg/provenance/sign.go`.
 *
 * @module
 */
import { readFileSync, type Stats } from "node:fs";
import { basename, extname } from "node:path";
import type { CleartextMessage } from "npm:openpgp@6.3.2";
import { fileError, SkegError } from "../../errors.ts";
import { quote } from "../golang/mod.ts";
import { loadKeyring, type RingKey } from "./keyring.ts";
import { openpgp, settings } from "./_openpgp.ts";
import { digestOf, listedDigests } from "./provenance_text.ts";
import { stat } from "./save.ts";

/** Provenance files above this size are refused; real ones have some hundred bytes. */
const PROVENANCE_BYTES_MAX = 4 * 1024 * 1024;

/** What {@linkcode verifyArchive} found out. */
export interface Verification {
  /** Names of the signer's key. */
  readonly signedBy: readonly string[];
  /** The archive's digest, with `sha256:` before it. */
  readonly digest: string;
  /** The archive's name, as the provenance file lists it. */
  readonly fileName: string;
}

/**
 * Verifies that `path`, an archive, is what `path.prov` says, and that a key
 * of the keyring has signed that.
 *
 * @throws kind `io`, `config` or `chart`, with Helm's message.
 */
export async function verifyArchive(path: string, keyring: string): Promise<Verification> {
  if (stat(path).isDirectory()) throw new SkegError("chart", "unpacked charts cannot be verified");
  if (extname(path).toLowerCase() !== ".tgz") throw new SkegError("chart", "chart must be a tgz file");
  const provenance = `${path}.prov`;
  const info = within(`could not load provenance file ${provenance}`, () => stat(provenance));
  const ring = await ringOf(keyring);
  if (info.isDirectory()) throw new SkegError("chart", `${provenance} cannot be a directory`);
  const message = await decode(provenance, info);
  const signedBy = await signer(message, ring);
  const digest = digestOf(read(path));
  const name = basename(path);
  const digests = listedDigests(message.getText());
  const listed = Object.hasOwn(digests, name) ? digests[name] : undefined;
  if (listed === undefined) {
    throw new SkegError("chart", `provenance does not contain a SHA for a file named ${quote(name)}`);
  }
  if (listed !== digest) {
    throw new SkegError("chart", `sha256 sum does not match for ${name}: ${quote(listed)} != ${quote(digest)}`);
  }
  return { signedBy, digest, fileName: name };
}

async function ringOf(path: string): Promise<RingKey[]> {
  try {
    return await loadKeyring(path);
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    throw new SkegError(error.kind, `failed to load keyring: ${error.message}`, { cause: error });
  }
}

/** The signed message in a provenance file, whatever stands around it. */
async function decode(path: string, info: Stats): Promise<CleartextMessage> {
  if (info.size > PROVENANCE_BYTES_MAX) {
    throw new SkegError("chart", `provenance file ${path} is larger than ${PROVENANCE_BYTES_MAX} bytes`);
  }
  const content = within("failed to decode signature", () => new TextDecoder().decode(read(path)));
  const lines = content.replaceAll("\r\n", "\n").split("\n");
  const start = lines.indexOf("-----BEGIN PGP SIGNED MESSAGE-----");
  const middle = start < 0 ? -1 : lines.indexOf("-----BEGIN PGP SIGNATURE-----", start);
  const end = middle < 0 ? -1 : lines.indexOf("-----END PGP SIGNATURE-----", middle);
  if (end < 0) throw new SkegError("chart", "failed to decode signature: signature block not found");
  const { readCleartextMessage } = await openpgp();
  try {
    return await readCleartextMessage({
      cleartextMessage: lines.slice(start, end + 1).join("\n"),
      config: await settings(),
    });
  } catch (error) {
    throw new SkegError("chart", "failed to decode signature: signature block not found", { cause: error });
  }
}

/** Names of the key that signed the message; throws when no key of the ring did. */
async function signer(message: CleartextMessage, ring: readonly RingKey[]): Promise<readonly string[]> {
  const made = message.getSigningKeyIDs();
  const known = ring.filter(({ key }) =>
    key.getKeyIDs().some((id) => made.some((other) => other.toHex() === id.toHex()))
  );
  if (known.length === 0) throw new SkegError("chart", "openpgp: signature made by unknown entity");
  const { verify } = await openpgp();
  const { signatures } = await verify({
    message,
    verificationKeys: known.map(({ key }) => key.toPublic()),
    // As Helm 2: a key that has run out since has signed all the same.
    date: null as unknown as Date,
    config: await settings(),
  });
  let reason: unknown;
  for (const { keyID, verified } of signatures) {
    try {
      await verified;
      return known.find(({ key }) => key.getKeyIDs().some((id) => id.toHex() === keyID.toHex()))?.names ?? [];
    } catch (error) {
      reason = error;
    }
  }
  throw new SkegError("chart", `openpgp: invalid signature: ${reasonText(reason)}`, { cause: reason });
}

function reasonText(reason: unknown): string {
  const text = reason instanceof Error ? reason.message : String(reason);
  return text === "Signed digest did not match" ? "hash tag doesn't match" : text;
}

function within<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    throw new SkegError(error.kind, `${what}: ${error.message}`, { cause: error });
  }
}

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fileError("open", path, error);
  }
}

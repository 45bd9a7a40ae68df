/**
 * Keyrings of GnuPG → the keys in them.
 *
 * Three formats are supported: OpenPGP packets (`pubring.gpg`, `secring.gpg`,
 * `gpg --export`), the same in ASCII armour, and GnuPG 2's keybox
 * (`pubring.kbx`). Helm 2 reads the first only.
 *
 * Source: Helm 2.17.0, `pkg/provenance/sign.go`; RFC 4880 section 4; GnuPG's
 * description of its keybox.
 *
 * @module
 */
import { codeOf, joinBytes } from "../../base/mod.ts";
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Key } from "npm:openpgp@6.3.2";
import { fileError, SkegError } from "../../../errors.ts";
import { quote } from "../../lang/golang/mod.ts";
import { keyBlocks } from "./keyring_blocks.ts";
import { openpgp } from "./_openpgp.ts";

/** Larger keyrings are refused; those of whole Linux distributions have half this size. */
const RING_BYTES_MAX = 64 * 1024 * 1024;
/** Larger keys are skipped; GnuPG's keybox holds no larger ones. */
const KEY_BYTES_MAX = 5 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

/** A key with the names of its owners. */
export interface RingKey {
  readonly key: Key;
  /** Such as `Ann <ann@example.com>`. */
  readonly names: readonly string[];
}

/**
 * Returns the keys of a keyring. Keys that cannot be used here are skipped.
 *
 * @throws kind `io` or `config`.
 */
export async function loadKeyring(path: string): Promise<RingKey[]> {
  const bytes = readRing(path);
  const { readKey } = await openpgp();
  const keys: RingKey[] = [];
  for await (const block of keyBlocks(bytes)) {
    if (block.length > KEY_BYTES_MAX) continue;
    try {
      const key = await readKey({ binaryKey: block });
      const names = key.users.flatMap(({ userID }: { userID: { userID: string } | null }) =>
        userID === null ? [] : [userID.userID]
      );
      keys.push({ key, names });
    } catch {
      // The algorithm or version is not supported. The wanted key may be another one, so this one is skipped.
    }
  }
  return keys;
}

/** Reads a keyring file. GnuPG 2 has a keybox in place of GnuPG 1's `pubring.gpg`, so it is read when the old file is missing. */
function readRing(path: string): Uint8Array {
  const keybox = join(dirname(path), "pubring.kbx");
  const isMoved = basename(path) === "pubring.gpg" && !existsSync(path) && existsSync(keybox);
  try {
    return readBounded(isMoved ? keybox : path);
  } catch (error) {
    if (error instanceof SkegError) throw error;
    // A folder can be opened, but reading it fails.
    throw fileError(codeOf(error) === "EISDIR" ? "read" : "open", path, error);
  }
}

/** Reads at most the maximal size of a keyring. Pipes and devices do not state their size in advance. */
function readBounded(path: string): Uint8Array {
  const file = openSync(path, "r");
  try {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const chunks: Uint8Array[] = [];
    for (let total = 0;;) {
      const size = readSync(file, chunk);
      if (size === 0) return joinBytes(chunks);
      total += size;
      if (total > RING_BYTES_MAX) {
        throw new SkegError("config", `keyring ${path} is larger than ${RING_BYTES_MAX / 1024 / 1024} MiB`);
      }
      chunks.push(chunk.slice(0, size));
    }
  } finally {
    closeSync(file);
  }
}

/**
 * Finds the key that `id` names: the one with just this name, else the only
 * one whose name contains it.
 *
 * @throws kind `config` when several do.
 */
export function findKey(ring: readonly RingKey[], id: string): RingKey | undefined {
  const exact = ring.find(({ names }) => names.includes(id));
  if (exact !== undefined) return exact;
  const candidates = ring.flatMap((key) => key.names.filter((name) => name.includes(id)).map(() => key));
  if (candidates.length > 1) throw new SkegError("config", `more than one key contain the id ${quote(id)}`);
  return candidates[0];
}

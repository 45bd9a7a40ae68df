/**
 * Seals a text with a key: AES-256-GCM by the runtime, the key by scrypt.
 *
 * @module
 */
import { scryptAsync } from "npm:@noble/hashes@2.4.0/scrypt.js";
import { SkegError } from "../../../errors.ts";
import { isObject } from "../../kube/mod.ts";

/** A sealed text; all bytes as Base64. */
export interface Sealed {
  /** The cipher and the derivation of its key. */
  readonly cipher: "scrypt-aes-256-gcm";
  /** Salt of the derivation. */
  readonly salt: string;
  /** Nonce of the cipher. */
  readonly nonce: string;
  /** The text and the cipher's tag. */
  readonly data: string;
}

/** True for sealed data. */
export function isSealed(data: unknown): data is Sealed {
  return isObject(data) && data.cipher === "scrypt-aes-256-gcm";
}

/** Seals a text. */
export async function seal(text: string, key: string): Promise<Sealed> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const bytes = new TextEncoder().encode(text);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, await derived(key, salt), bytes);
  return {
    cipher: "scrypt-aes-256-gcm",
    salt: salt.toBase64(),
    nonce: nonce.toBase64(),
    data: new Uint8Array(data).toBase64(),
  };
}

/**
 * Opens a sealed text.
 *
 * @throws SkegError of kind `usage` when the key is wrong.
 */
export async function openSeal({ salt, nonce, data }: Sealed, key: string): Promise<string> {
  const iv = Uint8Array.fromBase64(nonce);
  try {
    const secret = await derived(key, Uint8Array.fromBase64(salt));
    const bytes = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, secret, Uint8Array.fromBase64(data));
    return new TextDecoder().decode(bytes);
  } catch (cause) {
    throw new SkegError("usage", "the plan cannot be opened with this key", { cause });
  }
}

async function derived(key: string, salt: Uint8Array): Promise<CryptoKey> {
  const bytes = await scryptAsync(new TextEncoder().encode(key), salt, { N: 2 ** 15, r: 8, p: 1, dkLen: 32 });
  return await crypto.subtle.importKey("raw", new Uint8Array(bytes), "AES-GCM", false, ["encrypt", "decrypt"]);
}

/**
 * Names for objects with `generateName`.
 *
 * If only the server knows an object's name, the object cannot be found when the answer is lost. So the name
 * is generated here, by the server's rule.
 *
 * Source: Kubernetes 1.34, `apiserver/pkg/storage/names/generate.go` and
 * `apimachinery/pkg/util/rand`.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";

/** No vowels, and no characters that look alike. */
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";
const RANDOM_LENGTH = 5;
const BASE_MAX = 63 - RANDOM_LENGTH;

/**
 * Returns the object with a name generated from `metadata.generateName`; the object itself when it has a
 * name, or has neither.
 */
export function withName(object: KubeObject): KubeObject {
  const { metadata } = object;
  const base = metadata?.generateName;
  if (metadata?.name || typeof base !== "string" || base === "") return object;
  return { ...object, metadata: { ...metadata, name: base.slice(0, BASE_MAX) + randomLetters() } };
}

/** Returns random letters; bytes from 243 up are skipped, as they would favour the first letters. */
function randomLetters(): string {
  let text = "";
  while (text.length < RANDOM_LENGTH) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < 243) text += LETTERS[byte % LETTERS.length];
  }
  return text;
}

/**
 * Names for objects that leave theirs to the server.
 *
 * An object whose name only the server knows cannot be looked for when the
 * answer is lost. So the name is chosen here, by the server's own rule.
 *
 * Source: Kubernetes 1.34, `apiserver/pkg/storage/names/generate.go` and
 * `apimachinery/pkg/util/rand`.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";

/** No vowels, and nothing that looks like another. */
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";
const RANDOM_LENGTH = 5;
const BASE_MAX = 63 - RANDOM_LENGTH;

/** Returns the object with a name made from `metadata.generateName`; the object itself when it has a name, or has neither. */
export function withName(object: KubeObject): KubeObject {
  const { metadata } = object;
  const base = metadata?.generateName;
  if (metadata?.name || typeof base !== "string" || base === "") return object;
  return { ...object, metadata: { ...metadata, name: base.slice(0, BASE_MAX) + randomLetters() } };
}

/** Letters of the server's kind; the few bytes that would favour the first ones are left out. */
function randomLetters(): string {
  let text = "";
  while (text.length < RANDOM_LENGTH) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < 243) text += LETTERS[byte % LETTERS.length];
  }
  return text;
}

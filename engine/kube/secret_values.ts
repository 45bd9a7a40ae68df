/**
 * The values of Secrets, for masks of texts that quote them.
 *
 * @module
 */
import { MASK } from "../base/mod.ts";
import { itemOf, type ManifestEntry } from "./entries.ts";
import { asObject, asText } from "./json.ts";
import { KubeManifest } from "./manifest.ts";
import type { SkegError } from "../../errors.ts";

/** Shorter values would match unrelated text. */
const VALUE_MIN = 4;
/** One line of a longer value, such as a key, is masked from this length on. */
const LINE_MIN = 9;

/**
 * Returns the values in the Secrets of these manifests, the longest first: `stringData` as it is, `data` decoded and as
 * it is. Documents that cannot be read are left out.
 */
export function secretValues(manifests: readonly KubeManifest[]): string[] {
  const found = new Set<string>();
  const visit = (entry: ManifestEntry | SkegError): void => {
    if (!("wanted" in entry)) return;
    const { items } = entry.object;
    if (Array.isArray(items)) return items.forEach((item) => visit(itemOf(item, entry)));
    const { group, kind } = entry.wanted;
    if (kind === "Secret" && group === "") { for (const value of valuesOf(entry.object)) found.add(value); }
  };
  for (const manifest of manifests) manifest.entries().forEach(visit);
  return longestFirst(found);
}

/** Returns the values of one Secret that are masked. */
export function valuesOf({ data, stringData }: Readonly<Record<string, unknown>>): string[] {
  const encoded = Object.values(asObject(data)).map(asText);
  const plain = [...Object.values(asObject(stringData)).map(asText), ...encoded.map(decoded)];
  const lines = plain.flatMap((value) => value.split("\n")).map((line) => line.trim())
    .filter(({ length }) => length >= LINE_MIN);
  return [...encoded, ...plain.map((value) => value.trim()), ...lines].filter(({ length }) => length >= VALUE_MIN);
}

/** Returns the values in the order in which they must be masked: a value may be part of a longer one. */
export function longestFirst(values: Iterable<string>): string[] {
  return [...new Set(values)].sort((a, b) => b.length - a.length);
}

/** Returns the text with every secret replaced. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}

function decoded(text: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.fromBase64(text));
  } catch {
    return "";
  }
}

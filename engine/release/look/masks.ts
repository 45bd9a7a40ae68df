/**
 * Masks the secrets of a release in everything that may be shown of it: texts, manifests, objects and values.
 *
 * The rules are those of comparisons (`engine/kube/explain/mask.ts`); in manifests and objects also those of redacted
 * archives (`masked_manifest.ts`).
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import type { KubeObject, Release } from "../../model/mod.ts";
import { createMasking, type Masker } from "../../kube/explain/mod.ts";
import { maskedManifest, maskedObject } from "../masked_manifest.ts";
import { configOf, hookObjects } from "../plan/compare_revisions.ts";
import { manifestObjects } from "../plan/manifest_objects.ts";

/** The parts of a release that hold secrets. */
export type MaskedRelease = Pick<Release, "manifest" | "hooks" | "namespace" | "config">;

/** Masks the secrets of some revisions. */
export interface ReleaseMask {
  /** Masks the secrets that a text holds. */
  readonly text: (text: string) => string;
  /** Masks a manifest. Documents without secrets stay as they are; one that cannot be read is left out. */
  readonly manifest: (text: string) => string;
  /** Masks an object; items of a list, too. */
  readonly object: (object: KubeObject) => KubeObject;
  /** Masks values by the names of their keys, and known secrets anywhere in them. */
  readonly values: (values: unknown) => unknown;
}

/**
 * Returns the masks of some revisions.
 *
 * @param releases The values of their Secrets, and user values with names of secrets, are masked wherever they appear.
 * @param masker Makes the marks.
 * @param live More objects, such as live Secrets.
 */
export function releaseMask(
  releases: readonly MaskedRelease[],
  masker: Masker,
  live: readonly KubeObject[] = [],
): ReleaseMask {
  const objects = releases.flatMap((release) => [
    ...manifestObjects(release.manifest, release.namespace).map(({ object }) => object),
    ...hookObjects(release as Release),
  ]);
  const values = releases.map((release) => configOf(release as Release));
  const masking = createMasking([...objects, ...live].map(asCore), values, masker);
  const object = (given: KubeObject): KubeObject => {
    if (Array.isArray(given.items)) {
      return { ...given, items: given.items.map((item) => isObject(item) ? object(withKind(given, item)) : item) };
    }
    const isSecret = given.kind === "Secret";
    const masked = masking.value(given, [], isSecret) as KubeObject;
    return isSecret ? masked : maskedObject(masked, masking.text);
  };
  return {
    text: masking.text,
    manifest: (text) => maskedManifest(text, masking.text, object),
    object,
    values: (given) => withNumbers(given, masking.value(numbersAsText(given), [], false)),
  };
}

/** Numbers become texts, which alone are masked: a number can be a secret, too. */
function numbersAsText(value: unknown): unknown {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(numbersAsText);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, numbersAsText(inner)]));
}

/** Puts back the numbers that were not masked. */
function withNumbers(given: unknown, masked: unknown): unknown {
  if (typeof given === "number" || typeof given === "bigint") return masked === String(given) ? given : masked;
  if (Array.isArray(given) && Array.isArray(masked)) return given.map((item, at) => withNumbers(item, masked[at]));
  if (!isObject(given) || !isObject(masked)) return masked;
  return Object.fromEntries(Object.entries(given).map(([key, inner]) => [key, withNumbers(inner, masked[key])]));
}

/** Servers leave out the kind of a list's items. */
function withKind({ kind }: KubeObject, item: Record<string, unknown>): KubeObject {
  return kind === "SecretList" ? { kind: "Secret", ...item } : item;
}

/** A Secret without a usable version is masked as one, too. */
function asCore(object: KubeObject): KubeObject {
  return object.kind === "Secret" ? { ...object, apiVersion: "v1" } : object;
}

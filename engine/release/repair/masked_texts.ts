/**
 * Masks secrets in the texts that a repair shows.
 *
 * @module
 */
import { maskSecrets } from "../../base/mod.ts";
import { KubeManifest, secretValues, withoutSecrets } from "../../kube/mod.ts";
import { maskedManifest } from "../masked_manifest.ts";
import type { ReleaseRecords, RepairChange } from "./repair.ts";

/**
 * Returns the changes with masked texts: the data of Secrets, and variables with secret names. Values of Secrets are masked
 * wherever the texts have them.
 *
 * @param records The release's records: a text can quote a Secret that is not part of the change.
 */
export function withMaskedTexts(
  changes: readonly RepairChange[],
  { records }: ReleaseRecords,
): readonly RepairChange[] {
  const shown = changes.flatMap(({ texts }) => texts === undefined ? [] : [texts.before, texts.after]);
  if (shown.length === 0) return changes;
  const stored = records.flatMap(({ release }) =>
    release === undefined ? [] : [release.manifest, ...release.hooks.map(({ manifest }) => manifest)]
  );
  const secrets = secretValues([...new Set([...stored, ...shown])].map((text) => new KubeManifest(text)));
  const mask = (text: string): string => maskSecrets(withoutSecrets(text, secrets));
  return changes.map((change) => {
    const { texts } = change;
    if (texts === undefined) return change;
    return {
      ...change,
      texts: { before: maskedManifest(texts.before, mask), after: maskedManifest(texts.after, mask) },
    };
  });
}

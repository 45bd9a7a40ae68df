/**
 * The text of a document after mapping.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { encodeYaml } from "../yaml/mod.ts";
import { isEqual } from "./plain.ts";

/**
 * Returns the text of a document whose object was mapped, or `undefined` when no text decodes to the mapped object.
 *
 * Where only `apiVersion` changed, its value is replaced in place; comments and order are kept. Otherwise the document
 * is written anew, keys sorted, under its `# Source:` lines and a line `# was extensions/v1beta1`.
 *
 * @param text One document, as a manifest holds it.
 * @param before What the text decodes to.
 * @param after What the new text has to decode to.
 * @param decode Reads a document; the result is checked with it.
 */
export function rewriteDocument(
  text: string,
  before: KubeObject,
  after: KubeObject,
  decode: (text: string) => unknown,
): string | undefined {
  const fits = (candidate: string): boolean => {
    try {
      return isEqual(decode(candidate), after);
    } catch {
      return false;
    }
  };
  if (isEqual({ ...before, apiVersion: after.apiVersion }, after)) {
    const inPlace = text.replace(
      /^(apiVersion[ \t]*:[ \t]+["']?)([^\s"']+)/m,
      (_, start: string) => `${start}${after.apiVersion}`,
    );
    if (fits(inPlace)) return inPlace;
  }
  const sources = text.split(/\r?\n/).filter((line) => /^# Source:/.test(line));
  const anew = [...sources, `# was ${before.apiVersion}`, encodeYaml(after)].join("\n");
  return fits(anew) ? anew : undefined;
}

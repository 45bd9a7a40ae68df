/**
 * Writes the text of a document after mapping.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { encodeYaml } from "../../lang/yaml/mod.ts";
import { itemsOf } from "./document.ts";
import { replaceInPlace } from "./in_place.ts";
import { isEqual, isMap } from "./plain.ts";

/**
 * Returns the text of a document whose object was mapped, or `undefined` when no text decodes to the mapped object.
 *
 * Where only texts such as the value of `apiVersion` changed, they are replaced in place: comments, order,
 * quotes and line ends are kept. Otherwise the document is written again, keys sorted, under its `# Source:`
 * lines and a line `# was extensions/v1beta1`. Later documents in the same text are kept unchanged.
 *
 * A `List` is one document: `before` and `after` are whole lists, see {@linkcode mapDocument}.
 *
 * @param text One document, as a manifest holds it; with or without its `---`.
 * @param before The data that the text decodes to.
 * @param after The data that the new text must decode to.
 * @param decode Reads the first document of a text. The result is checked with it; an error counts as a failure.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { yamlToJson } from "../../lang/yaml/mod.ts";
 * import { rewriteDocument } from "./mod.ts";
 *
 * const text = "kind: Role\napiVersion: 'rbac.authorization.k8s.io/v1beta1' # old\n";
 * const before = { kind: "Role", apiVersion: "rbac.authorization.k8s.io/v1beta1" };
 * const after = { kind: "Role", apiVersion: "rbac.authorization.k8s.io/v1" };
 * equal(
 *   rewriteDocument(text, before, after, yamlToJson),
 *   "kind: Role\napiVersion: 'rbac.authorization.k8s.io/v1' # old\n",
 * );
 * ```
 */
export function rewriteDocument(
  text: string,
  before: KubeObject,
  after: KubeObject,
  decode: (text: string) => unknown,
): string | undefined {
  const read = (candidate: string): unknown => {
    try {
      return decode(candidate);
    } catch {
      return undefined;
    }
  };
  const fits = (candidate: string | undefined): candidate is string =>
    candidate !== undefined && isEqual(read(candidate), after);
  if (!isEqual(read(text), before)) return undefined;
  const inPlace = replaceInPlace(text, before, after, read);
  if (fits(inPlace)) return inPlace;
  const anew = writeAnew(text, before, after, read);
  return fits(anew) ? anew : undefined;
}

function writeAnew(
  text: string,
  before: KubeObject,
  after: KubeObject,
  read: (text: string) => unknown,
): string | undefined {
  const end = endOfDocument(text, before, read);
  const kept = headOf(text);
  let written: string;
  try {
    written = encodeYaml(after);
  } catch {
    return undefined; // a value that YAML text cannot hold
  }
  const old = oldVersions(before, after);
  const was = old.length === 0 ? [] : [`# was ${old.join(", ")}`];
  const whole = [...kept, ...was, written].join("\n");
  const isOpen = end === text.length && !text.endsWith("\n");
  return (isOpen ? whole.trimEnd() : whole) + text.slice(end);
}

/** Returns the lines that stay above a document: its `---` and its `# Source:` lines. */
function headOf(text: string): string[] {
  const kept: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (/^---\s*$/.test(line) && kept.length === 0 || /^#\s*Source:/.test(line)) kept.push(line);
    else if (/^---/.test(line) && kept.length === 0) kept.push("---");
    else if (!/^\s*(?:#.*)?$/.test(line)) break;
  }
  return kept;
}

/** Returns the end of the first document: the next marker, or the end of the text. */
function endOfDocument(text: string, before: KubeObject, read: (text: string) => unknown): number {
  for (const { index } of text.matchAll(/^(?:---|\.\.\.)(?=\s|$)/gm)) {
    // A marker above the content begins the document: the text before it decodes to something else.
    if (index > 0 && isEqual(read(text.slice(0, index)), before)) return index;
  }
  return text.length;
}

/** Returns the versions that were replaced, in order of appearance. */
function oldVersions(before: KubeObject, after: KubeObject): string[] {
  const items = itemsOf(before);
  if (items === undefined) {
    return before.apiVersion === after.apiVersion || before.apiVersion === undefined ? [] : [before.apiVersion];
  }
  const mapped = itemsOf(after) ?? [];
  const all = items.flatMap((item, index) => {
    const other = mapped[index];
    return isMap(item) && isMap(other) ? oldVersions(item as KubeObject, other as KubeObject) : [];
  });
  return [...new Set(all)];
}

/**
 * The documents of a stored manifest, with their positions in the text.
 *
 * A line that starts with three dashes separates documents, even if a blank and more text follow. Tiller
 * splits there as well. The cluster's client splits only if nothing follows the dashes, but stops reading at
 * such a line.
 *
 * @module
 */

/** One document of a text. */
export interface TextDocument {
  /** Offset of the separator line before it; for the first document, of the whole text. */
  readonly from: number;
  /** Offset of its own text. */
  readonly start: number;
  /** Offset of its end: of the next separator, or the end of the whole text. */
  readonly end: number;
  /** Its own text. */
  readonly text: string;
}

/** Returns the documents of a text that hold more than white space. */
export function documentsOf(text: string): TextDocument[] {
  const documents: TextDocument[] = [];
  let [from, start] = [0, 0];
  const add = (end: number): void => {
    const own = text.slice(start, end);
    if (own.trim() !== "") documents.push({ from, start, end, text: own });
  };
  // What follows the dashes on their line belongs to the document, unless it is white space.
  for (const { 0: separator, index } of text.matchAll(/(?<=^|\n)---(?=\s|$)[^\S\n]*\n?/g)) {
    add(index);
    [from, start] = [index, index + separator.length];
  }
  add(text.length);
  return documents;
}

/**
 * Returns the text with some documents replaced; separators and all other documents stay the same.
 *
 * @param replacements By document; `undefined` removes a document, with the separator before it.
 */
export function replaceDocuments(text: string, replacements: ReadonlyMap<TextDocument, string | undefined>): string {
  let result = "";
  let at = 0;
  for (const [document, replacement] of [...replacements].sort(([a], [b]) => a.start - b.start)) {
    result += text.slice(at, replacement === undefined ? document.from : document.start);
    if (replacement !== undefined) result += withEndOf(document.text, replacement);
    at = document.end;
  }
  return result + text.slice(at);
}

/** Gives a document the same line ending as the original: the last one of a text has none. */
function withEndOf(original: string, text: string): string {
  const ended = original.endsWith("\n");
  if (ended === text.endsWith("\n")) return text;
  return ended ? `${text}\n` : text.replace(/\r?\n$/, "");
}

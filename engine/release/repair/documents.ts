/**
 * The documents of a stored manifest, with their places in the text.
 *
 * A line of three dashes separates, also when more follows behind a blank.
 * Tiller splits there as well; the client of the cluster does so only when
 * nothing follows, but reads no further than such a line.
 *
 * @module
 */

/** One document of a text. */
export interface TextDocument {
  /** Where the line that separates it from the one before begins; for the first document, where the text begins. */
  readonly from: number;
  /** Where its own text begins. */
  readonly start: number;
  /** Where it ends: where the next separator begins, or the end of the whole text. */
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
 * Returns the text with other documents in it; separators and everything that
 * is not replaced stay as they are.
 *
 * @param replacements By document; `undefined` takes a document out, with the separator before it.
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

/** Ends a document as the original ended: the last one of a text has no line break there. */
function withEndOf(original: string, text: string): string {
  const ended = original.endsWith("\n");
  if (ended === text.endsWith("\n")) return text;
  return ended ? `${text}\n` : text.replace(/\r?\n$/, "");
}

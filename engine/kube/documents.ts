/**
 * Splits a stream of documents as Kubernetes' libraries do.
 *
 * Source: Helm 2.17.0, `pkg/kube/client.go`, with the YAML reader of k8s.io/apimachinery.
 *
 * @module
 */

/** The documents of a stream, and a function that joins them again. */
export interface CutManifest {
  /**
   * The documents that hold more than white space. Each ends in a line break, added if missing, because that
   * decides how a block scalar on the last line ends.
   */
  readonly documents: string[];
  /** Returns the stream with other documents in the same places; `undefined` removes a document and its separator. */
  readonly join: (documents: readonly (string | undefined)[]) => string;
}

/**
 * Splits a stream into documents, at lines of `---` and white space; a stream that begins with `{` is a
 * sequence of JSON values. Documents can be replaced; all other text is kept.
 */
export function cutDocuments(text: string): CutManifest {
  if (/^\s*\{/.test(text)) {
    return { documents: splitJson(text), join: (given) => given.filter((one) => one !== undefined).join("\n") };
  }
  const isOpen = !text.endsWith("\n");
  // Odd indexes hold separators.
  const parts = (isOpen ? text + "\n" : text).split(/(^---[^\S\n]*\r?$\n?)/m);
  const places = [...parts.keys()].filter((index) => index % 2 === 0 && parts[index]?.trim() !== "");
  return {
    documents: places.map((index) => parts[index] ?? ""),
    join: (given) => {
      const pieces: string[] = [...parts];
      for (const [turn, index] of places.entries()) {
        const document = given[turn];
        pieces[index] = document ?? "";
        if (document === undefined && index > 0) pieces[index - 1] = "";
      }
      const joined = pieces.join("");
      return isOpen ? joined.replace(/\n$/, "") : joined;
    },
  };
}

/** Splits a stream of JSON objects at the end of each outermost brace. */
function splitJson(text: string): string[] {
  const documents: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\[^])*"?|[{}[\]]/g)) {
    if (token === "{" || token === "[") depth += 1;
    if (token !== "}" && token !== "]") continue;
    depth -= 1;
    if (depth > 0) continue;
    documents.push(text.slice(start, index + 1));
    start = index + 1;
  }
  if (text.slice(start).trim() !== "") documents.push(text.slice(start));
  return documents;
}

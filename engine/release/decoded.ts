/**
 * Documents that are decoded once, for their heads and for their objects.
 *
 * Tiller reads a document twice, by rules of its own each time: the head, to sort documents and to find hooks,
 * and the object, to send it. Both come from the same data here.
 *
 * @module
 */
import { type Head, headOf, type ReadHead, readHead } from "../chart/render/mod.ts";
import { type KnownDocuments, KubeDocument } from "../kube/mod.ts";

/** A document that begins like this means the same with a comment line before it, and in a stream. */
const BEGINS_PLAINLY = /^[A-Za-z#"']/;
/** Paths that are a comment and nothing else in a `# Source:` line: YAML has line breaks beyond ASCII, too. */
const PRINTABLE = /^[\x20-\x7e]*$/;

/** Reads heads, and keeps the decoded documents. */
export class DocumentReader {
  /** By their text with a line break at its end. */
  readonly #documents: Map<string, KubeDocument>;

  /** @param known Documents that are decoded already. */
  constructor(known: KnownDocuments = new Map()) {
    this.#documents = new Map(known);
  }

  /** Documents that were given or decoded since. */
  get known(): KnownDocuments {
    return this.#documents;
  }

  /** Reads the head of a document as Helm splits and trims it. */
  readonly readHead: ReadHead = (text) => {
    if (!BEGINS_PLAINLY.test(text)) return readHead(text);
    let head: Head;
    try {
      head = headOf(this.#documentOf(text).data);
    } catch {
      return readHead(text); // for its error, which may differ from that of the text with a line break
    }
    // Only the line break after the document can have changed these: it ends the last block scalar.
    return endsInLineBreak(head) ? readHead(text) : head;
  };

  /** Makes a document whose head was read known under the text that it has in a manifest, too. */
  readonly addSource = (path: string, text: string): void => {
    const document = this.#documents.get(`${text}\n`);
    if (document === undefined || !PRINTABLE.test(path)) return;
    const withSource = `# Source: ${path}\n${text}\n`;
    this.#documents.set(withSource, new KubeDocument(withSource, document));
  };

  #documentOf(text: string): KubeDocument {
    const whole = `${text}\n`;
    const document = this.#documents.get(whole) ?? new KubeDocument(whole);
    this.#documents.set(whole, document);
    return document;
  }
}

function endsInLineBreak({ apiVersion, kind, name, namespace, annotations }: Head): boolean {
  return [apiVersion, kind, name, namespace, ...Object.values(annotations)].some((text) => text.endsWith("\n"));
}

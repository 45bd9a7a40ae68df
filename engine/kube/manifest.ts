/**
 * A manifest and its documents, each decoded at most once.
 *
 * Rendering, records, steps and the kube client hand on the same {@linkcode KubeManifest}: the text for
 * records and people, the decoded objects for everything else.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { cutDocuments } from "./documents.ts";
import { itemOf, kindOf, type ManifestEntry } from "./entries.ts";
import { asText, isObject } from "./json.ts";
import { decodeDocument } from "./yaml.ts";

/** One document of a manifest. Decoded on first use; the data is shared and must not be changed. */
export class KubeDocument {
  /** As {@linkcode cutDocuments} returns it. */
  readonly text: string;
  readonly #same: KubeDocument | undefined;
  #read: { readonly data: unknown } | { readonly problem: unknown } | undefined;

  /**
   * Decodes nothing yet.
   *
   * @param same A document whose text differs in comments only: it is decoded in place of this one.
   */
  constructor(text: string, same?: KubeDocument) {
    this.text = text;
    this.#same = same;
  }

  /**
   * The data; `null` for a document of comments only. Integers beyond ±2^53 are `bigint`.
   *
   * @throws YamlError with the words of Helm 2's library.
   */
  get data(): unknown {
    if (this.#same !== undefined) return this.#same.data;
    const read = this.#read ??= this.#decode();
    if ("problem" in read) throw read.problem;
    return read.data;
  }

  /** The object or list and its kind, or the reason why there is none; `undefined` when the document is empty. */
  get entry(): ManifestEntry | SkegError | undefined {
    let data: unknown;
    try {
      data = this.data;
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      return new SkegError("yaml", `error parsing : ${message}`, { cause });
    }
    return data === null || data === undefined ? undefined : kindOf(data);
  }

  #decode(): { readonly data: unknown } | { readonly problem: unknown } {
    try {
      return { data: decodeDocument(this.text) };
    } catch (problem) {
      return { problem };
    }
  }
}

/** Documents that are known already, by their text. */
export type KnownDocuments = ReadonlyMap<string, KubeDocument>;

/** A manifest: its text, and its documents when they are wanted. */
export class KubeManifest {
  /** As recorded. */
  readonly text: string;
  #known: KnownDocuments | undefined;
  #documents: readonly KubeDocument[] | undefined;

  /**
   * Cuts and decodes nothing yet.
   *
   * @param text YAML text of any number of documents.
   * @param known Documents with the same text are taken from here, so that they are not decoded again.
   */
  constructor(text: string, known?: KnownDocuments) {
    this.text = text;
    this.#known = known;
  }

  /** All documents, in order. */
  get documents(): readonly KubeDocument[] {
    if (this.#documents !== undefined) return this.#documents;
    this.#documents = cutDocuments(this.text).documents
      .map((text) => this.#known?.get(text) ?? new KubeDocument(text));
    this.#known = undefined; // so that other documents of it can be freed
    return this.#documents;
  }

  /**
   * Returns the objects and the problems, in the order of the documents. Ends at the first document that is
   * not YAML, as the rest of a stream cannot be read then.
   */
  entries(): (ManifestEntry | SkegError)[] {
    const entries: (ManifestEntry | SkegError)[] = [];
    for (const { entry } of this.documents) {
      if (entry !== undefined) entries.push(entry);
      if (isUnreadable(entry)) break;
    }
    return entries;
  }

  /** Returns the documents by their text, for {@linkcode KubeManifest} of a text that shares some of them. */
  byText(): KnownDocuments {
    return new Map(this.documents.map((document) => [document.text, document]));
  }

  /**
   * Returns the manifest with other documents in the same places, all other text kept; `undefined` leaves a
   * document out.
   *
   * @param documents As many as this manifest has.
   */
  with(documents: readonly (KubeDocument | undefined)[]): KubeManifest {
    const text = cutDocuments(this.text).join(documents.map((document) => document?.text));
    const known = documents.filter((document) => document !== undefined);
    return new KubeManifest(text, new Map(known.map((document) => [document.text, document])));
  }
}

/** True for the problem of a document that is not YAML. */
export function isUnreadable(entry: ManifestEntry | SkegError | undefined): boolean {
  return entry instanceof SkegError && entry.kind === "yaml";
}

/** An object as a manifest names it. */
export interface NamedObject {
  /** Empty for the core group. */
  readonly group: string;
  /** Such as `Deployment`. */
  readonly kind: string;
  /** As the manifest has it; empty when it names none. */
  readonly namespace: string;
  /** `metadata.name`. */
  readonly name: string;
}

/** Returns the objects that entries name, lists expanded. Skips problems. Pure. */
export function namedObjects(entries: readonly (ManifestEntry | SkegError | undefined)[]): NamedObject[] {
  const found: NamedObject[] = [];
  const visit = (entry: ManifestEntry | SkegError | undefined): void => {
    if (entry === undefined || entry instanceof SkegError) return;
    const { items } = entry.object;
    if (Array.isArray(items)) return items.forEach((item) => visit(itemOf(item, entry)));
    const metadata = isObject(entry.object.metadata) ? entry.object.metadata : {};
    const { group, kind } = entry.wanted;
    found.push({ group, kind, namespace: asText(metadata.namespace), name: asText(metadata.name) });
  };
  entries.forEach(visit);
  return found;
}

/**
 * Rendered files → documents with their heads.
 *
 * Source: Helm 2.17.0, `pkg/releaseutil/manifest.go`, `pkg/tiller/hooks.go`.
 *
 * @module
 */
import { SkegError, YamlError } from "../../../errors.ts";
import type { Hook, Manifest } from "../../model/mod.ts";
import { compareBytes, quote } from "../../lang/golang/mod.ts";
import { isBlank, trimSpace } from "./_text.ts";
import { type Head, readHead } from "./head.ts";
import { type ClassifyOptions, HOOK_ANNOTATION, hookOf } from "./hooks.ts";

/** A manifest: a document with its head. */
export interface ParsedManifest extends Manifest {
  /** The document's identifying fields. */
  readonly head: Head;
}

/** The hooks and manifests of rendered files. */
export interface Classified {
  /** In the order of paths, then of documents. */
  readonly hooks: readonly Hook[];
  /** In the order of paths, then of documents. */
  readonly manifests: readonly ParsedManifest[];
}

/**
 * Splits the text of a file into documents, each trimmed.
 *
 * Helm 2: any line that begins with three dashes is a separator, even with more
 * text on it. A document that contains only comments is kept.
 */
export function splitDocuments(text: string): string[] {
  const whole = trimSpace(text);
  const documents: string[] = [];
  let start = 0;
  const cut = (end: number): void => {
    if (end > start) documents.push(trimSpace(whole.slice(start, end)));
  };
  if (whole.startsWith("---")) start = skipBlank(whole, 3);
  for (;;) {
    const newline = whole.indexOf("\n---", start);
    if (newline < 0) break;
    let end = newline;
    while (end > start && isBlank(whole.charCodeAt(end - 1))) end--;
    cut(end);
    start = skipBlank(whole, newline + 4);
  }
  cut(whole.length);
  return documents;
}

/** Reads the head of a document; {@linkcode readHead}, or a function that keeps what it decodes. */
export type ReadHead = (document: string) => Head;

/**
 * Sorts rendered files into hooks and manifests.
 *
 * @param files Path → text.
 * @param read Default {@linkcode readHead}.
 * @throws SkegError of kind `yaml`: `YAML parse error on PATH: …`.
 */
export function classify(
  files: Readonly<Record<string, string>>,
  options: ClassifyOptions = {},
  read: ReadHead = readHead,
): Classified {
  const hooks: Hook[] = [];
  const manifests: ParsedManifest[] = [];
  for (const path of Object.keys(files).sort(compareBytes)) {
    if (path.slice(path.lastIndexOf("/") + 1).startsWith("_")) continue;
    const text = files[path] ?? "";
    if (trimSpace(text) === "") {
      options.log?.(`info: manifest ${quote(path)} is empty. Skipping.`);
      continue;
    }
    for (const document of splitDocuments(text)) {
      const head = readHeadOf(path, document, read);
      if (Object.hasOwn(head.annotations, HOOK_ANNOTATION)) {
        const hook = hookOf(path, document, head, options);
        if (hook !== undefined) hooks.push(hook);
      } else manifests.push({ path, kind: head.kind, text: document, head });
    }
  }
  return { hooks, manifests };
}

/** Returns the documents as one text, each with its source in a comment line, as stored in records. */
export function joinManifests(manifests: readonly Manifest[]): string {
  return manifests.map((manifest) => `\n---\n# Source: ${manifest.path}\n${manifest.text}`).join("");
}

function readHeadOf(path: string, document: string, read: ReadHead): Head {
  try {
    return read(document);
  } catch (cause) {
    if (!(cause instanceof SkegError)) throw cause;
    throw new DocumentError(`YAML parse error on ${path}: ${cause.message}`, cause, { path, text: document });
  }
}

/** A rendered document is not valid YAML; the message is Helm's. */
export class DocumentError extends SkegError {
  /** Full name of the template. */
  readonly path: string;
  /** The document. */
  readonly text: string;
  /** The line of the document that the reader of YAML names, from 1; `undefined` if it names none. */
  readonly line: number | undefined;

  /** Makes the error. */
  constructor(message: string, cause: SkegError, { path, text }: { readonly path: string; readonly text: string }) {
    const line = cause instanceof YamlError ? cause.line : undefined;
    super("yaml", message, { cause, hint: renderedLine(text, line) });
    this.path = path;
    this.text = text;
    this.line = line;
  }
}

/** Returns the line of the rendered text that an error names: people look for it in the template. */
function renderedLine(document: string, line: number | undefined): string | undefined {
  const text = line === undefined ? undefined : document.split("\n")[line - 1];
  if (text === undefined) return undefined;
  const tab = /^ *\t/.test(text) ? " It is indented with a tab: YAML wants blanks." : "";
  return `Line ${line} of the rendered text is ${JSON.stringify(text.trim().slice(0, 100))}.${tab}`;
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at))) at++;
  return at;
}

/**
 * Documents for scripts: `-o json` and `-o yaml` of commands for which Helm 2 has no such output.
 *
 * Every document says what it is: `apiVersion: skeg.dev/v1` and a `kind`. Within a version keys are added, and
 * never renamed or removed. `docs/documents.md` describes them.
 *
 * @module
 */
import { defineFlags } from "./command.ts";
import type { Printer } from "./print.ts";
import { jsonText, yamlText } from "./text.ts";
import { UsageError } from "./usage_error.ts";

/** `-o`, for commands that print plain text without it. */
export const DOCUMENT_FLAG = defineFlags({
  "output": {
    type: "string",
    complete: { words: ["table", "json", "yaml"] },
    short: "o",
    usage: "Print a document for scripts: json or yaml",
  },
});

/** Formats of documents. */
export type DocumentFormat = "json" | "yaml";

/**
 * Returns the format of {@linkcode DOCUMENT_FLAG}; `undefined` when a document is not asked for.
 *
 * @throws UsageError for any other word.
 */
export function documentFormat(text: string): DocumentFormat | undefined {
  if (text === "" || text === "table") return undefined;
  if (text === "json" || text === "yaml") return text;
  throw new UsageError(`unsupported format ${text}`, { type: "choice", text, choices: ["table", "json", "yaml"] });
}

/** Version of the documents' shapes. */
export const DOCUMENT_VERSION = "skeg.dev/v1";

/** Prints a document; JSON is one line. */
export function printDocument(
  kind: string,
  fields: Readonly<Record<string, unknown>>,
  format: DocumentFormat,
  print: Pick<Printer, "out">,
): void {
  const document = { apiVersion: DOCUMENT_VERSION, kind, ...fields };
  print.out(format === "json" ? `${jsonText(document)}\n` : yamlText(document));
}

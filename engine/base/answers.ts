/**
 * Checks answers of API servers before they are used. A proxy, a login page or
 * another server may send any JSON, and an empty object must not pass for an
 * empty list or for an existing object.
 *
 * @module
 */

import { unsoundPart } from "./sound_object.ts";

/** The kind of answer that a request must get. */
export type Wanted =
  /** An object of this kind, a table of it, or its metadata alone. */
  | { readonly object: string }
  /** A list of objects, or a table of them. */
  | { readonly list: true }
  /** A confirmation that something was done: the object of this kind, or a `Status`. */
  | { readonly done: string };

/** The hint for a wrong answer: what the user should check. */
export const WRONG_ANSWER_HINT =
  "Check the server's address in the kubeconfig: a proxy or another server may answer in its place.";

/**
 * Returns a sentence that says what is wrong with an answer; `undefined` when it is the wanted kind of answer.
 *
 * The sentence names the kind that came, or the field whose type is wrong, and nothing else of the answer.
 *
 * @param request Method and path, such as `GET /api/v1/pods`; a query is not shown.
 * @param answer The parsed JSON body of a successful answer.
 */
export function wrongAnswer(request: string, answer: unknown, wanted: Wanted): string | undefined {
  const { kind, apiVersion, items } = fieldsOf(answer);
  const name = typeof kind === "string" ? kind : "";
  const isMeta = typeof apiVersion === "string" && apiVersion.startsWith("meta.k8s.io/");
  const isTable = isMeta && name === "Table";
  if ("list" in wanted) {
    // The kind of a custom resource's list may have any name; some servers write `null` for a list without items.
    const hasItems = Array.isArray(items) || (items ?? null) === null && name.endsWith("List");
    return isTable || hasItems && name !== "" ? malformed(request, answer) : words(request, name, "a list");
  }
  const isForm = isTable || isMeta && name === "PartialObjectMetadata";
  const other = "done" in wanted ? name === "Status" : isForm;
  const expected = "done" in wanted ? wanted.done : wanted.object;
  if (!other && name !== expected) return words(request, name, `kind ${JSON.stringify(expected)}`);
  return malformed(request, answer);
}

function malformed(request: string, answer: unknown): string | undefined {
  const part = unsoundPart(answer);
  return part === undefined ? undefined : `the server's answer to ${request.split("?", 1)[0]} is malformed: ${part}`;
}

function fieldsOf(
  answer: unknown,
): { readonly kind?: unknown; readonly apiVersion?: unknown; readonly items?: unknown } {
  return typeof answer === "object" && answer !== null ? answer : {};
}

function words(request: string, kind: string, expected: string): string {
  const found = kind === "" ? "has no kind" : `has kind ${JSON.stringify(kind.slice(0, 80))}`;
  return `the server's answer to ${request.split("?", 1)[0]} ${found}; expected ${expected}`;
}

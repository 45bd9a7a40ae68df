/**
 * `isKind`, `isAPIVersion`, `hasDocuments`, `containsDocument`.
 *
 * @module
 */
import { Int } from "../../../lang/golang/mod.ts";
import { yamlOf } from "../equal.ts";
import { failureLines, type FailurePlace } from "../failure.ts";
import { valuesAt } from "../find.ts";
import {
  type CheckContext,
  type CheckedDocument,
  eachDocument,
  failed,
  PASSED,
  textParam,
  type Verdict,
} from "./check.ts";

function fieldIs(context: CheckContext, field: string, words: string): Verdict {
  const { negative } = context;
  const wanted = textParam(context, "of");
  const lines = (actual: unknown, place: FailurePlace) =>
    failureLines({ expected: [words, wanted], not: negative, ...negative ? {} : { actual: yamlOf(actual) } }, place);
  return eachDocument(context, () => lines("no manifest found", {}), (document, index) => {
    const found = document[field] ?? null;
    return (found === wanted) === negative ? failed(lines(found, { document: index })) : PASSED;
  });
}

/** `isKind`. */
export function isKind(context: CheckContext): Verdict {
  return fieldIs(context, "kind", " to be kind");
}

/** `isAPIVersion`. */
export function isApiVersion(context: CheckContext): Verdict {
  return fieldIs(context, "apiVersion", " to be apiVersion");
}

/** `hasDocuments`. */
export function hasDocuments({ params, documents, selected, negative }: CheckContext): Verdict {
  const { count } = params;
  const wanted = count instanceof Int ? Number(count.value) : typeof count === "number" ? Math.trunc(count) : 0;
  const found = params["filteraware"] === true ? selected.length : documents.length;
  if ((found === wanted) !== negative) return PASSED;
  const expected = [" documents count to be", `${wanted}`] as const;
  return failed(failureLines({ expected, not: negative, ...negative ? {} : { actual: `${found}` } }));
}

/** `containsDocument`. */
export function containsDocument(context: CheckContext): Verdict {
  const { selected, negative, failFast, params } = context;
  const lines = (document: number) =>
    failureLines({ expected: [" to contain document", wantedDocument(context)], not: negative }, { document });
  if (selected.length === 0) return negative ? PASSED : failed(lines(0));
  const isAny = params["any"] === true;
  const found: string[] = [];
  let passed = true;
  for (const [index, document] of selected.entries()) {
    if (isWanted(context, document) === negative) {
      found.push(...lines(index));
      passed = false;
      if (failFast) break;
      // Upstream: a negated assert without `any` ends at the first document that differs.
    } else if (isAny !== negative) return PASSED;
  }
  return { passed, lines: found };
}

function wantedDocument(context: CheckContext): string {
  const [kind, version, name, namespace] = ["kind", "apiversion", "name", "namespace"]
    .map((param) => textParam(context, param));
  const parts = [`Kind = ${kind}, apiVersion = ${version}`];
  if (name !== "") parts.push(`Name = ${name}`);
  if (namespace !== "") parts.push(`Namespace = ${namespace}`);
  return parts.join(", ");
}

function isWanted(context: CheckContext, document: CheckedDocument): boolean {
  // A document without the field is not refused for it.
  const fits = (field: string, param: string) =>
    typeof document[field] !== "string" || document[field] === textParam(context, param);
  const has = (path: string, param: string) => {
    const wanted = textParam(context, param);
    return wanted === "" || valuesAt(document, path, context.paths)[0] === wanted;
  };
  return fits("kind", "kind") && fits("apiVersion", "apiversion") && has("metadata.name", "name") &&
    has("metadata.namespace", "namespace");
}

/**
 * Which documents of which templates an assert looks at.
 *
 * Source: helm-unittest 1.0.3, `pkg/unittest/test_job.go`, `assertion.go`, `valueutils/documentselector.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { CheckedDocument } from "./asserts/check.ts";
import { deepEqual } from "./equal.ts";
import { type PathRules, valuesAt } from "./find.ts";
import type { Assert, DocumentSelector, Job, Suite } from "./model.ts";
import { joinPath, templatePath } from "./templates.ts";

/** Documents by full template name; `undefined` for a template that was not rendered. */
export type DocumentsOf = ReadonlyMap<string, readonly CheckedDocument[] | undefined>;

/** Returns the full names of the templates that an assert looks at. */
export function templatesOf(assert: Assert, job: Job, suite: Suite, rendered: Iterable<string>): string[] {
  let names = job.templates.length > 0 ? job.templates : job.template === "" ? suite.templates : [job.template];
  if (assert.template !== "") names = [assert.template];
  else if (job.templates.length === 0 && job.template === "") {
    if (names.length === 0 || names.some((name) => name.includes("*"))) return [...rendered];
  }
  return names.map((name) => joinPath(suite.route, templatePath(name)));
}

/**
 * Returns the selected documents by template, sorted by name.
 *
 * @throws SkegError of kind `values` with upstream's message when the selection fails.
 */
export function selectDocuments(
  templates: DocumentsOf,
  selector: DocumentSelector | undefined,
  index: number,
  paths: PathRules,
): Map<string, readonly CheckedDocument[]> {
  const names = [...templates.keys()].sort((left, right) => left < right ? -1 : 1);
  if (selector !== undefined && selector.path !== "") return bySelector(templates, names, selector, paths);
  return new Map(names.map((name) => {
    const documents = templates.get(name) ?? [];
    if (index === -1) return [name, documents];
    const found = documents[index];
    if (found === undefined) throw new SkegError("values", `document index ${index} is out of range`);
    return [name, [found]];
  }));
}

function bySelector(
  templates: DocumentsOf,
  names: readonly string[],
  selector: DocumentSelector,
  paths: PathRules,
): Map<string, readonly CheckedDocument[]> {
  const selected = new Map<string, readonly CheckedDocument[]>();
  let count = 0;
  for (const name of names) {
    const found = (templates.get(name) ?? []).filter((document) =>
      valuesAt(document, selector.path, paths).some((value) =>
        selector.value === null || deepEqual(selector.value, value)
      )
    );
    if (found.length === 0 && !selector.skipEmptyTemplates) throw new SkegError("values", "document not found");
    count += found.length;
    if (!selector.matchMany && count > 1) throw new SkegError("values", "multiple indexes found");
    if (found.length > 0 || !selector.skipEmptyTemplates) selected.set(name, found);
  }
  return selected;
}

/**
 * Reports of changes with unified differences of their objects.
 *
 * @module
 */
import { decodeJson, encodeJson, encodeYaml } from "../../engine/lang/yaml/mod.ts";
import type { ChangeReport, ObjectChange } from "../../engine/kube/explain/mod.ts";
import { lineDiff } from "../line_diff.ts";
import type { DiffAnswer } from "./types.ts";

/** Unchanged lines around a change. */
const CONTEXT = 3;

/** Returns a report whose objects have documents with texts in their place. The documents are masked already. */
export function withTexts(report: ChangeReport): DiffAnswer {
  return { ...withoutDocuments(report), texts: report.objects.map(textOf) };
}

/** Returns a report without whole documents, which are large. */
export function withoutDocuments(report: ChangeReport): ChangeReport {
  return { ...report, objects: report.objects.map(({ documents: _, ...object }) => object) };
}

function textOf({ documents }: ObjectChange): string {
  const { before, after } = documents ?? {};
  return lineDiff(yamlOf(before), yamlOf(after), CONTEXT).map((line) => `${line}\n`).join("");
}

function yamlOf(data: unknown): string {
  return data === undefined ? "" : encodeYaml(decodeJson(encodeJson(data)));
}

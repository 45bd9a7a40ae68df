import { PERMISSIVE } from "../custom/crd_versions.ts";
import { mapsAt } from "../places.ts";
import { at, copyOf, fieldOf, isEmpty, isMap, type JsonMap, mapAt, shapeOf, textAt } from "../plain.ts";
import { firstProblem } from "../schema/first_problem.ts";
import { refusal, type Work, wrongShape } from "../work.ts";
import { refuseUnacceptable } from "./unacceptable.ts";

/**
 * Checks schemas of new CustomResourceDefinitions: `v1` requires structural ones, and removes fields that
 * they do not name.
 *
 * Live objects are not checked: their server accepts their existing schemas in patches.
 */
export function checkCustomResourceDefinition(work: Work): void {
  if (!work.isCreation) return;
  const keepsFields = at(work.before, "spec", "preserveUnknownFields") !== false;
  let willPrune = false;
  for (const { map: version, path } of mapsAt(work, "spec.versions[*]")) {
    const schema = schemaOf(work, version, path);
    if (isEmpty(schema)) {
      if (!keepsFields) refuseMissing(work, path);
      continue; // otherwise the table's permissive schema is written
    }
    const problem = firstProblem(schema, `${path}.schema.openAPIV3Schema`);
    if (problem === undefined) willPrune ||= keepsFields;
    else replaceSchema(work, version, path, problem);
  }
  if (willPrune) refusePruning(work);
  approve(work);
}

function schemaOf(work: Work, version: JsonMap, path: string): JsonMap {
  const schema = fieldOf(version, "schema");
  if (schema === undefined) return {};
  const inner = at(schema, "openAPIV3Schema");
  for (const [value, place] of [[schema, "schema"], [inner, "schema.openAPIV3Schema"]]) {
    if (value === undefined || isMap(value)) continue;
    throw wrongShape(work.object, work.from, `${path}.${place}`, shapeOf(value), "a map");
  }
  return mapAt(inner);
}

function refuseMissing(work: Work, path: string): void {
  refuseUnacceptable(work, {
    field: `${path}.schema`,
    text: `${path} has no schema, and preserveUnknownFields is false: every field would be removed`,
    hint: "Write a schema in the chart.",
  });
}

function replaceSchema(work: Work, version: JsonMap, path: string, problem: string): void {
  if (!work.options.allowLossy) {
    throw refusal(work, {
      situation: "lossy",
      field: `${path}.schema.openAPIV3Schema`,
      text: `cannot be created as ${work.to}: its schema is not structural: ${problem}`,
      hint: "Correct the schema in the chart. With --allow-lossy-mapping, one that accepts everything is written.",
      allowsLossy: true,
    });
  }
  version.schema = copyOf(PERMISSIVE);
  work.changes.push(`${path}.schema is replaced by one that accepts everything: ${problem}`);
}

function refusePruning(work: Work): void {
  if (!work.options.allowLossy) {
    throw refusal(work, {
      situation: "lossy",
      field: "spec.preserveUnknownFields",
      text: `cannot be created as ${work.to} with the same meaning: it kept fields that its schema does not name, ` +
        "and they would be removed from its objects",
      hint: "Write preserveUnknownFields: false in the chart if its schema is complete; " +
        "--allow-lossy-mapping lets unknown fields be removed.",
      allowsLossy: true,
    });
  }
  work.changes.push("spec.preserveUnknownFields: fields that the schema does not name are removed from new objects");
}

const APPROVED = "api-approved.kubernetes.io";

/**
 * Adds the annotation that `v1` requires for groups of the Kubernetes community; its value means that no
 * approval was given.
 */
function approve(work: Work): void {
  const group = textAt(work.object, "spec", "group");
  if (!/(?:^|\.)(?:k8s|kubernetes)\.io$/.test(group)) return;
  const metadata = mapAt(work.object, "metadata"), annotations = mapAt(metadata, "annotations");
  if (!isEmpty(annotations[APPROVED])) return;
  metadata.annotations = { ...annotations, [APPROVED]: "unapproved, made through apiextensions.k8s.io/v1beta1 before" };
  work.changes.push(`metadata.annotations: ${APPROVED} is written, as group ${group} needs it`);
}

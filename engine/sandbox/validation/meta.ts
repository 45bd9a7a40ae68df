/**
 * Validates metadata: names, labels, annotations, owners.
 *
 * Source of the rules and their words: `apimachinery/pkg/api/validation/objectmeta.go` and
 * `apimachinery/pkg/apis/meta/v1/validation`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { isMap, type Json, listOf, mapOf, mapsOf, same, textOf } from "../json.ts";
import { type FieldError, forbiddenField, invalidValue, required, tooLong } from "../status.ts";
import { labelValue, type NameTest, qualifiedName } from "./names.ts";

// `TotalAnnotationSizeLimitB`: keys and values together.
const ANNOTATIONS_BYTES = 256 * 1024;

/** Labels under `field`. */
export function checkLabels(labels: unknown, field: string): FieldError[] {
  return Object.entries(mapOf(labels)).flatMap(([key, value]) => [
    ...qualifiedName(key).map((message) => invalidValue(field, key, message)),
    ...labelValue(textOf(value)).map((message) => invalidValue(field, value, message)),
  ]);
}

/** Annotations under `field`. */
export function checkAnnotations(annotations: unknown, field: string): FieldError[] {
  const entries = Object.entries(mapOf(annotations));
  const errors = entries.flatMap(([key]) =>
    // Case does not matter in keys of annotations.
    qualifiedName(key.toLowerCase()).map((message) => invalidValue(field, key, message))
  );
  let size = 0;
  for (const [key, value] of entries) size += Buffer.byteLength(key) + Buffer.byteLength(textOf(value));
  if (size > ANNOTATIONS_BYTES) errors.push(tooLong(field, ANNOTATIONS_BYTES));
  return errors;
}

function checkOwners(owners: unknown, field: string): FieldError[] {
  const list = mapsOf(owners);
  const errors = list.flatMap((owner) => {
    const found: FieldError[] = [];
    // No index: the server's paths have none here.
    const here = field;
    if (textOf(owner["apiVersion"]) === "") {
      found.push(invalidValue(`${here}.apiVersion`, owner["apiVersion"] ?? "", "version must not be empty"));
    }
    for (const key of ["kind", "name", "uid"]) {
      if (textOf(owner[key]) === "") found.push(invalidValue(`${here}.${key}`, owner[key] ?? "", "must not be empty"));
    }
    return found;
  });
  const controllers = list.filter((owner) => owner["controller"] === true).map((owner) => textOf(owner["name"]));
  if (controllers.length > 1) {
    const message = 'Only one reference can have Controller set to true. Found "true" in references for ' +
      `${controllers[0]} and ${controllers[1]}`;
    errors.push(invalidValue(field, owners, message));
  }
  return errors;
}

/** Checks `metadata` of an object that is created. */
export function checkMeta(object: Json, nameTest: NameTest): FieldError[] {
  const meta = mapOf(object["metadata"]);
  const errors: FieldError[] = [];
  const generate = textOf(meta["generateName"]);
  const name = textOf(meta["name"]);
  if (generate !== "") {
    // A generated name ends in letters, so a prefix may end where a name may not.
    const probe = generate.replace(/-$/, "a");
    errors.push(...nameTest(probe).map((message) => invalidValue("metadata.generateName", generate, message)));
  }
  if (name === "") errors.push(required("metadata.name", "name or generateName is required"));
  else errors.push(...nameTest(name).map((message) => invalidValue("metadata.name", name, message)));
  return [...errors, ...checkMetaParts(meta)];
}

function checkMetaParts(meta: Json): FieldError[] {
  const errors = [
    ...checkLabels(meta["labels"], "metadata.labels"),
    ...checkAnnotations(meta["annotations"], "metadata.annotations"),
    ...checkOwners(meta["ownerReferences"], "metadata.ownerReferences"),
  ];
  for (const finalizer of listOf(meta["finalizers"]).map(textOf)) {
    errors.push(...qualifiedName(finalizer).map((message) => invalidValue("metadata.finalizers", finalizer, message)));
  }
  return errors;
}

/** Checks `metadata` of an object that replaces `before`. */
export function checkMetaUpdate(object: Json, before: Json): FieldError[] {
  const meta = mapOf(object["metadata"]);
  const old = mapOf(before["metadata"]);
  const errors = checkMetaParts(meta);
  // A changed uid is found by two checks, and named twice.
  for (const key of ["name", "namespace", "uid", "creationTimestamp", "uid", "deletionTimestamp"]) {
    if (!same(meta[key], old[key])) errors.push(invalidValue(`metadata.${key}`, meta[key], "field is immutable"));
  }
  if (old["deletionTimestamp"] !== undefined) {
    const kept = listOf(old["finalizers"]);
    const extra = listOf(meta["finalizers"]).filter((finalizer) => !kept.includes(finalizer));
    if (extra.length > 0) {
      const shown = extra.map((finalizer) => JSON.stringify(finalizer)).join(", ");
      errors.push(forbiddenField(
        "metadata.finalizers",
        "no new finalizers can be added if the object is being deleted, " +
          `found new finalizers []string{${shown}}`,
      ));
    }
  }
  return errors;
}

/** A label selector of a spec. */
export function checkSelector(selector: unknown, field: string): FieldError[] {
  if (!isMap(selector)) return [];
  const errors = checkLabels(selector["matchLabels"], `${field}.matchLabels`);
  mapsOf(selector["matchExpressions"]).forEach((expression, i) => {
    const here = `${field}.matchExpressions[${i}]`;
    // An unknown operator says nothing about values, so these are not checked then.
    const operator = textOf(expression["operator"]);
    const values = listOf(expression["values"]);
    if (["In", "NotIn"].includes(operator)) {
      if (values.length === 0) {
        errors.push(required(`${here}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      }
    } else if (["Exists", "DoesNotExist"].includes(operator)) {
      if (values.length > 0) {
        errors.push(
          forbiddenField(`${here}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
        );
      }
    } else errors.push(invalidValue(`${here}.operator`, operator, "not a valid selector operator"));
    const key = textOf(expression["key"]);
    errors.push(...qualifiedName(key).map((message) => invalidValue(`${here}.key`, key, message)));
  });
  return errors;
}

/**
 * Rows of custom resources: the columns that their CRD names.
 *
 * Source: `apiextensions-apiserver`, `pkg/registry/customresource/tableconvertor`.
 *
 * @module
 */
import { at, isMap, type Json, mapsOf, textOf } from "../json.ts";
import { age, nameOf, type RowContext, since } from "./format.ts";

type Step = { readonly key: string } | { readonly index: number } | { readonly all: true } | {
  readonly path: readonly Step[];
  readonly equals: unknown;
};

/** Reads the simple JSON paths that CRDs use, such as `.status.conditions[?(@.type=="Ready")].status`. */
function readPath(text: string): Step[] {
  const steps: Step[] = [];
  // In this order: `.key`, `[0]`, `[*]`, `["key"]`, and a filter that compares with a text or a
  // word.
  const form =
    /\.((?:\\.|[^.[\]\\])+)|\[(\d+|-1)\]|\[\*\]|\[['"]([^'"]+)['"]\]|\[\?\(@((?:\.[\w-]+)+)\s*==\s*(?:"([^"]*)"|'([^']*)'|(\w+))\)\]/gy;
  for (let found = form.exec(text); found !== null; found = form.exec(text)) {
    if (found[1] !== undefined) steps.push({ key: found[1].replace(/\\(.)/g, "$1") });
    else if (found[2] !== undefined) steps.push({ index: Number(found[2]) });
    else if (found[3] !== undefined) steps.push({ key: found[3] });
    else if (found[4] !== undefined) {
      const plain = found[7];
      const equals = found[5] ?? found[6] ?? (plain === "true" ? true : plain === "false" ? false : Number(plain));
      steps.push({ path: readPath(found[4]), equals });
    } else steps.push({ all: true });
  }
  return steps;
}

/** Returns all values that a path leads to. A step that does not fit leads nowhere and is no error. */
function follow(value: unknown, steps: readonly Step[]): unknown[] {
  const [step, ...rest] = steps;
  if (step === undefined) return value === undefined || value === null ? [] : [value];
  if ("key" in step) return isMap(value) ? follow(value[step.key], rest) : [];
  if (!Array.isArray(value)) {
    return "all" in step && isMap(value) ? Object.values(value).flatMap((v) => follow(v, rest)) : [];
  }
  if ("index" in step) return follow(value.at(step.index), rest);
  if ("all" in step) return value.flatMap((item) => follow(item, rest));
  return value.filter((item) => follow(item, step.path)[0] === step.equals).flatMap((item) => follow(item, rest));
}

function cell(type: string, values: readonly unknown[], context: RowContext): unknown {
  const [first] = values;
  // A value that is absent, or not of the column's type, is an empty cell.
  if (first === undefined) return null;
  switch (type) {
    case "date":
      return since(first, context);
    case "integer":
      return typeof first === "number" ? Math.trunc(first) : null;
    case "number":
      return typeof first === "number" ? first : null;
    case "boolean":
      return typeof first === "boolean" ? first : null;
    default:
      return values.map((value) => typeof value === "object" ? JSON.stringify(value) : String(value)).join(",");
  }
}

/** The cells of a custom resource. */
export function customCells(version: Json, object: Json, context: RowContext): unknown[] {
  const columns = mapsOf(version["additionalPrinterColumns"]);
  if (columns.length === 0) return [nameOf(object), age(object, context)];
  const cells = columns.map((column) => {
    const path = textOf(column["jsonPath"]);
    if (path === ".metadata.creationTimestamp") return since(at(object, "metadata", "creationTimestamp"), context);
    return cell(textOf(column["type"]), follow(object, readPath(path)), context);
  });
  return [nameOf(object), ...cells];
}

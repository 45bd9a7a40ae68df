/**
 * The server's tables, as `kubectl get` shows them.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";
import type { Call } from "./call.ts";
import { at, type Json, textOf } from "./json.ts";
import { kindOf } from "./kinds/table.ts";
import type { Resource } from "./registry.ts";
import { customCells } from "./tables/custom.ts";
import { age, nameOf, type RowContext } from "./tables/format.ts";

/** A form of answer. */
export interface Form {
  readonly as: "object" | "table" | "metadata";
  /** The version of `meta.k8s.io` for tables and metadata. */
  readonly version: string;
  readonly type: string;
}

/** Returns the cells of a kind without row function, guessed from its columns' names and types. */
function plainCells(resource: Resource, object: Json, context: RowContext): unknown[] {
  return resource.columns.map(([name, type]) => {
    if (name === "Name") return nameOf(object);
    if (name === "Age") return age(object, context);
    if (name === "Created At") return textOf(at(object, "metadata", "creationTimestamp"));
    return type === "string" ? "<unset>" : type === "boolean" ? false : 0;
  });
}

function cellsOf(resource: Resource, object: Json, context: RowContext): unknown[] {
  if (resource.custom) return customCells(resource.custom.version, object, context);
  const row = kindOf(resource.storage).cells;
  return row === undefined ? plainCells(resource, object, context) : row(object, context);
}

/** Returns the object that a row carries, as the query's `includeObject` asks; by default its metadata. */
function included(call: Call, form: Form, object: KubeObject): { object?: unknown } {
  const how = call.query.get("includeObject") ?? "Metadata";
  if (how === "None") return {};
  if (how === "Object") return { object };
  return {
    object: {
      kind: "PartialObjectMetadata",
      apiVersion: `meta.k8s.io/${form.version}`,
      metadata: object.metadata ?? {},
    },
  };
}

/** The table of objects that are in the call's version. */
export function tableOf(call: Call, form: Form, objects: readonly KubeObject[], metadata: Json): Json {
  const { resource, machine } = call;
  const context: RowContext = { now: machine.now() };
  return {
    kind: "Table",
    apiVersion: `meta.k8s.io/${form.version}`,
    metadata,
    columnDefinitions: resource.columns.map(([name, type, format, priority]) => ({
      name,
      type,
      format,
      description: "",
      priority,
    })),
    rows: objects.map((object) => {
      const conditions = kindOf(resource.storage).rowConditions?.(object as Json) ?? [];
      return {
        cells: cellsOf(resource, object as Json, context),
        ...(conditions.length > 0 ? { conditions } : {}),
        ...included(call, form, object),
      };
    }),
  };
}

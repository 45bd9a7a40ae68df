/**
 * Merge rules of types for strategic merge patches: which lists merge, by which key. The table is generated
 * from Kubernetes' published OpenAPI by `tools/generate_merge_keys.ts`.
 *
 * Fields and types that are not in the table have no rules: lists are replaced whole, objects are merged
 * field by field. So fields newer than the table never fail.
 *
 * @module
 */
import table from "./merge_keys.json" with { type: "json" };

/** How a field's value is merged, as in the table. */
export interface FieldRule {
  /** Name of the type of the value, or of a list's elements. */
  readonly type?: string;
  /** For lists of objects that merge: the field that identifies an element. */
  readonly key?: string;
  /** `merge`, `replace`, `retainKeys` or `merge,retainKeys`. */
  readonly strategy?: string;
}

/** Rules for the fields of one type; a field that is not named has none. */
export interface MergeSchema {
  /** The rule of one field. */
  field(name: string): MergeRule;
}

/** How one field is merged. */
export interface MergeRule {
  /** True for a list whose elements are merged. */
  readonly merge: boolean;
  /** True for an object that is replaced whole. */
  readonly replace: boolean;
  /** True if a patch names the fields that stay. */
  readonly retainKeys: boolean;
  /** The identifying field; empty for lists of scalars. */
  readonly key: string;
  /** Rules of the value, or of a list's elements. */
  readonly inner: MergeSchema;
}

const TYPES: Readonly<Record<string, Readonly<Record<string, FieldRule>>>> = table.types;
const KINDS: Readonly<Record<string, string>> = table.kinds;

const PLAIN_RULE: MergeRule = {
  merge: false,
  replace: false,
  retainKeys: false,
  key: "",
  get inner() {
    return PLAIN_SCHEMA;
  },
};

/** A type without rules. */
export const PLAIN_SCHEMA: MergeSchema = { field: () => PLAIN_RULE };

const schemas = new Map<string, MergeSchema>();

function schemaOf(type: string | undefined): MergeSchema {
  if (type === undefined || !Object.hasOwn(TYPES, type)) return PLAIN_SCHEMA;
  const known = schemas.get(type);
  if (known !== undefined) return known;
  const rules = new Map(Object.entries(TYPES[type] ?? {}).map(([name, rule]) => [name, ruleOf(rule)]));
  const schema: MergeSchema = { field: (name) => rules.get(name) ?? PLAIN_RULE };
  schemas.set(type, schema);
  return schema;
}

function ruleOf({ type, key = "", strategy = "" }: FieldRule): MergeRule {
  const strategies = strategy.split(",");
  return {
    merge: strategies.includes("merge"),
    replace: strategies.includes("replace"),
    retainKeys: strategies.includes("retainKeys"),
    key,
    // Evaluated on access, as types may contain themselves.
    get inner() {
      return schemaOf(type);
    },
  };
}

/**
 * Returns the merge rules of a kind; {@linkcode PLAIN_SCHEMA} when the table does not know it.
 *
 * @param apiVersion Such as `apps/v1`.
 * @param kind Such as `Deployment`.
 */
export function mergeSchema(apiVersion: string, kind: string): MergeSchema {
  const name = `${apiVersion}/${kind}`;
  return Object.hasOwn(KINDS, name) ? schemaOf(KINDS[name]) : PLAIN_SCHEMA;
}

/** True if the table has the kind, so that servers accept strategic merge patches for it. */
export function hasMergeSchema(apiVersion: string, kind: string): boolean {
  return Object.hasOwn(KINDS, `${apiVersion}/${kind}`);
}

const GROUPS = new Set(
  Object.keys(KINDS).map((name) => name.split("/")).map((parts) => parts.length > 2 ? parts[0] : ""),
);

/** True for the API groups that Kubernetes itself has or had, `""` included. */
export function isBuiltInGroup(group: string): boolean {
  return GROUPS.has(group);
}

/**
 * Go's types, as far as they matter for decoding.
 *
 * @module
 */

/** Go's `string`; YAML's numbers and booleans become text. */
export interface StringSchema {
  /** Tells the schemas apart. */
  readonly kind: "string";
}

/** Go's `bool`. */
export interface BoolSchema {
  /** Tells the schemas apart. */
  readonly kind: "bool";
}

/** Go's signed integers. */
export interface IntSchema {
  /** Tells the schemas apart. */
  readonly kind: "int";
  /** Go's name of the type. */
  readonly type: "int" | "int64" | "int32";
}

/** Go's `interface {}`: whatever there is, numbers as float64. */
export interface AnySchema {
  /** Tells the schemas apart. */
  readonly kind: "any";
}

/** A slice. */
export interface ListSchema<Item extends YamlSchema = YamlSchema> {
  /** Tells the schemas apart. */
  readonly kind: "list";
  /** Go's name of the type, such as `[]string`. */
  readonly type: string;
  /** The schema of the items. */
  readonly item: Item;
}

/** A map from strings. */
export interface MapSchema<Value extends YamlSchema = YamlSchema> {
  /** Tells the schemas apart. */
  readonly kind: "map";
  /** Go's name of the type, such as `map[string]string`. */
  readonly type: string;
  /** The schema of the values. */
  readonly value: Value;
}

/** Fields of a struct by their names in JSON. */
export type Fields = { readonly [name: string]: YamlSchema };

/** A struct, or a pointer to one. */
export interface StructSchema<F extends Fields = Fields> {
  /** Tells the schemas apart. */
  readonly kind: "struct";
  /** Go's name of the type with its package, such as `chart.Metadata`. */
  readonly type: string;
  /** Its own fields and those of {@linkcode StructSchema.embedded}. */
  readonly fields: F;
  /** Structs whose fields count as this one's. */
  readonly embedded?: readonly StructSchema[];
  /** True for a pointer, which `null` empties. */
  readonly pointer?: boolean;
}

/** A type that reads its JSON form itself. */
export interface CustomSchema<T = unknown> {
  /** Tells the schemas apart. */
  readonly kind: "custom";
  /** Decodes a JSON value; an error that it throws ends the decoding. */
  readonly decode: (value: unknown) => T;
}

/** Any of the types. */
export type YamlSchema =
  | StringSchema
  | BoolSchema
  | IntSchema
  | AnySchema
  | ListSchema
  | MapSchema
  | StructSchema
  | CustomSchema;

/** The type of a decoded value. Fields that are absent, or null where Go has no null, are left out. */
export type DecodedValue<S> = YamlSchema extends S ? unknown
  : S extends StringSchema ? string
  : S extends BoolSchema ? boolean
  : S extends IntSchema ? number
  : S extends ListSchema<infer Item> ? DecodedValue<Item>[]
  : S extends MapSchema<infer Value> ? Record<string, DecodedValue<Value>>
  : S extends StructSchema<infer F> ? { -readonly [K in keyof F]?: DecodedValue<F[K]> }
  : S extends CustomSchema<infer T> ? T
  : unknown;

/** Go's `string`. */
export const STRING: StringSchema = { kind: "string" };
/** Go's `bool`. */
export const BOOL: BoolSchema = { kind: "bool" };
/** Go's `int`. */
export const INT: IntSchema = { kind: "int", type: "int" };
/** Go's `interface {}`. */
export const ANY: AnySchema = { kind: "any" };
/** Go's `[]string`. */
export const STRING_LIST: ListSchema<StringSchema> = { kind: "list", type: "[]string", item: STRING };
/** Go's `map[string]string`. */
export const STRING_MAP: MapSchema<StringSchema> = { kind: "map", type: "map[string]string", value: STRING };

/** Returns Go's name of a type. */
export function typeOf(schema: YamlSchema): string {
  switch (schema.kind) {
    case "any":
      return "interface {}";
    case "string":
    case "bool":
      return schema.kind;
    case "custom":
      return "";
    default:
      return schema.type;
  }
}

/** Finds the field that a key belongs to: by its exact name, or else by one that differs in case. */
export function findField(schema: StructSchema, key: string): string | undefined {
  if (Object.hasOwn(schema.fields, key)) return key;
  const folded = fold(key);
  return Object.keys(schema.fields).find((name) => fold(name) === folded);
}

/** Folds case as `encoding/json` does. The long s is an s to it. */
function fold(text: string): string {
  return text.toLowerCase().replaceAll("\u017f", "s");
}

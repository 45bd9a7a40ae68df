/**
 * The built-in types: their fields, and how Go, JSON, protobuf and patches know each of them.
 * `decode.ts` reads values by them.
 *
 * The data is unpacked when the first object is written, not before.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { gunzipSync } from "node:zlib";
import { DATA } from "./schema_data.ts";

/** One field of a type. */
export interface SchemaField {
  readonly name: string;
  readonly type: Type;
  /** An empty value is left out. */
  readonly omitEmpty: boolean;
  /** An empty struct is left out. */
  readonly omitZero: boolean;
  /** Marked as optional. */
  readonly optional: boolean;
  /** How lists and maps merge in a strategic patch: `merge`, `replace`, `retainKeys`, or several with commas. */
  readonly strategy: string;
  /** The key by which elements are told apart in a strategic patch. */
  readonly mergeKey: string;
  /** For server-side apply: `atomic`, `set`, `granular`, or `map:KEY,KEY`. */
  readonly listType: string;
  /** The field's number in protobuf; 0 when it has none. */
  readonly number: number;
  /** The field's name in Go. */
  readonly goName: string;
}

/** A struct inside another whose fields are its own in JSON, and a message of its own in protobuf. */
export interface Embedded {
  readonly type: Type;
  readonly number: number;
}

/** A member of a struct in Go: a field, or an embedded struct. */
export type SchemaMember = { readonly field: SchemaField } | { readonly embedded: Type };

/** A Go type as JSON sees it. */
export type Type =
  | { readonly is: "pointer" | "list" | "map"; readonly of: Type; readonly go: string }
  | { readonly is: "struct"; readonly key: string; readonly go: string }
  | { readonly is: "string" | "bool" | "int" | "float" | "bytes" | "any"; readonly go: string; readonly bits: number }
  | { readonly is: "quantity" | "intOrString" | "time" | "microTime" | "duration"; readonly go: string };

interface SchemaData {
  readonly kinds: Record<string, string>;
  readonly types: Record<string, string[]>;
  readonly names: Record<string, string>;
}

// `uint16` and `uint32` have one bit more than in Go: 2 to the power of `bits` - 1 is the upper
// limit of every type.
const BASIC: Record<string, Type> = {
  string: { is: "string", go: "string", bits: 0 },
  bool: { is: "bool", go: "bool", bits: 0 },
  byte: { is: "int", go: "uint8", bits: 8 },
  int: { is: "int", go: "int", bits: 64 },
  int32: { is: "int", go: "int32", bits: 32 },
  int64: { is: "int", go: "int64", bits: 64 },
  uint16: { is: "int", go: "uint16", bits: 17 },
  uint32: { is: "int", go: "uint32", bits: 33 },
  uint64: { is: "int", go: "uint64", bits: 64 },
  float32: { is: "float", go: "float32", bits: 32 },
  float64: { is: "float", go: "float64", bits: 64 },
  Quantity: { is: "quantity", go: "resource.Quantity" },
  IntOrString: { is: "intOrString", go: "intstr.IntOrString" },
  Time: { is: "time", go: "v1.Time" },
  MicroTime: { is: "microTime", go: "v1.MicroTime" },
  Duration: { is: "duration", go: "v1.Duration" },
};
const ANY: Type = { is: "any", go: "interface {}", bits: 0 };

/**
 * The built-in types, read from the generated data. A type is a text there: `*T` is a pointer, `[]T` a
 * list, `{}T` a map, `T:Name` a type that Go shows under another name.
 *
 * A field is a line of seven parts: name, type, flags, `strategy:mergeKey`, list type, number in
 * protobuf, name in Go. The flags are `i` for embedded, `o` for omitempty, `z` for omitzero, `?`
 * for optional.
 */
export class Schema {
  readonly #data: SchemaData;
  /** Types and fields that were read so far. */
  readonly #types = new Map<string, Type>();
  readonly #fields = new Map<string, SchemaField[]>();

  constructor(data: SchemaData) {
    this.#data = data;
  }

  /** The type of a kind; `undefined` for kinds that are not built in. */
  kind(group: string, version: string, kind: string): Type | undefined {
    const key = this.#data.kinds[`${group}/${version}/${kind}`];
    return key === undefined ? undefined : this.named(key);
  }

  /** All fields of a struct, those of embedded structs included, in the order of the source. */
  fields(key: string): readonly SchemaField[] {
    let found = this.#fields.get(key);
    if (found === undefined) this.#fields.set(key, found = this.#readFields(key));
    return found;
  }

  /** The structs embedded in a struct, and its own fields. */
  parts(key: string): { readonly own: readonly SchemaField[]; readonly embedded: readonly Embedded[] } {
    const own: SchemaField[] = [];
    const embedded: Embedded[] = [];
    for (const line of this.#data.types[key] ?? []) {
      const [name = "", type = "", flags = "", strategy = "", listType = "", number = "", goName = ""] = line.split(
        "|",
      );
      const [how = "", mergeKey = ""] = strategy.split(":");
      if (flags.includes("i")) embedded.push({ type: this.named(type), number: Number(number) });
      else {
        own.push({
          name,
          type: this.named(type),
          omitEmpty: flags.includes("o"),
          omitZero: flags.includes("z"),
          optional: flags.includes("?"),
          strategy: how,
          mergeKey,
          listType,
          number: Number(number),
          // The data names only the exceptions.
          goName: goName || name.slice(0, 1).toUpperCase() + name.slice(1),
        });
      }
    }
    return { own, embedded };
  }

  /**
   * Fields and embedded structs in the order of the source. An embedded struct stays one member here:
   * hashes write it so, while JSON writes its fields.
   */
  members(key: string): readonly SchemaMember[] {
    const byName = new Map(this.parts(key).own.map((field) => [field.name, field]));
    return (this.#data.types[key] ?? []).map((line) => {
      const [name = "", type = "", flags = ""] = line.split("|");
      const field = byName.get(name);
      return flags.includes("i") || field === undefined ? { embedded: this.named(type) } : { field };
    });
  }

  /** A type by its name, such as `meta/v1.DeleteOptions`. */
  named(name: string): Type {
    let type = this.#types.get(name);
    if (type === undefined) this.#types.set(name, type = this.#readType(name));
    return type;
  }

  /** Names of all structs. */
  structs(): readonly string[] {
    return Object.keys(this.#data.types);
  }

  #readType(text: string): Type {
    if (text === "[]byte") return { is: "bytes", go: "[]uint8", bits: 0 };
    const wrapped = /^(\*|\[\]|\{\})(.*)$/.exec(text);
    if (wrapped) {
      const of = this.named(wrapped[2] ?? "");
      if (wrapped[1] === "*") return { is: "pointer", of, go: of.go };
      return wrapped[1] === "[]" ? { is: "list", of, go: `[]${of.go}` } : { is: "map", of, go: `map[string]${of.go}` };
    }
    const basic = BASIC[text];
    if (basic) return basic;
    const [base = "", go] = text.split(":");
    if (go !== undefined) return { ...this.named(base), go };
    const short = text.slice(text.lastIndexOf("/") + 1);
    const alias = this.#data.names[text];
    if (alias !== undefined) return { ...this.named(alias), go: short };
    // A struct is only named here. Its fields are read on demand, so a type may contain itself.
    return this.#data.types[text] === undefined ? ANY : { is: "struct", key: text, go: short };
  }

  #readFields(key: string): SchemaField[] {
    const byName = new Map(this.parts(key).own.map((field) => [field.name, field]));
    return (this.#data.types[key] ?? []).flatMap((line) => {
      const [name = "", type = "", flags = ""] = line.split("|");
      const field = byName.get(name);
      return flags.includes("i") || field === undefined ? this.fields(type.replace(/^\*/, "")) : [field];
    });
  }
}

let loaded: Schema | undefined;

/** The built-in types, read once. */
export function getSchema(): Schema {
  loaded ??= new Schema(JSON.parse(gunzipSync(Buffer.from(DATA, "base64")).toString("utf8")) as SchemaData);
  return loaded;
}

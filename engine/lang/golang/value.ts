/**
 * Go's value kinds that charts can see, as JavaScript values.
 *
 * | Go | here |
 * |---|---|
 * | invalid `reflect.Value` (no value) | `undefined` |
 * | nil interface | `null` |
 * | bool, string | `boolean`, `string` |
 * | float64 | `number` |
 * | int, int64, uint8 … | {@linkcode Int} |
 * | `[]interface{}` (not nil) | `Array` |
 * | `[]string`, `[]int`, `[]uint8`, nil slices | {@linkcode Slice} |
 * | `map[string]interface{}` | object with a `null` prototype |
 * | `chartutil.Values`, `map[string]string` … | the same, tagged with {@linkcode MAP_TYPE} |
 * | structs and values with methods | {@linkcode Struct} |
 *
 * A Go string is bytes. Text that is valid UTF-8 is an ordinary JavaScript
 * string. A byte that is not part of valid UTF-8 is one lone surrogate,
 * U+DC80 to U+DCFF for bytes 0x80 to 0xFF; `toBytes` and `fromBytes` in
 * `bytes.ts` convert, and put parts together that become valid when joined.
 *
 * @module
 */

/** Go's integer types that templates can meet. */
export type IntType = "int" | "int64" | "int32" | "uint8" | "uint32" | "uint64" | "uint";

/** A Go integer; distinct from float64 in printing, comparing and argument checks. */
export class Int {
  /** Go's type name. */
  readonly type: IntType;
  /** The value, within the type's range. */
  readonly value: bigint;

  /** Does not check the range. */
  constructor(type: IntType, value: bigint) {
    this.type = type;
    this.value = value;
  }
}

/** Key of a map's Go type, if it is not `map[string]interface {}`. */
export const MAP_TYPE: unique symbol = Symbol("go.mapType");

/** A map with string keys: `null` prototype, own enumerable properties are the entries. */
export interface GoMap {
  /** Go's type name, such as `chartutil.Values`; absent for `map[string]interface {}`. */
  [MAP_TYPE]?: string;
  /** True for a nil map. */
  [NIL_MAP]?: boolean;
  /** The entries. */
  [key: string]: unknown;
}

/** Returns a new empty map; `type` is given only when it is not `map[string]interface {}`. */
export function newMap(type?: string): GoMap {
  // Unlike what `Object.create(null)` returns, this does not begin as a hash table: it is quick to fill and to read.
  const map = Object.setPrototypeOf({}, null) as GoMap;
  if (type !== undefined) Object.defineProperty(map, MAP_TYPE, { value: type, enumerable: false, configurable: true });
  return map;
}

/** Key that marks a nil map: prints `map[]`, but is `null` in JSON. */
export const NIL_MAP: unique symbol = Symbol("go.nilMap");

/** Returns a nil map; `type` is given only when it is not `map[string]interface {}`. */
export function nilMap(type?: string): GoMap {
  const map = newMap(type);
  Object.defineProperty(map, NIL_MAP, { value: true, enumerable: false, configurable: true });
  return map;
}

/** A slice of another element type than interface{}, or any nil slice. */
export class Slice {
  /** Element type, such as `string`, `int`, `uint8`, `interface {}`. */
  readonly elem: string;
  /** The elements; `Int`, `string`, … as everywhere. */
  readonly items: unknown[];
  /** True for a nil slice: prints `[]`, but is `null` in JSON. */
  readonly isNil: boolean;

  /** Shares `items`, as Go slices share their array. */
  constructor(elem: string, items: unknown[], isNil = false) {
    this.elem = elem;
    this.items = items;
    this.isNil = isNil;
  }

  /** Returns the method, or `undefined` when there is none of this name. */
  method(_name: string): Method | undefined {
    return undefined;
  }
}

/** A `[]uint8` over bytes. Elements are made only when they are read. */
export class ByteSlice extends Slice {
  /** The bytes. */
  readonly data: Uint8Array;

  /** Shares `data`. */
  constructor(data: Uint8Array) {
    super("uint8", []);
    this.data = data;
    let items: unknown[] | undefined;
    Object.defineProperty(this, "items", {
      get: () => items ??= Array.from(data, (byte) => new Int("uint8", BigInt(byte))),
    });
  }
}

/** A Go complex128. */
export class Complex {
  /** Real part. */
  readonly re: number;
  /** Imaginary part. */
  readonly im: number;

  /** Keeps both parts. */
  constructor(re: number, im: number) {
    this.re = re;
    this.im = im;
  }
}

const SMALL = 1024;
const smallInts: Int[] = [];
const smallInt64s: Int[] = [];

/** Returns a Go integer of `type`; small ones are shared. Does not check the range. */
export function goInt(value: number | bigint, type: IntType = "int"): Int {
  if (value >= 0 && value < SMALL && (type === "int" || type === "int64")) {
    const cache = type === "int" ? smallInts : smallInt64s;
    const index = Number(value);
    return cache[index] ??= new Int(type, BigInt(index));
  }
  return new Int(type, BigInt(value));
}

/** Names of Go's kinds as `reflect.Kind` prints them. */
export type GoKind =
  | "invalid"
  | "bool"
  | "int"
  | "int32"
  | "int64"
  | "uint"
  | "uint8"
  | "uint32"
  | "uint64"
  | "float64"
  | "complex128"
  | "string"
  | "slice"
  | "map"
  | "ptr"
  | "struct";

/** A Go method of a value: its signature as data and a body bound to its receiver. */
export interface Method {
  /** Types of the parameters by their Go names; with `variadic` the last is the element type of the rest. */
  readonly params: readonly string[];
  /** The last parameter takes any number of arguments. */
  readonly variadic?: boolean;
  /** Number of results when it is not one value (and perhaps an error): such methods cannot be called. */
  readonly results?: number;
  /** The body; arguments are checked and converted. Throws for a returned error and for a panic. */
  readonly call: (args: unknown[]) => unknown;
}

/** A field of a struct. */
export interface Field {
  /** Name in Go; lower-case first letter: not exported. */
  readonly name: string;
  /** The value. */
  readonly value: unknown;
  /** Go's type name of a field that is a pointer, for when it is nil. */
  readonly pointer?: string;
  /** Key in JSON when it is not the name; `-` leaves the field out. */
  readonly json?: string;
  /** Left out of JSON when empty. */
  readonly omitEmpty?: boolean;
}

/**
 * A Go value with fields or methods of its own: structs, pointers to structs,
 * and named numbers such as `time.Month`.
 */
export abstract class Struct {
  /** Go's type name, with `*` for pointers: `*chart.Metadata`, `time.Time`. */
  abstract readonly goType: string;

  /** The result of `reflect.Kind`; `ptr` for a pointer to a struct. */
  get kind(): GoKind {
    return "struct";
  }

  /** Fields in order of declaration. */
  fields(): readonly Field[] {
    return [];
  }

  /** Returns one exported or unexported field's value, or `undefined`. */
  field(name: string): unknown {
    return this.fields().find((field) => field.name === name)?.value;
  }

  /** Returns the method, or `undefined` when there is none of this name. */
  method(_name: string): Method | undefined {
    return undefined;
  }

  /** Returns the result of the type's own `String` or `Error` method; `undefined` if it has neither. */
  text(): string | undefined {
    return undefined;
  }

  /** As `text`, if the method also belongs to the type that the pointer points to. */
  pointeeText(): string | undefined {
    return undefined;
  }

  /** The number, for kinds that are integers. */
  get integer(): bigint {
    return 0n;
  }

  /** Returns the result of Go's `==`; pointers are equal when they are the same. */
  equals(other: unknown): boolean {
    return this === other;
  }

  /**
   * Returns the value that JSON shows (often a string) if the type has its own
   * `MarshalJSON`. `undefined`: the fields are encoded.
   */
  json(): unknown {
    return undefined;
  }
}

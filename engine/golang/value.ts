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

/** Key under which an object that stands for a map carries its Go type, when it is not `map[string]interface {}`. */
export const MAP_TYPE: unique symbol = Symbol("go.mapType");

/** A map with string keys: `null` prototype, own enumerable properties are the entries. */
export interface GoMap {
  /** Go's type name, such as `chartutil.Values`; absent for `map[string]interface {}`. */
  [MAP_TYPE]?: string;
  [key: string]: unknown;
}

/** Returns a new empty map; `type` is given only when it is not `map[string]interface {}`. */
export function newMap(type?: string): GoMap {
  const map = Object.create(null) as GoMap;
  if (type !== undefined) Object.defineProperty(map, MAP_TYPE, { value: type, enumerable: false });
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
}

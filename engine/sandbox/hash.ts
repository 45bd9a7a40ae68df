/**
 * The hashes that Kubernetes puts into the names of objects made from a template, so that a
 * Deployment's ReplicaSet has the name it would have in a real cluster.
 *
 * The hash of a template is that of the text that Go's `spew` library writes for the struct: every
 * field with its name and type, in the order of the source.
 *
 * Source: Kubernetes 1.34, `pkg/controller/controller_utils.go` (`ComputeHash`) and
 * `pkg/controller/history` (`HashControllerRevision`).
 *
 * @module
 */
import { isMap, type Json, mapOf, textOf } from "./json.ts";
import { getSchema, type Schema, type Type } from "./schema.ts";

// The letters of `apimachinery/pkg/util/rand`, without vowels and look-alike digits. `json.ts` has
// them too.
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";
// Parameters of the 32-bit FNV hash.
const OFFSET = 2166136261;
const PRIME = 16777619;

/** Replaces each digit by a letter, so that no words come up (`SafeEncodeString`). */
function safeLetters(hash: number): string {
  return [...String(hash)].map((digit) => LETTERS[digit.charCodeAt(0) % LETTERS.length]).join("");
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** FNV-1a, xor before multiplication (`fnv.New32a`): for pod templates. */
function fnv1a(bytes: Uint8Array): number {
  let hash = OFFSET;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, PRIME) >>> 0;
  return hash;
}

/** FNV-1, multiplication before xor (`fnv.New32`): for ControllerRevisions. */
function fnv1(bytes: Uint8Array): number {
  let hash = OFFSET;
  for (const byte of bytes) hash = (Math.imul(hash, PRIME) ^ byte) >>> 0;
  return hash;
}

const SUFFIXES: Record<string, [number, number]> = {
  n: [10, -9],
  u: [10, -6],
  m: [10, -3],
  "": [10, 0],
  k: [10, 3],
  M: [10, 6],
  G: [10, 9],
  T: [10, 12],
  P: [10, 15],
  E: [10, 18],
  Ki: [2, 10],
  Mi: [2, 20],
  Gi: [2, 30],
  Ti: [2, 40],
  Pi: [2, 50],
  Ei: [2, 60],
};

/** Returns the dump of a canonical quantity as Go holds it after parsing. */
function dumpQuantity(text: string): string {
  const parts = /^(-?)(\d+)([numkMGTPE]|[KMGTPE]i)?(?:e(-?\d+))?$/.exec(text);
  const digits = parts?.[2] ?? "0";
  const suffix = parts?.[3] ?? "";
  const [base, power] = parts?.[4] === undefined ? SUFFIXES[suffix] ?? [10, 0] : [10, Number(parts[4])];
  const format = base === 2 ? "BinarySI" : parts?.[4] === undefined ? "DecimalSI" : "DecimalExponent";
  let value = text === "0" ? 0n : BigInt(digits);
  // `ParseQuantity` keeps the text only where it is sure to be canonical. The conditions are those
  // of its fast path.
  const kept = text === "0" ||
    (base === 2
      ? power % 10 === 0 && (value & 7n) !== 0n
      : power % 3 === 0 && !digits.endsWith("000") && digits[0] !== "0");
  if (base === 2) value <<= BigInt(power);
  if (parts?.[1] === "-") value = -value;
  const scale = base === 2 ? 0 : power;
  return `{i:(resource.int64Amount){value:(int64)${value} scale:(resource.Scale)${scale}} ` +
    `d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)${kept ? text : ""} Format:(resource.Format)${format}}`;
}

function dumpTime(): string {
  // The only time in a template is the creation time of its metadata, which is never set.
  return "{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}";
}

function dumpPort(value: unknown): string {
  const isText = typeof value === "string";
  return `{Type:(intstr.Type)${isText ? 1 : 0} IntVal:(int32)${isText ? 0 : value ?? 0} StrVal:(string)${
    isText ? value : ""
  }}`;
}

function dumpStruct(schema: Schema, key: string, value: Json): string {
  const parts = schema.members(key).map((member) => {
    if ("embedded" in member) {
      // Go names an embedded field after its type, without the package.
      const short = member.embedded.go.slice(member.embedded.go.lastIndexOf(".") + 1);
      return `${short}:(${member.embedded.go})${dump(schema, member.embedded, value)}`;
    }
    const { goName, type, name } = member.field;
    return `${goName}:${dumpTyped(schema, type, value[name])}`;
  });
  return `{${parts.join(" ")}}`;
}

/** A value with its type before it. */
function dumpTyped(schema: Schema, type: Type, value: unknown): string {
  if (type.is !== "pointer") return `(${type.go})${dump(schema, type, value)}`;
  const isNil = value === undefined || value === null;
  return `(*${type.go})${isNil ? "<nil>" : dump(schema, type.of, value)}`;
}

/** A value as spew writes it. */
function dump(schema: Schema, type: Type, value: unknown): string {
  switch (type.is) {
    case "pointer":
      return value === undefined || value === null ? "<nil>" : `<*>${dump(schema, type.of, value)}`;
    case "struct":
      return dumpStruct(schema, type.key, mapOf(value));
    case "list":
      // An empty list or map is nil once the server has stored it.
      if (!Array.isArray(value) || value.length === 0) return "<nil>";
      return `[${value.map((item) => dump(schema, type.of, item)).join(" ")}]`;
    case "map": {
      if (!isMap(value) || Object.keys(value).length === 0) return "<nil>";
      // `ComputeHash` sets `SortKeys`, or Go's random order of maps would show in the hash.
      const keys = Object.keys(value).sort();
      return `map[${keys.map((key) => `${key}:${dump(schema, type.of, value[key])}`).join(" ")}]`;
    }
    case "string":
      return textOf(value);
    case "bool":
      return String(value === true);
    case "int":
    case "float":
      return String(value ?? 0);
    case "quantity":
      return dumpQuantity(value === undefined ? "0" : String(value));
    case "intOrString":
      return dumpPort(value);
    case "time":
    case "microTime":
      return dumpTime();
    default:
      return "<nil>";
  }
}

/**
 * Returns the hash of a pod template, with which the name of a ReplicaSet ends. `collision` counts
 * names that were taken.
 */
export function templateHash(template: unknown, collision?: number): string {
  const schema = getSchema();
  const text = dumpTyped(schema, schema.named("core/v1.PodTemplateSpec"), template);
  const bytes = bytesOf(text);
  if (collision === undefined) return safeLetters(fnv1a(bytes));
  // Eight bytes of which four are used: `ComputeHash` puts a uint32 into a longer buffer.
  const count = new Uint8Array(8);
  new DataView(count.buffer).setUint32(0, collision, true);
  return safeLetters(fnv1a(Uint8Array.from([...bytes, ...count])));
}

/** Returns data as Go's JSON package writes it: keys sorted, `<`, `>` and `&` escaped. */
function goJson(value: unknown): string {
  const sorted = JSON.stringify(value, (_key, item) => {
    if (!isMap(item)) return item;
    return Object.fromEntries(Object.keys(item).sort().map((key) => [key, item[key]]));
  });
  return sorted.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Returns the hash of a ControllerRevision's data, with which the revision's name ends. */
export function revisionHash(data: unknown, collision = 0): string {
  return safeLetters(fnv1(bytesOf(goJson(data) + String(collision))));
}

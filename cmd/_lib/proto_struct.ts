/**
 * Protobuf messages for templates: fields, `Get…` methods, and the compact text of a printed message.
 *
 * Source: golang/protobuf 1.2, `proto/text.go`.
 *
 * @module
 */
import { type Field, Int, type Method, Slice, Struct, toBytes } from "../../engine/lang/golang/mod.ts";

/** One field of a message. */
export interface ProtoField {
  /** Go's name. */
  readonly name: string;
  /** Name in the message's text; default: the Go name in snake case. */
  readonly proto?: string;
  /** Evaluated when the field is read. */
  readonly value: () => unknown;
}

/** A pointer to a message. */
export class ProtoStruct extends Struct {
  /** @param goType Such as `*release.Release`. */
  constructor(readonly goType: string, private readonly members: readonly ProtoField[]) {
    super();
  }

  override get kind(): "ptr" {
    return "ptr";
  }

  override fields(): readonly Field[] {
    return this.members.map(({ name, value }) => ({ name, value: value() }));
  }

  override field(name: string): unknown {
    return this.members.find((member) => member.name === name)?.value();
  }

  override method(name: string): Method | undefined {
    const member = this.members.find((each) => name === `Get${each.name}`);
    if (member !== undefined) return { params: [], call: () => member.value() };
    return name === "String" ? { params: [], call: () => this.text() } : undefined;
  }

  override text(): string {
    return this.members.map(({ name, proto, value }) => memberText(proto ?? snake(name), value())).join("");
  }
}

/** A number that prints as a name. */
export class ProtoEnum extends Struct {
  /** @param names By number. */
  constructor(readonly goType: string, private readonly number: number, private readonly names: readonly string[]) {
    super();
  }

  override get kind(): "int32" {
    return "int32";
  }

  override get integer(): bigint {
    return BigInt(this.number);
  }

  override text(): string {
    return this.names[this.number] ?? String(this.number);
  }

  override method(name: string): Method | undefined {
    return name === "String" ? { params: [], call: () => this.text() } : undefined;
  }

  override equals(other: unknown): boolean {
    return other instanceof ProtoEnum && other.goType === this.goType && other.number === this.number;
  }
}

function snake(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

/** Returns one field as text with a blank after it; zero and empty fields give none. */
function memberText(name: string, value: unknown): string {
  if (value === null || value === undefined || value === "" || value === false) return "";
  if (value instanceof Slice && value.elem !== "uint8") return value.items.map((item) => itemText(name, item)).join("");
  if (value instanceof Int && value.value === 0n) return "";
  if (value instanceof ProtoEnum && value.integer === 0n) return "";
  return itemText(name, value);
}

function itemText(name: string, value: unknown): string {
  if (value instanceof ProtoStruct) return `${name}:<${value.text()}> `;
  if (value instanceof ProtoEnum) return `${name}:${value.text()} `;
  if (value instanceof Int) return `${name}:${value.value} `;
  if (typeof value === "string") return `${name}:${quoteBytes(toBytes(value))} `;
  if (value instanceof Slice) return `${name}:${quoteBytes(value.items.map((item) => Number((item as Int).value)))} `;
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).toSorted(([a], [b]) => a < b ? -1 : 1)
      .map(([key, each]) => `${name}:<${itemText("key", key)}${itemText("value", each)}> `).join("");
  }
  return `${name}:${String(value)} `;
}

const ESCAPES: Readonly<Record<number, string>> = { 9: "\\t", 10: "\\n", 13: "\\r", 34: '\\"', 92: "\\\\" };

function quoteBytes(bytes: Iterable<number>): string {
  let out = '"';
  for (const byte of bytes) {
    const plain = byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
    out += ESCAPES[byte] ?? plain;
  }
  return out + '"';
}

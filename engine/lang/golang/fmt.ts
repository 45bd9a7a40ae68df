/**
 * Go's `fmt` printing over our value kinds.
 *
 * Source: Go 1.14, `fmt/print.go` and `fmt/format.go`.
 *
 * @module
 */
import { compareBytes, normalizeText, toBytes } from "./bytes.ts";
import { floatText, type FloatVerb, formatFloat } from "./float.ts";
import { kindOf, typeName } from "./kinds.ts";
import { canBackquote, quote, quoteRune, quoteToAscii, runeText } from "./quote.ts";
import { ByteSlice, Complex, goInt, Int, NIL_MAP, Slice, Struct } from "./value.ts";
import { isPrint } from "./unicode.ts";

const SIGNED = /^int/;
/** Up to here a `number` prints the same digits, and sooner. */
const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER);
const MAX_UINT64 = (1n << 64n) - 1n;

/** Returns the keys of a map in Go's printing order. */
export function sortedKeys(map: object): string[] {
  const keys = Object.keys(map);
  return keys.length > 1 ? keys.sort(compareBytes) : keys;
}

/** The flags, width and precision of one verb. */
class Flags {
  width = -1;
  precision = -1;
  minus = false;
  plus = false;
  sharp = false;
  space = false;
  zero = false;
  plusV = false;
  sharpV = false;
}

/** Prints values by one verb at a time into `out`. */
class Printer {
  out = "";
  flags = new Flags();
  /** Inside the report of a bad verb no methods are called. */
  private erroring = false;

  /** Prints what a pointer points to, by `%v` and without methods of the pointer. */
  pointee(value: Struct): void {
    this.fields(value, "v", 0);
  }

  /** Prints one argument by `verb`. */
  argument(value: unknown, verb: string): void {
    if (value === null || value === undefined) {
      if (verb === "T" || verb === "v") this.pad("<nil>");
      else this.badVerb(value, verb);
      return;
    }
    if (verb === "T") this.text(typeName(value));
    else if (verb === "p") this.pointer(value, verb);
    else this.value(value, verb, 0);
  }

  private value(value: unknown, verb: string, depth: number): void {
    switch (typeof value) {
      case "string":
        return this.string(value, verb);
      case "number":
        return this.float(value, verb, value);
      case "boolean":
        return verb === "t" || verb === "v" ? this.pad(String(value)) : this.badVerb(value, verb);
    }
    if (value === null || value === undefined) {
      this.out += this.flags.sharpV ? "interface {}(nil)" : "<nil>";
    } else if (verb === "w" && !this.erroring && mayHaveMethods(value)) this.badVerb(value, verb);
    else if (Array.isArray(value)) this.list(value, value, verb, depth);
    else if (value instanceof Int) this.integer(value.value, SIGNED.test(value.type), verb, value);
    else if (value instanceof Slice) this.slice(value, verb, depth);
    else if (value instanceof Struct) this.struct(value, verb, depth);
    else if (value instanceof Complex) this.complex(value, verb);
    else this.map(value as Record<string, unknown>, verb, depth);
  }

  private badVerb(value: unknown, verb: string): void {
    this.erroring = true;
    this.out += "%!" + verb + "(";
    if (value === null || value === undefined) this.out += "<nil>";
    else {
      this.out += typeName(value) + "=";
      this.value(value, "v", 0);
    }
    this.out += ")";
    this.erroring = false;
  }

  private padding(count: number): void {
    if (count > 0) this.out += (this.flags.zero ? "0" : " ").repeat(count);
  }

  /** Writes text, filled up to the width. */
  private pad(text: string): void {
    const { width, minus } = this.flags;
    if (width <= 0) {
      this.out += text;
      return;
    }
    const missing = width - runeCount(text);
    if (!minus) this.padding(missing);
    this.out += text;
    if (minus) this.padding(missing);
  }

  private padSpaces(text: string): void {
    const { zero } = this.flags;
    this.flags.zero = false;
    this.pad(text);
    this.flags.zero = zero;
  }

  private cut(text: string): string {
    const { precision } = this.flags;
    return precision < 0 || text.length <= precision ? text : [...text].slice(0, precision).join("");
  }

  private text(text: string): void {
    this.pad(this.cut(text));
  }

  private string(text: string, verb: string): void {
    if (verb === "s" || (verb === "v" && !this.flags.sharpV)) this.text(text);
    else if (verb === "q" || verb === "v") this.quoted(text);
    else if (verb === "x" || verb === "X") this.hex(toBytes(text), verb);
    else this.badVerb(text, verb);
  }

  private quoted(text: string): void {
    const kept = this.cut(text);
    if (this.flags.sharp && canBackquote(kept)) this.pad("`" + kept + "`");
    else this.pad(this.flags.plus ? quoteToAscii(kept) : quote(kept));
  }

  private hex(bytes: Uint8Array, verb: string): void {
    const { precision, width, space, sharp, minus } = this.flags;
    const length = precision >= 0 && precision < bytes.length ? precision : bytes.length;
    if (length === 0) {
      if (width > 0) this.padding(width);
      return;
    }
    const parts = Array.from(bytes.subarray(0, length), (byte) => byte.toString(16).padStart(2, "0"));
    let text = space ? parts.join(sharp ? " 0x" : " ") : parts.join("");
    if (sharp) text = "0x" + text;
    if (verb === "X") text = text.toUpperCase();
    if (!minus) this.padding(width - text.length);
    this.out += text;
    if (minus) this.padding(width - text.length);
  }

  private integer(value: bigint, isSigned: boolean, verb: string, whole: unknown): void {
    switch (verb) {
      case "v":
        if (this.flags.sharpV && !isSigned) return this.hexInteger(value, true);
        return this.digits(value, 10, verb);
      case "d":
        return this.digits(value, 10, verb);
      case "b":
        return this.digits(value, 2, verb);
      case "o":
      case "O":
        return this.digits(value, 8, verb);
      case "x":
      case "X":
        return this.digits(value, 16, verb);
      case "c":
        return this.pad(runeText(value >= 0n && value <= 0x10ffffn ? Number(value) : -1));
      case "q":
        if (value < 0n || value > 0x10ffffn) break;
        return this.pad(quoteRune(Number(value), this.flags.plus));
      case "U":
        return this.unicode(value < 0n ? value & MAX_UINT64 : value);
    }
    this.badVerb(whole, verb);
  }

  private hexInteger(value: bigint, prefix: boolean): void {
    const { sharp } = this.flags;
    this.flags.sharp = prefix;
    this.digits(value, 16, "v");
    this.flags.sharp = sharp;
  }

  private digits(value: bigint, base: number, verb: string): void {
    const { flags } = this;
    const negative = value < 0n;
    const size = negative ? -value : value;
    let text = size <= SAFE_MAX ? Number(size).toString(base) : size.toString(base);
    if (verb === "X") text = text.toUpperCase();
    let least = 0;
    if (flags.precision >= 0) {
      least = flags.precision;
      if (least === 0 && value === 0n) {
        const { zero } = flags;
        flags.zero = false;
        this.padding(flags.width);
        flags.zero = zero;
        return;
      }
    } else if (flags.zero && flags.width >= 0) {
      least = flags.width - (negative || flags.plus || flags.space ? 1 : 0);
    }
    text = text.padStart(least, "0");
    if (flags.sharp) {
      if (base === 2) text = "0b" + text;
      else if (base === 8 && text[0] !== "0") text = "0" + text;
      else if (base === 16) text = (verb === "X" ? "0X" : "0x") + text;
    }
    if (verb === "O") text = "0o" + text;
    if (negative) text = "-" + text;
    else if (flags.plus) text = "+" + text;
    else if (flags.space) text = " " + text;
    this.padSpaces(text);
  }

  private unicode(value: bigint): void {
    const { sharp, precision } = this.flags;
    let text = "U+" + value.toString(16).toUpperCase().padStart(Math.max(4, precision), "0");
    if (sharp && value <= 0x10ffffn && isPrint(Number(value))) text += ` '${runeText(Number(value))}'`;
    this.padSpaces(text);
  }

  private float(value: number, verb: string, whole: unknown): void {
    switch (verb) {
      case "v":
        return this.floatText(value, "g", -1);
      case "b":
      case "g":
      case "G":
      case "x":
      case "X":
        return this.floatText(value, verb, -1);
      case "f":
      case "e":
      case "E":
        return this.floatText(value, verb, 6);
      case "F":
        return this.floatText(value, "f", 6);
    }
    this.badVerb(whole, verb);
  }

  private floatText(value: number, verb: FloatVerb, usual: number): void {
    const { flags } = this;
    const precision = flags.precision >= 0 ? flags.precision : usual;
    const text = formatFloat(value, verb, precision);
    const hasSign = text[0] === "-" || text[0] === "+";
    let sign = hasSign ? text[0] ?? "" : "+";
    let digits = hasSign ? text.slice(1) : text;
    if (flags.space && sign === "+" && !flags.plus) sign = " ";
    if (digits === "Inf" || digits === "NaN") {
      if (digits === "NaN" && !flags.space && !flags.plus) sign = "";
      return this.padSpaces(sign + digits);
    }
    if (flags.sharp && verb !== "b") digits = withPoint(digits, verb, precision);
    if (!flags.plus && sign === "+") return this.pad(digits);
    if (flags.zero && flags.width > digits.length + 1) {
      this.out += sign;
      this.padding(flags.width - digits.length - 1);
      this.out += digits;
      return;
    }
    this.pad(sign + digits);
  }

  private complex(value: Complex, verb: string): void {
    if (!"vbgGxXfFeE".includes(verb)) return this.badVerb(value, verb);
    const { plus } = this.flags;
    this.out += "(";
    this.float(value.re, verb, value);
    this.flags.plus = true;
    this.float(value.im, verb, value);
    this.out += "i)";
    this.flags.plus = plus;
  }

  private slice(value: Slice, verb: string, depth: number): void {
    if (value.elem === "uint8") {
      if ("sqxX".includes(verb)) return this.byteText(value, verb);
      if (depth === 0 && (verb === "v" || verb === "d")) return this.byteList(value, verb);
    }
    if (this.flags.sharpV && value.isNil) {
      this.out += typeName(value) + "(nil)";
      return;
    }
    this.list(value.items, value, verb, depth);
  }

  private byteText(value: Slice, verb: string): void {
    const bytes = bytesOf(value);
    if (verb === "x" || verb === "X") return this.hex(bytes, verb);
    const text = bytesText(bytes);
    if (verb === "s") this.text(text);
    else this.quoted(text);
  }

  private byteList(value: Slice, verb: string): void {
    const { sharpV } = this.flags;
    if (sharpV && value.isNil) {
      this.out += "[]byte(nil)";
      return;
    }
    this.out += sharpV ? "[]byte{" : "[";
    value.items.forEach((item, index) => {
      if (index > 0) this.out += sharpV ? ", " : " ";
      if (sharpV) this.hexInteger((item as Int).value, true);
      else this.digits((item as Int).value, 10, verb);
    });
    this.out += sharpV ? "}" : "]";
  }

  private list(items: readonly unknown[], whole: unknown, verb: string, depth: number): void {
    const { sharpV } = this.flags;
    this.out += sharpV ? typeName(whole) + "{" : "[";
    for (let index = 0; index < items.length; index++) {
      if (index > 0) this.out += sharpV ? ", " : " ";
      this.value(items[index], verb, depth + 1);
    }
    this.out += sharpV ? "}" : "]";
  }

  private map(map: Record<string, unknown>, verb: string, depth: number): void {
    const { sharpV } = this.flags;
    if (sharpV && (map as { [NIL_MAP]?: boolean })[NIL_MAP]) {
      this.out += typeName(map) + "(nil)";
      return;
    }
    this.out += sharpV ? typeName(map) + "{" : "map[";
    let first = true;
    for (const key of sortedKeys(map)) {
      if (!first) this.out += sharpV ? ", " : " ";
      first = false;
      this.string(key, verb);
      this.out += ":";
      this.value(map[key], verb, depth + 1);
    }
    this.out += sharpV ? "}" : "]";
  }

  private struct(value: Struct, verb: string, depth: number): void {
    if (!this.erroring && !this.flags.sharpV && "vsxXq".includes(verb)) {
      const text = value.text();
      if (text !== undefined) return this.string(text, verb);
    }
    const kind = value.kind;
    if (kind !== "struct" && kind !== "ptr") {
      return this.integer(value.integer, SIGNED.test(kind), verb, value);
    }
    if (kind === "ptr") {
      if (depth > 0) return this.pointer(value, verb);
      this.out += "&";
    }
    this.fields(value, verb, depth);
  }

  private fields(value: Struct, verb: string, depth: number): void {
    const { sharpV, plusV } = this.flags;
    if (sharpV) this.out += typeName(value).replace(/^\*/, "");
    this.out += "{";
    value.fields().forEach((field, index) => {
      if (index > 0) this.out += sharpV ? ", " : " ";
      if (plusV || sharpV) this.out += field.name + ":";
      if (field.value === null && field.pointer !== undefined) this.nilPointer(field.pointer, verb);
      else this.value(field.value, verb, depth + 1);
    });
    this.out += "}";
  }

  private nilPointer(type: string, verb: string): void {
    if (verb === "v") this.out += this.flags.sharpV ? `(${type})(nil)` : "<nil>";
    else if ("bodxX".includes(verb)) this.integer(0n, false, verb, goInt(0, "uint64"));
    else this.out += `%!${verb}(${type}=<nil>)`;
  }

  /** Addresses differ from run to run in Go; ours are made up and stay the same. */
  private pointer(value: unknown, verb: string): void {
    const kind = kindOf(value);
    if (kind !== "map" && kind !== "slice" && kind !== "ptr") return this.badVerb(value, verb);
    const address = 0xc000010000n;
    if (verb === "v" && this.flags.sharpV) {
      this.out += `(${typeName(value)})(`;
      this.hexInteger(address, true);
      this.out += ")";
    } else if (verb === "v" || verb === "p") this.hexInteger(address, !this.flags.sharp);
    else if ("bodxX".includes(verb)) this.integer(address, false, verb, value);
    else this.badVerb(value, verb);
  }
}

/** True if Go looks for an `Error` or `String` method of the value before it prints the value itself. Go refuses `%w` in that step. */
function mayHaveMethods(value: unknown): boolean {
  if (value instanceof Int || value instanceof Complex) return false;
  return !(value instanceof Slice && value.elem === "uint8");
}

/** Puts the decimal point and trailing zeros back that `#` asks for. */
function withPoint(text: string, verb: FloatVerb, precision: number): string {
  let missing = 0;
  if (verb === "g" || verb === "G" || verb === "x") missing = precision === -1 ? 6 : precision;
  const isHex = verb === "x" || verb === "X";
  const tailAt = text.search(isHex ? /p/i : /[eE]/);
  let digits = tailAt < 0 ? text : text.slice(0, tailAt);
  const tail = tailAt < 0 ? "" : text.slice(tailAt);
  missing -= digits.replace(".", "").length;
  if (!digits.includes(".")) digits += ".";
  return digits + "0".repeat(Math.max(missing, 0)) + tail;
}

function runeCount(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The bytes of a `[]uint8`. */
export function bytesOf(slice: Slice): Uint8Array {
  if (slice instanceof ByteSlice) return slice.data;
  return Uint8Array.from(slice.items, (item) => Number((item as Int).value));
}

function bytesText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
  return normalizeText(text);
}

function integerText(value: bigint): string {
  return value <= SAFE_MAX && value >= -SAFE_MAX ? String(Number(value)) : value.toString();
}

/** Returns the value as `%v` prints it. */
export function formatValue(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return floatText(value);
    case "boolean":
      return value ? "true" : "false";
  }
  if (value === null || value === undefined) return "<nil>";
  if (value instanceof Int) return integerText(value.value);
  const printer = new Printer();
  printer.argument(value, "v");
  return printer.out;
}

/** Returns what a pointer points to, or any other value, as `%v` prints it. */
export function formatPointee(value: unknown): string {
  if (!(value instanceof Struct) || value.kind !== "ptr") return formatValue(value);
  const text = value.pointeeText();
  if (text !== undefined) return text;
  const printer = new Printer();
  printer.pointee(value);
  return printer.out;
}

/** Returns the value as a template prints it: what a pointer points to, unless it has a text of its own. */
export function formatPrintable(value: unknown): string {
  if (!(value instanceof Struct) || value.kind !== "ptr" || value.text() !== undefined) return formatValue(value);
  return formatPointee(value);
}

/** Returns Go's `fmt.Sprint`: a blank between neighbours only when neither is a string. */
export function sprint(args: readonly unknown[]): string {
  let out = "";
  let wasString = true;
  for (const arg of args) {
    const isString = typeof arg === "string";
    if (!isString && !wasString) out += " ";
    out += formatValue(arg);
    wasString = isString;
  }
  return out;
}

/** Returns Go's `fmt.Sprintln`: blanks between all, and a newline. */
export function sprintln(args: readonly unknown[]): string {
  return args.map(formatValue).join(" ") + "\n";
}

/** Reads digits at `at`; a number beyond a million counts as none and ends the format. */
function readNumber(text: string, at: number, end: number): { value: number; found: boolean; next: number } {
  let value = 0;
  let next = at;
  for (; next < end; next++) {
    const digit = text.charCodeAt(next) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    if (value > 1e6) return { value: 0, found: false, next: end };
    value = value * 10 + digit;
  }
  return { value, found: next > at, next };
}

/** One run over a format string. */
class Format {
  private readonly printer = new Printer();
  private argument = 0;
  private at = 0;
  private afterIndex = false;
  private goodIndex = true;
  private reordered = false;

  constructor(private readonly format: string, private readonly args: readonly unknown[]) {}

  run(): string {
    const { format, printer } = this;
    while (this.at < format.length) {
      const percent = format.indexOf("%", this.at);
      if (percent < 0) {
        printer.out += format.slice(this.at);
        break;
      }
      printer.out += format.slice(this.at, percent);
      this.at = percent + 1;
      if (!this.plain() && !this.directive()) break;
    }
    this.extra();
    return printer.out;
  }

  /** Prints what nearly all charts print: `%s` and `%v` of a text, `%d` and `%v` of an integer. */
  private plain(): boolean {
    const verb = this.format.charCodeAt(this.at);
    const value = this.argument < this.args.length ? this.args[this.argument] : undefined;
    if (typeof value === "string" && (verb === 0x73 || verb === 0x76)) this.printer.out += value;
    else if (value instanceof Int && (verb === 0x64 || verb === 0x76)) this.printer.out += integerText(value.value);
    else return false;
    this.argument += 1;
    this.at += 1;
    return true;
  }

  /** Prints one `%…`; false when the format ended inside it. */
  private directive(): boolean {
    const { format, printer } = this;
    this.goodIndex = true;
    const flags = printer.flags = new Flags();
    this.readFlags(flags);
    this.afterIndex = false;
    const quick = format.charCodeAt(this.at);
    if (!(quick >= 97 && quick <= 122 && this.argument < this.args.length)) {
      this.index();
      this.readWidth(flags);
      if (this.at + 1 < format.length && format[this.at] === ".") this.readPrecision(flags);
      if (!this.afterIndex) this.index();
    }
    const code = format.codePointAt(this.at);
    if (code === undefined) {
      printer.out += "%!(NOVERB)";
      return false;
    }
    this.at += code > 0xffff ? 2 : 1;
    this.print(runeText(code), flags);
    return true;
  }

  private print(verb: string, flags: Flags): void {
    const { printer } = this;
    if (verb === "%") printer.out += "%";
    else if (!this.goodIndex) printer.out += `%!${verb}(BADINDEX)`;
    else if (this.argument >= this.args.length) printer.out += `%!${verb}(MISSING)`;
    else {
      if (verb === "v") {
        flags.sharpV = flags.sharp;
        flags.plusV = flags.plus;
        flags.sharp = flags.plus = false;
      }
      // Outside Errorf a %w is a bad verb even for errors.
      printer.argument(this.args[this.argument], verb);
      this.argument += 1;
    }
  }

  private readFlags(flags: Flags): void {
    for (; this.at < this.format.length; this.at++) {
      switch (this.format[this.at]) {
        case "#":
          flags.sharp = true;
          break;
        case "0":
          flags.zero = !flags.minus;
          break;
        case "+":
          flags.plus = true;
          break;
        case "-":
          flags.minus = true;
          flags.zero = false;
          break;
        case " ":
          flags.space = true;
          break;
        default:
          return;
      }
    }
  }

  /** Reads `[n]` when there is one. */
  private index(): void {
    const { format } = this;
    this.afterIndex = false;
    if (format[this.at] !== "[") return;
    this.reordered = true;
    const close = format.length - this.at < 3 ? -1 : format.indexOf("]", this.at);
    if (close < 0) {
      this.goodIndex = false;
      this.at += 1;
      return;
    }
    const { value, found, next } = readNumber(format, this.at + 1, close);
    const isNumber = found && next === close;
    this.at = close + 1;
    if (isNumber && value >= 1 && value <= this.args.length) {
      this.argument = value - 1;
      this.afterIndex = true;
    } else {
      this.goodIndex = false;
      this.afterIndex = isNumber;
    }
  }

  private star(): number | undefined {
    const value = this.args[this.argument];
    if (this.argument < this.args.length) this.argument += 1;
    const number = value instanceof Int
      ? value.value
      : value instanceof Struct && value.kind !== "struct" && value.kind !== "ptr"
      ? value.integer
      : undefined;
    return number === undefined || number > 1000000n || number < -1000000n ? undefined : Number(number);
  }

  private readWidth(flags: Flags): void {
    if (this.format[this.at] === "*") {
      this.at += 1;
      const width = this.star();
      if (width === undefined) this.printer.out += "%!(BADWIDTH)";
      else {
        flags.width = Math.abs(width);
        if (width < 0) {
          flags.minus = true;
          flags.zero = false;
        }
      }
      this.afterIndex = false;
      return;
    }
    const { value, found, next } = readNumber(this.format, this.at, this.format.length);
    this.at = next;
    if (!found) return;
    flags.width = value;
    if (this.afterIndex) this.goodIndex = false;
  }

  private readPrecision(flags: Flags): void {
    this.at += 1;
    if (this.afterIndex) this.goodIndex = false;
    this.index();
    if (this.format[this.at] === "*") {
      this.at += 1;
      const precision = this.star();
      if (precision === undefined || precision < 0) this.printer.out += "%!(BADPREC)";
      else flags.precision = precision;
      this.afterIndex = false;
      return;
    }
    const { value, found, next } = readNumber(this.format, this.at, this.format.length);
    this.at = next;
    flags.precision = found ? value : 0;
  }

  private extra(): void {
    const { printer } = this;
    if (this.reordered || this.argument >= this.args.length) return;
    printer.flags = new Flags();
    const shown = this.args.slice(this.argument).map((arg) =>
      arg === null || arg === undefined ? "<nil>" : typeName(arg) + "=" + formatValue(arg)
    );
    printer.out += "%!(EXTRA " + shown.join(", ") + ")";
  }
}

/** Returns Go's `fmt.Sprintf` of our values. */
export function sprintf(format: string, ...args: unknown[]): string {
  return new Format(format, args).run();
}

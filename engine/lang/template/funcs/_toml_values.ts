/**
 * The plain values of TOML: numbers, dates and times, and the escapes of texts.
 *
 * Source: BurntSushi/toml 1.6.0, `parse.go`.
 *
 * @module
 */
import { fixedZone, goInt, GoTime, type Int, localZone, quote, type Zone } from "../../golang/mod.ts";
import { TomlFault } from "./_toml_tables.ts";
import { LOCAL_ZONES } from "./_toml_write.ts";

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** True if each underscore stands between digits. */
function areUnderscoresFine(text: string): boolean {
  return !/(?:^|[^0-9A-Fa-f])_/.test(text);
}

function hasLeadingZero(text: string): boolean {
  return /^0[^box]/.test(text) || /^[-+]0./s.test(text);
}

/** Returns the integer that a text stands for. */
export function tomlInteger(text: string): Int {
  if (!areUnderscoresFine(text)) {
    throw new TomlFault(`Invalid integer ${quote(text)}: underscores must be surrounded by digits`);
  }
  if (hasLeadingZero(text)) throw new TomlFault(`Invalid integer ${quote(text)}: cannot have leading zeroes`);
  const digits = text.replaceAll("_", "");
  const value = digits.startsWith("-") ? -BigInt(digits.slice(1)) : BigInt(digits.replace("+", ""));
  if (value < INT64_MIN || value > INT64_MAX) throw new TomlFault(`${text} is out of range for int64`);
  return goInt(value, "int64");
}

/** Returns the number that a text stands for. */
export function tomlFloat(text: string): number {
  const named = /^([-+]?)(inf|nan)$/.exec(text);
  if (named !== null) return named[2] === "nan" ? NaN : named[1] === "-" ? -Infinity : Infinity;
  const fail = (why: string): never => {
    throw new TomlFault(`Invalid float ${quote(text)}: ${why}`);
  };
  const parts = text.split(/[.eE]/).filter((part) => part !== "");
  if (!parts.every(areUnderscoresFine)) fail("underscores must be surrounded by digits");
  if (hasLeadingZero(parts[0] ?? "")) fail("cannot have leading zeroes");
  if (/\.(?!\d)/.test(text)) fail("'.' must be followed by one or more digits");
  const value = Number(text.replaceAll("_", ""));
  if (Number.isNaN(value)) throw new TomlFault(`Invalid float value: ${quote(text)}`);
  if (!Number.isFinite(value)) throw new TomlFault(`${text} is out of range for float64`);
  return value;
}

/** Layouts of times, with the name of the zone of those without an offset. */
const LAYOUTS: readonly (readonly [string, string | undefined])[] = [
  ["2006-01-02T15:04:05.999999999Z07:00", undefined],
  ["2006-01-02T15:04:05.999999999", LOCAL_ZONES.dateTime],
  ["2006-01-02", LOCAL_ZONES.date],
  ["15:04:05.999999999", LOCAL_ZONES.time],
  ["2006-01-02T15:04Z07:00", undefined],
  ["2006-01-02T15:04", LOCAL_ZONES.dateTime],
  ["15:04", LOCAL_ZONES.time],
];

/** The zone of times without an offset: that of this machine now, under a name of its own. */
function zoneNamed(name: string | undefined): Zone {
  if (name === undefined) return localZone();
  return fixedZone(name, localZone().at(BigInt(Math.floor(Date.now() / 1000))).offset);
}

/** Go reads `1:2:3`, too; TOML wants two digits. The separators of text and layout stand at the same places. */
function lacksZero(text: string, layout: string): boolean {
  const fixed = /^[^.Z]*/.exec(layout)?.[0] ?? "";
  return [...fixed].some((char, at) => !/\d/.test(char) && text[at] !== char);
}

/** Returns the time that a text stands for. */
export function tomlTime(given: string): GoTime {
  const text = given.replace(/[zt ]/g, (char) => char === "z" ? "Z" : "T");
  for (const [layout, zone] of LAYOUTS) {
    const time = GoTime.tryParse(layout, text, zoneNamed(zone));
    if (time !== undefined && !lacksZero(text, layout)) return time;
    if (time !== undefined) break;
  }
  throw new TomlFault(`invalid datetime: ${quote(text)}`);
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  e: "\x1b",
  '"': '"',
  "\\": "\\",
};

/** Returns a text with its escapes replaced; they are known to be complete. */
export function tomlText(text: string): string {
  return text.replace(/\\(?:x(..)|u(.{4})|U(.{8})|(.))/gs, (_, two, four, eight, char) => {
    if (char !== undefined) {
      if (char === " " || char === "\t") throw new TomlFault(`invalid escape: '\\${char}'`);
      return ESCAPES[char] ?? "";
    }
    const hex = two ?? four ?? eight;
    const code = Number.parseInt(hex, 16);
    if (code > 0x10ffff || code >= 0xd800 && code <= 0xdfff) {
      throw new TomlFault(`Escaped character '\\u${hex}' is not valid UTF-8.`);
    }
    return String.fromCodePoint(code);
  });
}

/** Removes backslashes at the end of a line, with all white space after them. */
export function joinedLines(text: string): string {
  return text.replace(/\\\\|\\[ \t\r]*\n[ \t\r\n]*/g, (part) => part === "\\\\" ? part : "");
}

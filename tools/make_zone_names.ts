/**
 * Writes `engine/lang/golang/zone_names.ts`: the time zones and the abbreviations
 * of their offsets, from the zone database of this machine.
 *
 * JavaScript has the offsets of every zone, but not the abbreviations that Go
 * prints. The zone database is in the public domain.
 *
 * Run: `deno run -R=/usr/share/zoneinfo -W=engine/lang/golang tools/make_zone_names.ts`
 *
 * @module
 */

import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = "/usr/share/zoneinfo";
const OUT = "engine/lang/golang/zone_names.ts";
const SKIPPED = new Set(["posix", "right", "localtime", "posixrules"]);

interface Period {
  readonly start: number;
  readonly offset: number;
  readonly name: string;
}

function zoneFiles(folder = ""): string[] {
  return readdirSync(join(ROOT, folder)).flatMap((entry) => {
    const name = folder === "" ? entry : `${folder}/${entry}`;
    if (SKIPPED.has(name)) return [];
    const path = join(ROOT, name);
    if (statSync(path).isDirectory()) return zoneFiles(name);
    return readFileSync(path).subarray(0, 4).toString("latin1") === "TZif" ? [name] : [];
  }).sort();
}

/** Reads the 64-bit part of a zone file (RFC 8536) and its footer. */
function readPeriods(path: string): Period[] {
  const bytes = readFileSync(path);
  const counts = (at: number): number[] => [0, 1, 2, 3, 4, 5].map((index) => bytes.readUInt32BE(at + 20 + 4 * index));
  const [isUt = 0, isStd = 0, leap = 0, times = 0, types = 0, chars = 0] = counts(0);
  const second = 44 + 5 * times + 6 * types + chars + 8 * leap + isStd + isUt;
  const [isUt2 = 0, isStd2 = 0, leap2 = 0, times2 = 0, types2 = 0, chars2 = 0] = counts(second);
  let at = second + 44;
  const starts = Array.from({ length: times2 }, (_, index) => Number(bytes.readBigInt64BE(at + 8 * index)));
  at += 8 * times2;
  const indexes = [...bytes.subarray(at, at + times2)];
  at += times2;
  const namesAt = at + 6 * types2;
  const type = (index: number, start: number): Period => {
    const from = namesAt + bytes.readUInt8(at + 6 * index + 5);
    return {
      start,
      offset: bytes.readInt32BE(at + 6 * index),
      name: bytes.subarray(from, bytes.indexOf(0, from)).toString("latin1"),
    };
  };
  const periods = [type(0, -Infinity), ...indexes.map((index, place) => type(index, starts[place] ?? 0))];
  const footer = bytes.subarray(namesAt + chars2 + 12 * leap2 + isStd2 + isUt2).toString("latin1").trim();
  return [...periods, ...readFooter(footer, periods.at(-1)?.start ?? 0)];
}

/** Reads the names of the rule for the future, such as `CET-1CEST,M3.5.0,M10.5.0/3`. */
function readFooter(text: string, start: number): Period[] {
  const match = /^(<[^>]+>|[A-Za-z]+)([-+0-9:]+)(?:(<[^>]+>|[A-Za-z]+)([-+0-9:]*))?/.exec(text);
  if (match === null) return [];
  const [, standard = "", offsetText = "", summer, summerText = ""] = match;
  const offset = -seconds(offsetText);
  const all = [{ start, offset, name: standard.replace(/[<>]/g, "") }];
  if (summer !== undefined) {
    const summerOffset = summerText === "" ? offset + 3600 : -seconds(summerText);
    all.push({ start, offset: summerOffset, name: summer.replace(/[<>]/g, "") });
  }
  return all;
}

function seconds(text: string): number {
  const [hours = "0", minutes = "0", rest = "0"] = text.replace(/^[-+]/, "").split(":");
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
  return text.startsWith("-") ? -size : size;
}

/** Returns the numeric name of zones without an abbreviation: `+0530`, `-03`. */
function numericName(offset: number): string {
  const minutes = Math.trunc(Math.abs(offset) / 60);
  const two = (value: number): string => String(value).padStart(2, "0");
  return (offset < 0 ? "-" : "+") + two(Math.trunc(minutes / 60)) + (minutes % 60 === 0 ? "" : two(minutes % 60));
}

/**
 * Eras in which every offset has one name: `start=offset:name,…` joined by `;`.
 * Names that only spell the offset are left out. A zone that never changed is `!offset:name`.
 */
function describe(periods: readonly Period[]): string {
  const [first] = periods;
  const isFixed = periods.every(({ offset, name }) => offset === first?.offset && name === first.name);
  if (first !== undefined && isFixed) return `!${first.offset}:${first.name}`;
  const eras: { start: number; names: Map<number, string> }[] = [{ start: -Infinity, names: new Map() }];
  for (const { start, offset, name } of periods) {
    const era = eras.at(-1);
    const known = era?.names.get(offset);
    if (known !== undefined && known !== name) eras.push({ start, names: new Map([[offset, name]]) });
    else era?.names.set(offset, name);
  }
  return eras.map(({ start, names }) =>
    (start === -Infinity ? "" : `${start}=`) +
    [...names].filter(([offset, name]) => name !== numericName(offset)).map(([offset, name]) => `${offset}:${name}`)
      .join(",")
  ).join(";");
}

const byDescription = new Map<string, string[]>();
for (const name of zoneFiles()) {
  const description = describe(readPeriods(join(ROOT, name)));
  byDescription.set(description, [...byDescription.get(description) ?? [], name]);
}
const lines = [...byDescription].map(([description, names]) => `${names.join(" ")}|${description}`).sort();
writeFileSync(
  OUT,
  `/**
 * Names of time zones and of their offsets; written by \`tools/make_zone_names.ts\`.
 *
 * A line is zones with the same names, a bar, and eras joined by \`;\`. An era is
 * \`start=\` (missing in the first one) and \`offset:name\` pairs; an offset that is
 * not listed is written as a number. \`!\` marks zones that never changed.
 *
 * @module
 */

/** The table: one line for each group of zones. */
export const ZONE_NAMES = \`
${lines.join("\n")}
\`;
`,
);

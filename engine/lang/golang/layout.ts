/**
 * Go's time layouts: the reference time `Mon Jan 2 15:04:05 MST 2006` cut into
 * the pieces that stand for something, and text between them.
 *
 * Answers to Go 1.14, `time/format.go`.
 *
 * @module
 */

import type { CivilTime } from "./calendar.ts";
import type { ZoneState } from "./zones.ts";

/** A piece of a layout that stands for a part of a time, named by how it is spelled. */
export interface Element {
  /** The spelling; runs of fraction digits are all called `.0` or `.9`. */
  readonly name: string;
  /** Number of digits of a fraction. */
  readonly digits: number;
}

/** A piece of a layout. */
export interface Chunk {
  /** Plain text before the element. */
  readonly prefix: string;
  /** The element after `prefix`; `undefined` at the end of the layout. */
  readonly element: Element | undefined;
  /** The element as written. */
  readonly spelling: string;
}

// Longer spellings stand before those that they begin with.
const SPELLINGS = [
  "January",
  "Jan",
  "Monday",
  "Mon",
  "MST",
  "2006",
  "002",
  "01",
  "02",
  "03",
  "04",
  "05",
  "06",
  "15",
  "__2",
  "_2",
  "PM",
  "pm",
  "-070000",
  "-07:00:00",
  "-0700",
  "-07:00",
  "-07",
  "Z070000",
  "Z07:00:00",
  "Z0700",
  "Z07:00",
  "Z07",
  "1",
  "2",
  "3",
  "4",
  "5",
];
const PIECE = new RegExp(`${SPELLINGS.join("|")}|\\.(?:0+|9+)(?![0-9])`, "g");

const cache = new Map<string, readonly Chunk[]>();
const CACHE_MAX = 256;

/** Cuts a layout into chunks. */
export function cutLayout(layout: string): readonly Chunk[] {
  const known = cache.get(layout);
  if (known !== undefined) return known;
  const chunks: Chunk[] = [];
  let start = 0;
  PIECE.lastIndex = 0;
  for (let match = PIECE.exec(layout); match !== null; match = PIECE.exec(layout)) {
    let spelling = match[0];
    let at = match.index;
    const next = layout[at + spelling.length] ?? "";
    // The short names are none when a small letter follows.
    if ((spelling === "Jan" || spelling === "Mon") && next >= "a" && next <= "z") {
      PIECE.lastIndex = at + 1;
      continue;
    }
    // In "_2006" the underscore is text.
    if (spelling === "_2" && layout.startsWith("_2006", at)) {
      spelling = "2006";
      at += 1;
      PIECE.lastIndex = at + 4;
    }
    chunks.push({ prefix: layout.slice(start, at), element: toElement(spelling), spelling });
    start = at + spelling.length;
  }
  chunks.push({ prefix: layout.slice(start), element: undefined, spelling: "" });
  if (cache.size >= CACHE_MAX) cache.clear();
  cache.set(layout, chunks);
  return chunks;
}

function toElement(spelling: string): Element {
  return spelling.startsWith(".")
    ? { name: spelling.slice(0, 2), digits: spelling.length - 1 }
    : { name: spelling, digits: 0 };
}

/** Months in full, January first. */
export const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

/** Days of the week in full, Sunday first. */
export const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;

/** The parts of a moment that a layout can show. */
export interface Moment extends CivilTime {
  /** 0 to 999999999. */
  readonly nanosecond: number;
  /** The zone in force. */
  readonly zone: ZoneState;
}

/** Writes a moment as the layout asks: Go's `Time.Format`. */
export function formatLayout(layout: string, moment: Moment): string {
  let out = "";
  for (const { prefix, element } of cutLayout(layout)) {
    out += prefix + (element === undefined ? "" : formatElement(element, moment));
  }
  return out;
}

/** Pads with zeros behind the sign. */
function pad(value: number, width: number): string {
  return (value < 0 ? "-" : "") + String(Math.abs(value)).padStart(width, "0");
}

function formatElement({ name, digits }: Element, moment: Moment): string {
  const { year, month, day, yearDay, weekday, hour, minute, second, zone } = moment;
  switch (name) {
    case "January":
      return MONTHS[month - 1] ?? "";
    case "Jan":
      return (MONTHS[month - 1] ?? "").slice(0, 3);
    case "1":
      return String(month);
    case "01":
      return pad(month, 2);
    case "Monday":
      return WEEKDAYS[weekday] ?? "";
    case "Mon":
      return (WEEKDAYS[weekday] ?? "").slice(0, 3);
    case "2":
      return String(day);
    case "_2":
      return String(day).padStart(2);
    case "02":
      return pad(day, 2);
    case "__2":
      return String(yearDay).padStart(3);
    case "002":
      return pad(yearDay, 3);
    case "15":
      return pad(hour, 2);
    case "3":
      return String(hour % 12 || 12);
    case "03":
      return pad(hour % 12 || 12, 2);
    case "4":
      return String(minute);
    case "04":
      return pad(minute, 2);
    case "5":
      return String(second);
    case "05":
      return pad(second, 2);
    case "2006":
      return pad(year, 4);
    case "06":
      return pad(Math.abs(year) % 100, 2);
    case "PM":
      return hour >= 12 ? "PM" : "AM";
    case "pm":
      return hour >= 12 ? "pm" : "am";
    case "MST":
      return zone.name === "" ? formatOffset("-0700", zone.offset) : zone.name;
    case ".0":
    case ".9":
      return formatFraction(moment.nanosecond, digits, name === ".9");
    default:
      return name.startsWith("Z") && zone.offset === 0 ? "Z" : formatOffset(name, zone.offset);
  }
}

function formatOffset(spelling: string, offset: number): string {
  // Helm 2: minutes are cut toward zero, so that the sign of an offset of less than a minute stands before its seconds.
  const minutes = Math.trunc(offset / 60);
  const size = Math.abs(minutes);
  const parts = [pad(Math.trunc(size / 60), 2), pad(size % 60, 2), pad(minutes < 0 ? -offset % 60 : offset % 60, 2)];
  const count = spelling.replaceAll(/[^0-9]/g, "").length / 2;
  return (minutes < 0 ? "-" : "+") + parts.slice(0, count).join(spelling.includes(":") ? ":" : "");
}

function formatFraction(nanosecond: number, digits: number, isTrimmed: boolean): string {
  const shown = String(nanosecond).padStart(9, "0").slice(0, digits);
  if (!isTrimmed) return "." + shown;
  const trimmed = shown.replace(/0+$/, "");
  return trimmed === "" ? "" : "." + trimmed;
}

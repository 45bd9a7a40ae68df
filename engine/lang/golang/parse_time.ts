/**
 * Reading a time by a layout: Go's `time.ParseInLocation`.
 *
 * Answers to Go 1.14, `time/format.go`.
 *
 * @module
 */

import { toBinary } from "./binary.ts";
import { daysBefore, daysIn, fromCivil, isLeapYear } from "./calendar.ts";
import { cutLayout, type Element, MONTHS, WEEKDAYS } from "./layout.ts";
import { fixedZone, UTC, type Zone } from "./zones.ts";

/** A parsed moment, in the zone that the text names. */
export interface ParsedTime {
  /** Seconds since 1970. */
  readonly unix: bigint;
  /** 0 to 999999999. */
  readonly nanosecond: number;
  /** The zone it is shown in. */
  readonly zone: Zone;
}

/** Thrown if the text does not fit the layout. Templates never see the reason. */
class Misfit extends Error {}

/** The parts read so far. `text` is the rest of the input, one character per byte. */
interface Reading {
  text: string;
  /** Chunk that comes next: a second asks whether it is a fraction. */
  next: Element | undefined;
  year: number;
  month: number;
  day: number;
  yearDay: number;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  half: "AM" | "PM" | undefined;
  zone: Zone | undefined;
  offset: number | undefined;
  zoneName: string;
}

/** Reads `text`; `undefined` when it does not fit. Times that name no zone are in `local`. */
export function parseTime(layout: string, text: string, local: Zone): ParsedTime | undefined {
  const reading: Reading = {
    text: toBinary(text),
    next: undefined,
    year: 0,
    month: -1,
    day: -1,
    yearDay: -1,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    half: undefined,
    zone: undefined,
    offset: undefined,
    zoneName: "",
  };
  try {
    const chunks = cutLayout(toBinary(layout));
    for (const [index, { prefix, element }] of chunks.entries()) {
      skipText(reading, prefix);
      reading.next = chunks[index + 1]?.element;
      if (element !== undefined) readElement(reading, element);
      else if (reading.text !== "") throw new Misfit();
    }
    return assemble(reading, local);
  } catch (error) {
    if (error instanceof Misfit) return undefined;
    throw error;
  }
}

/** A run of blanks in the layout fits any run of blanks, also none at the end. */
function skipText(reading: Reading, prefix: string): void {
  let at = 0;
  while (at < prefix.length) {
    if (prefix[at] === " ") {
      if (reading.text !== "" && !reading.text.startsWith(" ")) throw new Misfit();
      while (prefix[at] === " ") at++;
      reading.text = reading.text.replace(/^ +/, "");
      continue;
    }
    if (reading.text === "" || reading.text[0] !== prefix[at]) throw new Misfit();
    at++;
    reading.text = reading.text.slice(1);
  }
}

/** Removes and returns the match of the pattern at the beginning of the text. */
function take(reading: Reading, pattern: RegExp): string {
  const match = pattern.exec(reading.text);
  if (match === null) throw new Misfit();
  reading.text = reading.text.slice(match[0].length);
  return match[0];
}

function takeNumber(reading: Reading, pattern: RegExp, least: number, most: number): number {
  const value = Number(take(reading, pattern));
  if (value < least || value > most) throw new Misfit();
  return value;
}

const TWO = /^[0-9]{2}/;
const ONE_OR_TWO = /^[0-9]{1,2}/;

function readElement(reading: Reading, element: Element): void {
  switch (element.name) {
    case "06": {
      // Two characters, of which the first may be a sign.
      const year = Number(take(reading, /^(?:[0-9]|[+-](?=[0-9]))[0-9]/));
      reading.year = year + (year >= 69 ? 1900 : 2000);
      break;
    }
    case "2006":
      reading.year = Number(take(reading, /^[0-9]{4}/));
      break;
    case "Jan":
      reading.month = takeName(reading, MONTHS.map((name) => name.slice(0, 3))) + 1;
      break;
    case "January":
      reading.month = takeName(reading, MONTHS) + 1;
      break;
    case "1":
    case "01":
      reading.month = takeNumber(reading, element.name === "1" ? ONE_OR_TWO : TWO, 1, 12);
      break;
    case "Mon":
      takeName(reading, WEEKDAYS.map((name) => name.slice(0, 3)));
      break;
    case "Monday":
      takeName(reading, WEEKDAYS);
      break;
    case "2":
    case "_2":
    case "02":
      if (element.name === "_2" && reading.text.startsWith(" ")) reading.text = reading.text.slice(1);
      reading.day = takeNumber(reading, element.name === "02" ? TWO : ONE_OR_TWO, 0, 99);
      break;
    case "__2":
      reading.text = reading.text.replace(/^ {1,2}/, "");
      reading.yearDay = takeNumber(reading, /^[0-9]{1,3}/, 0, 999);
      break;
    case "002":
      reading.yearDay = takeNumber(reading, /^[0-9]{3}/, 0, 999);
      break;
    default:
      readClock(reading, element);
  }
}

function takeName(reading: Reading, names: readonly string[]): number {
  const index = names.findIndex((name) => reading.text.slice(0, name.length).toLowerCase() === name.toLowerCase());
  if (index < 0) throw new Misfit();
  reading.text = reading.text.slice((names[index] ?? "").length);
  return index;
}

function readClock(reading: Reading, element: Element): void {
  switch (element.name) {
    case "15":
      reading.hour = takeNumber(reading, ONE_OR_TWO, 0, 23);
      break;
    case "3":
    case "03":
      reading.hour = takeNumber(reading, element.name === "3" ? ONE_OR_TWO : TWO, 0, 12);
      break;
    case "4":
    case "04":
      reading.minute = takeNumber(reading, element.name === "4" ? ONE_OR_TWO : TWO, 0, 59);
      break;
    case "5":
    case "05":
      reading.second = takeNumber(reading, element.name === "5" ? ONE_OR_TWO : TWO, 0, 59);
      // A fraction is taken even when the layout does not ask for one.
      if (reading.next?.name !== ".0" && reading.next?.name !== ".9" && /^\.[0-9]/.test(reading.text)) {
        reading.nanosecond = fraction(take(reading, /^\.[0-9]+/));
      }
      break;
    case "PM":
      reading.half = take(reading, /^[AP]M/) as "AM" | "PM";
      break;
    case "pm":
      reading.half = take(reading, /^[ap]m/).toUpperCase() as "AM" | "PM";
      break;
    case ".0": {
      const digits = reading.text.slice(0, element.digits + 1);
      // Helm 2: the digits may begin with a plus sign.
      if (digits.length <= element.digits || !/^\.\+?[0-9]+$/.test(digits)) throw new Misfit();
      reading.text = reading.text.slice(digits.length);
      reading.nanosecond = fraction(digits);
      break;
    }
    case ".9":
      if (/^\.[0-9]/.test(reading.text)) reading.nanosecond = fraction(take(reading, /^\.[0-9]{1,9}/));
      break;
    default:
      readZone(reading, element.name);
  }
}

/** Nanoseconds of a point and what follows it; the width counts, a sign included. */
function fraction(text: string): number {
  const value = Number(text.slice(1)) * 10 ** Math.max(0, 10 - text.length);
  if (Number(text.slice(1)) >= 1e9) throw new Misfit();
  return value;
}

const OFFSETS: Readonly<Record<string, RegExp>> = {
  "07:00": /^(.)(..):(..)/s,
  "07": /^(.)(..)/s,
  "07:00:00": /^(.)(..):(..):(..)/s,
  "070000": /^(.)(..)(..)(..)/s,
  "0700": /^(.)(..)(..)/s,
};

function readZone(reading: Reading, name: string): void {
  if (name === "MST") {
    if (reading.text.startsWith("UTC")) {
      reading.zone = UTC;
      reading.text = reading.text.slice(3);
      return;
    }
    reading.zoneName = reading.text.slice(0, zoneNameLength(reading.text));
    if (reading.zoneName === "") throw new Misfit();
    reading.text = reading.text.slice(reading.zoneName.length);
    return;
  }
  if (["Z0700", "Z07", "Z07:00"].includes(name) && reading.text.startsWith("Z")) {
    reading.text = reading.text.slice(1);
    reading.zone = UTC;
    return;
  }
  const match = OFFSETS[name.slice(1)]?.exec(reading.text) ?? null;
  if (match === null || (match[1] !== "+" && match[1] !== "-")) throw new Misfit();
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(2).map(signed);
  reading.text = reading.text.slice(match[0].length);
  const offset = (hours * 60 + minutes) * 60 + seconds;
  const signedOffset = match[1] === "-" ? -offset : offset;
  // Helm 2: an offset of minus one second is taken for no offset.
  reading.offset = signedOffset === -1 ? undefined : signedOffset;
}

/** Go reads two digits, or a sign and one digit. */
function signed(text: string): number {
  if (!/^[+-]?[0-9]+$/.test(text)) throw new Misfit();
  return Number(text);
}

/** Length of the abbreviation at the start of the text; 0 for none. */
function zoneNameLength(text: string): number {
  if (text.length < 3) return 0;
  if (/^(?:ChST|MeST)/.test(text)) return 4;
  if (text.startsWith("GMT")) return 3 + offsetLength(text.slice(3));
  if (/^[+-]/.test(text)) return offsetLength(text);
  const letters = /^[A-Z]{0,6}/.exec(text)?.[0] ?? "";
  if (letters.length === 5 && letters[4] === "T") return 5;
  if (letters.length === 4 && (letters[3] === "T" || letters === "WITA")) return 4;
  return letters.length === 3 ? 3 : 0;
}

/** Length of a sign and hours below 24; 0 for none. */
function offsetLength(text: string): number {
  const match = /^[+-]([0-9]+)/.exec(text);
  return match === null || Number(match[1]) > 23 ? 0 : match[0].length;
}

function assemble(reading: Reading, local: Zone): ParsedTime {
  let { hour } = reading;
  if (reading.half === "PM" && hour < 12) hour += 12;
  else if (reading.half === "AM" && hour === 12) hour = 0;
  const { month, day } = monthAndDay(reading);
  const seconds = BigInt((hour * 60 + reading.minute) * 60 + reading.second);
  const civil = fromCivil({ year: BigInt(reading.year), month: BigInt(month), day: BigInt(day), seconds });
  const { nanosecond } = reading;
  if (reading.zone !== undefined) return { unix: civil, nanosecond, zone: reading.zone };
  if (reading.offset !== undefined) {
    const unix = civil - BigInt(reading.offset);
    const state = local.at(unix);
    const isLocal = state.offset === reading.offset && ["", state.name].includes(reading.zoneName);
    return { unix, nanosecond, zone: isLocal ? local : fixedZone(reading.zoneName, reading.offset) };
  }
  if (reading.zoneName !== "") return { ...inNamedZone(reading.zoneName, civil, local), nanosecond };
  return { unix: toUnix(civil, local), nanosecond, zone: local };
}

function monthAndDay(reading: Reading): { month: number; day: number } {
  const { year, yearDay } = reading;
  let month = reading.month < 0 ? 1 : reading.month;
  let day = reading.day < 0 ? 1 : reading.day;
  if (yearDay >= 0) {
    if (yearDay < 1 || yearDay > (isLeapYear(year) ? 366 : 365)) throw new Misfit();
    month = 12;
    while (daysBefore(month, year) >= yearDay) month--;
    day = yearDay - daysBefore(month, year);
    if (reading.month >= 0 && reading.month !== month) throw new Misfit();
    if (reading.day >= 0 && reading.day !== day) throw new Misfit();
  }
  if (day < 1 || day > daysIn(month, year)) throw new Misfit();
  return { month, day };
}

/** A local abbreviation decides the offset; an unknown one is a zone of its own at offset 0, or as `GMT+3` says. */
function inNamedZone(name: string, civil: bigint, local: Zone): { unix: bigint; zone: Zone } {
  const offsets = local.offsetsOf(name);
  const offset = offsets.find((it) => local.at(civil - BigInt(it)).name === name) ?? offsets[0];
  if (offset !== undefined) {
    const inForce = local.at(civil - BigInt(offset));
    return { unix: civil - BigInt(inForce.name === name ? inForce.offset : offset), zone: local };
  }
  const hours = /^GMT[+-][0-9]+$/.test(name) ? Number(name.slice(3)) : 0;
  return { unix: civil, zone: fixedZone(name, hours * 3600) };
}

/** Returns the moment at which the clocks of a zone show `civil`, which is given as if it were UTC. */
export function toUnix(civil: bigint, zone: Zone): bigint {
  const guess = zone.at(civil).offset;
  if (guess === 0) return civil;
  return civil - BigInt(zone.at(civil - BigInt(guess)).offset);
}

/**
 * Times of records: protobuf's seconds and nanoseconds ⇄ the RFC 3339 texts of Helm 3.
 *
 * @module
 */
import type { Timestamp } from "../../model/mod.ts";

/** Years that Go writes as JSON: 0000 to 9999. */
const SECONDS_MIN = -62_167_219_200, SECONDS_MAX = 253_402_300_799;

/** Returns a time as Go writes it, in UTC: nanoseconds without zeros at the end. Absent, or beyond its years: an empty text. */
export function goTime(time: Timestamp | undefined): string {
  if (time === undefined || time.seconds < SECONDS_MIN || time.seconds > SECONDS_MAX) return "";
  const whole = new Date(time.seconds * 1000).toISOString().replace(/\.000Z$/, "");
  return `${whole}${fraction(String(time.nanos).padStart(9, "0"))}Z`;
}

function fraction(digits: string): string {
  const kept = digits.replace(/0+$/, "");
  return kept === "" ? "" : `.${kept}`;
}

/** Parts of an RFC 3339 text. */
const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/;

/** Returns the time in an RFC 3339 text; `undefined` for an empty text, and for others. */
export function timestampOf(text: string | undefined): Timestamp | undefined {
  const [, date, time, digits = "", zone] = RFC_3339.exec(text ?? "") ?? [];
  if (date === undefined) return undefined;
  const ms = Date.parse(`${date}T${time}${zone?.toUpperCase()}`);
  if (Number.isNaN(ms)) return undefined;
  return { seconds: ms / 1000, nanos: Number(digits.padEnd(9, "0").slice(0, 9)) };
}

/** Returns an RFC 3339 text as Go writes it again: zone kept, nanoseconds without zeros at the end; Go's zero for others. */
export function goTimeText(text: string): string {
  const [, date, time, digits = "", zone = ""] = RFC_3339.exec(text) ?? [];
  if (date === undefined) return "0001-01-01T00:00:00Z";
  const isUtc = /^(z|[+-]00:00)$/i.test(zone);
  return `${date}T${time}${fraction(digits.slice(0, 9))}${isUtc ? "Z" : zone}`;
}

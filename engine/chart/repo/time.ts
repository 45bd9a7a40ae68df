/**
 * Times in Go's form for YAML and JSON: RFC 3339 with as many digits as needed.
 *
 * @module
 */
import { YamlError } from "../../../errors.ts";

/** Go's text for a time that was never set. */
export const NO_TIME = "0001-01-01T00:00:00Z";

const FORM = /^(\d{4}-\d\d-\d\dT)(\d\d?)(:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/;

/** Parses a time and returns it in Go's form. */
export function decodeTime(value: unknown): string {
  if (value === null || value === undefined) return NO_TIME;
  const [, day, hour, rest, fraction = "", zone] = FORM.exec(typeof value === "string" ? value : "") ?? [];
  if (day === undefined || hour === undefined || Number.isNaN(Date.parse(`${day}${hour.padStart(2, "0")}${rest}Z`))) {
    const text = typeof value === "string" ? `"${value}"` : JSON.stringify(value);
    throw new YamlError(`parsing time "${text}" as "${'"2006-01-02T15:04:05Z07:00"'}": ${whyNot(text)}`);
  }
  const digits = fraction.slice(0, 9).replace(/0+$/, "");
  const offset = zone === "+00:00" || zone === "-00:00" ? "Z" : zone;
  return `${day}${hour.padStart(2, "0")}${rest}${digits === "" ? "" : `.${digits}`}${offset}`;
}

/** Returns Go's message for the part of the text that cannot be parsed. */
function whyNot(text: string): string {
  const parts: readonly (readonly [RegExp, string])[] = [
    [/^"/, '"'],
    [/^\d{4}/, "2006"],
    [/^-/, "-"],
    [/^\d\d/, "01"],
    [/^-/, "-"],
    [/^\d\d/, "02"],
    [/^T/, "T"],
    [/^\d\d?/, "15"],
    [/^:/, ":"],
    [/^\d\d/, "04"],
    [/^:/, ":"],
    [/^\d\d(?:\.\d+)?/, "05"],
    [/^(?:Z|[+-]\d\d:\d\d)/, "Z07:00"],
    [/^"/, '"'],
  ];
  let rest = text;
  for (const [form, name] of parts) {
    const found = form.exec(rest);
    if (found === null) return `cannot parse "${rest}" as "${name}"`;
    rest = rest.slice(found[0].length);
  }
  return rest === "" ? "time out of range" : `extra text: ${rest}`;
}

/** Returns a time in the local zone, in Go's form. */
export function localTime(date: Date): string {
  const two = (value: number) => String(Math.trunc(value)).padStart(2, "0");
  const minutes = -date.getTimezoneOffset();
  const zone = minutes === 0
    ? "Z"
    : `${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  const fraction = String(date.getMilliseconds()).padStart(3, "0").replace(/0+$/, "");
  return `${day}T${clock}${fraction === "" ? "" : `.${fraction}`}${zone}`;
}

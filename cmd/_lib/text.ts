/**
 * Small texts that several commands print: times, JSON, YAML.
 *
 * @module
 */
import { encodeYaml } from "../../engine/lang/yaml/mod.ts";
import type { Timestamp } from "../../engine/model/mod.ts";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A time in the local zone, such as `Mon Oct 19 10:00:00 2020`; `-` when there is none, or none that a calendar has. */
export function timeText(time: Timestamp | undefined): string {
  if (time === undefined) return "-";
  const date = new Date(time.seconds * 1000);
  if (Number.isNaN(date.getTime())) return "-";
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  const day = String(date.getDate()).padStart(2);
  return `${DAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${day} ${clock} ${date.getFullYear()}`;
}

/** Characters that Go's JSON writer escapes differently. */
const GO_ESCAPES: Readonly<Record<string, string>> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
  "\\b": "\\u0008",
  "\\f": "\\u000c",
};

/** Returns JSON on one line as Helm 2 writes it; keys keep their order. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\.|[<>&\u2028\u2029]/g,
    (found) => GO_ESCAPES[found] ?? (/^\\u[dD]/.test(found) ? "\\ufffd" : found),
  );
}

/** Returns YAML with sorted keys; ends in a newline. */
export function yamlText(value: unknown): string {
  return encodeYaml(value);
}

/**
 * Values of changes as lines.
 *
 * @module
 */
import { decodeJson, encodeJson, encodeYaml } from "../../engine/lang/yaml/mod.ts";
import { VALUE_MAX } from "./changes_layout.ts";
import { lineDiff } from "../../app/line_diff.ts";

/** A line of a value: its sign, and its text of any length. */
export interface ValueLine {
  readonly sign: " " | "-" | "+" | "!";
  readonly text: string;
}

/** Returns a scalar as people read it; one that could be taken for another type is quoted. */
export function scalarText(value: unknown): string {
  if (typeof value !== "string") return String(value);
  const isPlain = value !== "" && value.trim() === value &&
    !/^(?:[-+]?[\d.]+(?:e[-+]?\d+)?|true|false|null|~)$/i.test(value);
  const text = isPlain ? value : JSON.stringify(value);
  return text.length <= VALUE_MAX ? text : `${text.slice(0, VALUE_MAX)}... (${text.length} characters)`;
}

/** Returns the lines of a value. */
export function valueLines(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (typeof value === "string" && value.includes("\n")) return value.replace(/\n$/, "").split("\n").map(cut);
  if (typeof value !== "object") return [scalarText(value)];
  if (Object.keys(value).length === 0) return [Array.isArray(value) ? "[]" : "{}"];
  return encodeYaml(decodeJson(encodeJson(value))).replace(/\n$/, "").split("\n").map(cut);
}

function cut(line: string): string {
  return line.length <= VALUE_MAX ? line : `${line.slice(0, VALUE_MAX)}... (${line.length} characters)`;
}

/**
 * Returns the lines of a change. Texts of many lines show what differs, with `context` lines around it; -1 shows all.
 */
export function changedLines(before: unknown, after: unknown, context: number): ValueLine[] {
  const [old, now] = [valueLines(before), valueLines(after)];
  const isLong = old.length > 1 && now.length > 1;
  if (isLong) {
    return lineDiff(old.join("\n"), now.join("\n"), context < 0 ? Infinity : context).map((line) =>
      line === "..." ? { sign: " ", text: "..." } : { sign: line[0] as "-", text: line.slice(2) }
    );
  }
  const signed = (sign: ValueLine["sign"]) => (text: string): ValueLine => ({ sign, text });
  return [...old.map(signed("-")), ...now.map(signed("+"))];
}

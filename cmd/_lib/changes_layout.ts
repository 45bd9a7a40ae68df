/**
 * Lines of at most 80 columns: wrapping, and notes at the right.
 *
 * @module
 */
import { counted } from "../../engine/base/mod.ts";
import type { Colour } from "./print.ts";

/** A line without its end. */
export interface ChangeLine {
  /** At most {@linkcode WIDTH} columns. */
  readonly text: string;
  /** Repeats the meaning of the line's sign. */
  readonly colour?: Colour | undefined;
}

/** The width of all output. */
export const WIDTH = 80;
/** The column where notes begin, if they fit. */
const NOTE_COLUMN = 56;
/** A field's values are shown up to this length. */
export const VALUE_MAX = 200;

/**
 * Breaks a text into lines; prefers blanks, then breaks anywhere.
 *
 * @param first Before the first line.
 * @param rest Before each other line.
 */
export function wrap(text: string, first = "", rest = first, width = WIDTH): string[] {
  const lines: string[] = [];
  let left = text;
  for (let prefix = first;; prefix = rest) {
    const room = width - prefix.length;
    if (left.length <= room) return [...lines, (prefix + left).trimEnd()];
    const blank = left.lastIndexOf(" ", room);
    const cut = blank > room / 2 ? blank : room;
    lines.push((prefix + left.slice(0, cut)).trimEnd());
    left = left.slice(cut).trimStart();
  }
}

/** Breaks a text into lines without dropping or moving any character. */
export function chop(text: string, first: string, rest: string, width = WIDTH): string[] {
  const lines: string[] = [];
  let left = text;
  for (let prefix = first;; prefix = rest) {
    const room = width - prefix.length;
    lines.push(prefix + left.slice(0, room));
    left = left.slice(room);
    if (left === "") return lines;
  }
}

/** Returns lines whose last one has a note at the right; a note that does not fit gets lines of its own. */
export function withNote(lines: readonly string[], note: string): string[] {
  const last = lines.at(-1) ?? "";
  if (note === "") return [...lines];
  const start = Math.max(last.length + 2, Math.min(NOTE_COLUMN, WIDTH - note.length));
  if (start + note.length <= WIDTH) return [...lines.slice(0, -1), last.padEnd(start) + note];
  const indent = " ".repeat(Math.max(6, Math.min(NOTE_COLUMN, WIDTH - note.length)));
  return [...lines, ...wrap(note, indent)];
}

/** Returns how long ago a time was, in words; empty if it is no time. */
export function agoText(time: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(time)) / 1000;
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 60) return "just now";
  const [amount, unit] = seconds < 3600
    ? [seconds / 60, "minute"]
    : seconds < 86_400
    ? [seconds / 3600, "hour"]
    : [seconds / 86_400, "day"];
  return `${counted(Math.floor(amount), unit)} ago`;
}

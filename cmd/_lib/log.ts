/**
 * Log lines of Helm 2's chart library: lines on standard error that begin with the time.
 *
 * @module
 */
import type { Printer } from "./print.ts";

/** Options of {@linkcode logTo}. */
export interface LogOptions {
  /** If true, shows notes, which Helm 2 does not have. Default: unless hints are off. */
  readonly notes?: boolean | undefined;
  readonly now?: (() => Date) | undefined;
}

/**
 * Returns a function that logs one text, such as `2020/10/19 10:00:00 Warning: …`.
 *
 * Texts that begin with `Note: ` are skeg's; `SKEG_HINTS=off` silences them.
 */
export function logTo(print: Printer, options: LogOptions = {}): (text: string) => void {
  const { notes = print.hints, now = () => new Date() } = options;
  return (text) => {
    if (!notes && text.startsWith("Note: ")) return;
    print.err(`${logTime(now())} ${text.replace(/\n$/, "")}\n`);
  };
}

/** Prints a note that Helm 2 does not have, unless hints are off; `text` begins with `Note: `. */
export function tellNote(print: Printer, text: string): void {
  if (print.hints) print.err(`${text}\n`);
}

/**
 * Returns a function that prints a risk on standard error, in pipes too. `SKEG_HINTS=off` disables it.
 */
export function tellRisk({ print }: { readonly print: Printer }): (text: string) => void {
  return (text) => {
    if (print.hints) print.err(`Note: ${text}\n`);
  };
}

/** Formats a local time like Go's logger. */
function logTime(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("/");
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":")}`;
}

/**
 * What Helm 2's chart library logs: lines on standard error that begin with the time.
 *
 * @module
 */
import type { Printer } from "./_print.ts";

/** Returns a function that logs one text, such as `2020/10/19 10:00:00 Warning: …`. */
export function logTo(print: Printer, now: () => Date = () => new Date()): (text: string) => void {
  return (text) => print.err(`${logTime(now())} ${text.replace(/\n$/, "")}\n`);
}

/** A local time as Go's logger writes it. */
function logTime(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("/");
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":")}`;
}

/**
 * Shows download progress as one line on a terminal, which is rewritten and finally removed. A pipe gets nothing.
 *
 * @module
 */
import type { Received } from "../../engine/net/download/mod.ts";
import type { Printer } from "./print.ts";

/** Shorter downloads show nothing. */
const QUIET_MS = 1000;
/** Time between two updates. After one download is done, the command's message about it comes first. */
const REDRAW_MS = 250;

/**
 * Returns a listener for downloads. It takes the address and the amount received; `undefined` means that the
 * download has ended. Returns `undefined` when standard error is not a terminal.
 */
export function downloadProgress(
  print: Printer,
  now: () => number = () => performance.now(),
): ((url: string, received: Received | undefined) => void) | undefined {
  if (!print.watched) return undefined;
  const open = new Map<string, Received>();
  let start: number | undefined;
  let next = 0;
  let isDrawn = false;
  const wipe = (): void => {
    if (isDrawn) print.err("", { wipe: true });
    isDrawn = false;
  };
  return (url, received) => {
    const at = now();
    start ??= at;
    if (received === undefined) {
      open.delete(url);
      if (open.size === 0) start = undefined;
      wipe();
      next = at + REDRAW_MS;
      return;
    }
    open.set(url, received);
    if (at - start < QUIET_MS || at < next) return;
    wipe();
    print.err(lineOf(open).slice(0, print.columns - 1));
    isDrawn = true;
    next = at + REDRAW_MS;
  };
}

function lineOf(open: ReadonlyMap<string, Received>): string {
  const all = [...open.values()];
  const total = all.every(({ bytesTotal }) => bytesTotal !== undefined)
    ? ` of ${mebibytes(sum(all.map(({ bytesTotal = 0 }) => bytesTotal)))}`
    : "";
  const [url = ""] = open.keys();
  const what = open.size === 1 ? url.slice(url.lastIndexOf("/") + 1) : `${open.size} files`;
  return `downloading ${what}: ${mebibytes(sum(all.map(({ bytes }) => bytes)))}${total}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

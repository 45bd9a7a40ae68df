/**
 * Writes to standard output and standard error.
 *
 * This is the only file that writes to them. It guarantees three things:
 *
 * - Standard error holds no credentials: every text is masked.
 * - A terminal executes no control sequences from other sources: control characters are spelled out. The
 * program's own sequences are requested by name ({@linkcode Look}), and cannot be part of a text.
 * - A pipe gets every byte. A string of the engine can hold any.
 *
 * @module
 */
import { codeOf, maskSecrets, showControls } from "../../engine/base/mod.ts";
import { toBytes } from "../../engine/lang/golang/mod.ts";
import { fileError, SkegError } from "../../errors.ts";

/** How a text looks on a terminal. */
export interface Look {
  /** Default: the terminal's colour. */
  readonly colour?: Colour | undefined;
  /** If true, first erases the line of the cursor; a number erases so many lines, the last of which is the cursor's. */
  readonly wipe?: boolean | number | undefined;
  /** If true, sequences of colours in the text stay. */
  readonly painted?: boolean | undefined;
}

/** Colours of {@linkcode Look}. */
export type Colour = "dim" | "red" | "yellow" | "green" | "magenta" | "blue";

const COLOURS: Readonly<Record<Colour, string>> = {
  dim: "\u001b[2m",
  red: "\u001b[31m",
  yellow: "\u001b[33m",
  green: "\u001b[32m",
  magenta: "\u001b[35m",
  blue: "\u001b[34m",
};
const [PLAIN, WIPE] = ["\u001b[0m", "\r\u001b[K"];

/** Writes to a terminal or a pipe; tests keep the output in memory. */
export interface Printer {
  /** Writes to standard output; adds only the sequences of `look`. */
  out(text: string, look?: Look): void;
  /** Writes to standard error; adds only the sequences of `look`. */
  err(text: string, look?: Look): void;
  /** True if standard output is a terminal. */
  readonly terminal: boolean;
  /** True if standard error is a terminal. */
  readonly watched: boolean;
  /** True if advice for people is printed: always, unless `SKEG_HINTS` is `off`. */
  readonly hints: boolean;
  /** True if standard error should have colours. */
  readonly colour: boolean;
  /** True if standard output should have colours. */
  readonly outColour: boolean;
  /** Current width of the terminal; 80 when there is none. */
  readonly columns: number;
  /** Current height of the terminal; 24 when there is none. */
  readonly rows: number;
}

/** A stream of the process. */
type Stream = { writeSync(bytes: Uint8Array): number };

/** Errors of a stream whose reader is gone: a closed pipe, a closed terminal. */
const READER_GONE: ReadonlySet<unknown> = new Set(["EPIPE", "EIO"]);

/**
 * Returns a function that writes all of a text.
 *
 * When the reader is gone, the rest is dropped, and the command goes on: an operation on a release must be recorded, and
 * the exit status is that of what was done. Errors on standard error are ignored in the same way, because there is no
 * other place to report them.
 *
 * @param name The stream in messages; `undefined` for standard error.
 */
function writerTo(stream: Stream, name: string | undefined): (text: string) => void {
  let isGone = false;
  return (text) => {
    if (isGone) return;
    // A lone surrogate means a byte that is not UTF-8; without any, the platform's encoder is enough.
    let bytes = text.isWellFormed() ? new TextEncoder().encode(text) : toBytes(text);
    try {
      while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
    } catch (error) {
      isGone = true;
      if (name === undefined || error instanceof Deno.errors.BrokenPipe) return;
      if (READER_GONE.has(codeOf(error))) return;
      const { kind, message } = fileError("write", name, error);
      throw new SkegError(kind, `cannot ${message}`, { cause: error });
    }
  };
}

/** Writes a message to standard output, where Helm prints some messages; masks credentials in it. */
export function say(print: Pick<Printer, "out">, message: string): void {
  print.out(maskSecrets(message));
}

/** Returns text of other sources, safe for a stream. Sequences of colours stay in `painted` text. */
function shown(text: string, terminal: boolean, painted = false): string {
  if (!terminal) return text;
  if (!painted) return showControls(text);
  // Odd parts are the sequences.
  return text.split(/(\u001b\[[0-9;]*m)/).map((part, at) => at % 2 === 1 ? part : showControls(part)).join("");
}

/** Returns a text with its look. The colour ends before the newline. */
function dressed(text: string, terminal: boolean, { colour, wipe, painted }: Look = {}): string {
  const safe = shown(text, terminal, painted);
  const [, body = "", end = ""] = /^(.*?)(\n?)$/s.exec(safe) ?? [];
  return `${wipeSequence(wipe)}${colour === undefined ? safe : `${COLOURS[colour]}${body}${PLAIN}${end}`}`;
}

function wipeSequence(wipe: boolean | number = false): string {
  if (typeof wipe === "boolean") return wipe ? WIPE : "";
  return wipe <= 0 ? "" : `\r${wipe > 1 ? `\u001b[${wipe - 1}A` : ""}\u001b[J`;
}

/** Default width. */
const COLUMNS = 80;
/** Default height. */
const ROWS = 24;

function terminalSize(): { readonly columns: number; readonly rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || COLUMNS, rows: rows || ROWS };
  } catch {
    return { columns: COLUMNS, rows: ROWS }; // a terminal without a known size
  }
}

/** Returns the printer of the process; `noColour` disables colours, `hints: false` advice. */
export function processPrinter(noColour: boolean, hints = true): Printer {
  const [terminal, watched] = [Deno.stdout.isTerminal(), Deno.stderr.isTerminal()];
  const [out, err] = [writerTo(Deno.stdout, "standard output"), writerTo(Deno.stderr, undefined)];
  return {
    out: (text, look) => out(dressed(text, terminal, look)),
    err: (text, look) => err(dressed(maskSecrets(text), watched, look)),
    watched,
    terminal,
    hints,
    colour: watched && !noColour,
    outColour: terminal && !noColour,
    get columns() {
      return watched || terminal ? terminalSize().columns : COLUMNS;
    },
    get rows() {
      return watched ? terminalSize().rows : ROWS;
    },
  };
}

/** A printer that keeps its output. */
export interface Written extends Printer {
  /** All of standard output so far. */
  readonly stdout: string;
  /** All of standard error so far. */
  readonly stderr: string;
}

/**
 * Returns a printer that keeps its output, for tests and for commands that reuse others. `watched` means a
 * terminal on standard error, `terminal` one on standard output; `hints` is true by default.
 */
export function memoryPrinter(
  options: {
    watched?: boolean;
    terminal?: boolean;
    hints?: boolean;
    colour?: boolean;
    columns?: number;
    rows?: number;
  } = {},
): Written {
  const { watched = false, terminal = false } = options;
  const kept = { stdout: "", stderr: "" };
  return {
    out: (text, look) => void (kept.stdout += dressed(text, terminal, look)),
    terminal,
    err: (text, look) => void (kept.stderr += dressed(maskSecrets(text), watched, look)),
    watched,
    hints: options.hints ?? true,
    colour: options.colour ?? false,
    outColour: terminal && (options.colour ?? false),
    columns: options.columns ?? COLUMNS,
    rows: options.rows ?? ROWS,
    get stdout(): string {
      return kept.stdout;
    },
    get stderr(): string {
      return kept.stderr;
    },
  };
}

/** Returns the message of anything that was thrown, without credentials. */
export function messageOf(error: unknown): string {
  return maskSecrets(error instanceof Error ? error.message : String(error));
}

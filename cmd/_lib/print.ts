/**
 * Where words leave the program: standard output and standard error.
 *
 * This is the only file that writes to them, so it keeps three promises:
 *
 * - Standard error holds no credentials: every text is masked.
 * - A terminal executes nothing that others wrote: control characters are
 *   spelled out. The program's own sequences are asked for by name
 *   ({@linkcode Look}), and cannot stand in a text.
 * - A pipe gets every byte. A string of the engine can hold any.
 *
 * @module
 */
import { maskSecrets, showControls } from "../../engine/base/mod.ts";
import { toBytes } from "../../engine/lang/golang/mod.ts";

/** How a text looks on a terminal. */
export interface Look {
  /** Default: as the terminal has it. */
  readonly colour?: Colour | undefined;
  /** Takes the line that the cursor is in off the screen first. */
  readonly wipe?: boolean | undefined;
}

/** Colours of {@linkcode Look}. */
export type Colour = "dim" | "red" | "yellow";

const COLOURS: Readonly<Record<Colour, string>> = { dim: "\u001b[2m", red: "\u001b[31m", yellow: "\u001b[33m" };
const [PLAIN, WIPE] = ["\u001b[0m", "\r\u001b[K"];

/** Writes for a person or a pipe; tests keep what is written. */
export interface Printer {
  /** Writes to standard output; adds nothing. */
  out(text: string): void;
  /** Writes to standard error; adds nothing but what `look` asks for. */
  err(text: string, look?: Look): void;
  /** True when standard error is a terminal, so that a person watches. */
  readonly watched: boolean;
  /** True when colours are welcome on standard error. */
  readonly colour: boolean;
  /** Width of the terminal, at this moment; 80 when there is none. */
  readonly columns: number;
}

/** Writes all of `text`; a reader that has gone away ends the program quietly, as it ends any Unix filter. */
function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  // A lone surrogate stands for a byte that is not UTF-8; without any, the platform's encoder serves.
  let bytes = text.isWellFormed() ? new TextEncoder().encode(text) : toBytes(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) Deno.exit(1);
    throw error;
  }
}

/** Writes a message to standard output, where Helm has some of its messages; credentials in it are masked. */
export function say(print: Pick<Printer, "out">, message: string): void {
  print.out(maskSecrets(message));
}

/** Text of others as a stream gets it. */
function shown(text: string, terminal: boolean): string {
  return terminal ? showControls(text) : text;
}

/** A text for standard error. The colour ends before the line does. */
function dressed(text: string, terminal: boolean, { colour, wipe }: Look = {}): string {
  const safe = shown(maskSecrets(text), terminal);
  const [, body = "", end = ""] = /^(.*?)(\n?)$/s.exec(safe) ?? [];
  return `${wipe ? WIPE : ""}${colour === undefined ? safe : `${COLOURS[colour]}${body}${PLAIN}${end}`}`;
}

/** Width of a row when nobody says. */
const COLUMNS = 80;

function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns || COLUMNS;
  } catch {
    return COLUMNS; // a terminal that does not tell
  }
}

/** The printer of the process. `NO_COLOR`, when it is not empty, switches colours off. */
export function processPrinter(noColour: boolean): Printer {
  const [terminal, watched] = [Deno.stdout.isTerminal(), Deno.stderr.isTerminal()];
  return {
    out: (text) => writeAll(Deno.stdout, shown(text, terminal)),
    err: (text, look) => writeAll(Deno.stderr, dressed(text, watched, look)),
    watched,
    colour: watched && !noColour,
    get columns() {
      return watched ? terminalColumns() : COLUMNS;
    },
  };
}

/** What is written to a {@linkcode memoryPrinter}. */
export interface Written extends Printer {
  /** All of standard output so far. */
  readonly stdout: string;
  /** All of standard error so far. */
  readonly stderr: string;
}

/**
 * A printer that keeps what is written, for tests and for commands that reuse
 * others. `watched` stands for a terminal on standard error, `terminal` for
 * one on standard output.
 */
export function memoryPrinter(
  options: { watched?: boolean; terminal?: boolean; colour?: boolean; columns?: number } = {},
): Written {
  const { watched = false, terminal = false } = options;
  const kept = { stdout: "", stderr: "" };
  return {
    out: (text) => void (kept.stdout += shown(text, terminal)),
    err: (text, look) => void (kept.stderr += dressed(text, watched, look)),
    watched,
    colour: options.colour ?? false,
    columns: options.columns ?? COLUMNS,
    get stdout(): string {
      return kept.stdout;
    },
    get stderr(): string {
      return kept.stderr;
    },
  };
}

/** The words of whatever was thrown, without credentials. */
export function messageOf(error: unknown): string {
  return maskSecrets(error instanceof Error ? error.message : String(error));
}

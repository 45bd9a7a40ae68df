/**
 * Where words leave the program: standard output and standard error.
 *
 * Besides `main.ts` this is the only file that writes to them. A string of
 * the engine can hold any bytes; they leave here as they are.
 *
 * @module
 */
import { toBytes } from "../engine/golang/mod.ts";

/** Writes for a person or a pipe; tests keep what is written. */
export interface Printer {
  /** Writes to standard output; adds nothing. */
  out(text: string): void;
  /** Writes to standard error; adds nothing. */
  err(text: string): void;
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
  const watched = Deno.stderr.isTerminal();
  return {
    out: (text) => writeAll(Deno.stdout, text),
    err: (text) => writeAll(Deno.stderr, text),
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

/** A printer that keeps what is written, for tests and for commands that reuse others. */
export function memoryPrinter(
  options: { watched?: boolean; colour?: boolean; columns?: number } = {},
): Written {
  const kept = { stdout: "", stderr: "" };
  return {
    out: (text) => void (kept.stdout += text),
    err: (text) => void (kept.stderr += text),
    watched: options.watched ?? false,
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

/** The words of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

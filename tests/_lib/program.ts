/**
 * Runs command lines in this process, for tests.
 *
 * @module
 */
import { memoryPrinter } from "../../cmd/mod.ts";
import { main } from "../../main.ts";

/** What a command line left behind. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a test may set of the outside. */
export interface ProgramOptions {
  /** Environment variables; none of the process's own are seen. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  /** A terminal on stderr. */
  readonly watched?: boolean;
}

/** Runs one command line; nothing of the process's environment is seen. */
export async function program(argv: readonly string[], options: ProgramOptions = {}): Promise<Outcome> {
  const variables: Readonly<Record<string, string>> = { HOME: "/home/ann", ...options.variables };
  const print = memoryPrinter({ watched: options.watched ?? false });
  const code = await main(argv, {
    variables: (name) => variables[name],
    print,
    signal: options.signal ?? new AbortController().signal,
    readStdin: () => Promise.resolve(options.stdin ?? ""),
  });
  return { code, stdout: print.stdout, stderr: print.stderr };
}

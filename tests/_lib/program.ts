/**
 * Runs command lines in this process, for tests.
 *
 * @module
 */
import { join } from "node:path";
import { memoryPrinter, type Printer, type ProgramEnd, type Programs, type RunOptions } from "../../cmd/mod.ts";
import { startError } from "../../engine/chart/plugin/mod.ts";
import { SkegError } from "../../errors.ts";
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

/** The program from its sources, for programs that call it. */
const SELF = [
  Deno.execPath(),
  "run",
  "--quiet",
  "--no-check",
  "--no-prompt",
  "-R",
  "-W",
  "-N",
  "-E",
  "-S",
  "--allow-run",
  join(import.meta.dirname ?? ".", "..", "..", "main.ts"),
];

/** Programs that do not run. */
export const NO_PROGRAMS: Programs = {
  run: (program) => Promise.reject(new SkegError("config", `a test does not run ${program}`)),
  self: () => SELF,
};

/** Runs another program and prints what it writes; its environment is `variables`. */
async function runPiped(
  print: Printer,
  variables: Readonly<Record<string, string>>,
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<ProgramEnd> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    env: { ...variables, ...options.env },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output().catch((error) => {
    throw startError(program, error);
  });
  if (!options.capture) print.out(new TextDecoder().decode(stdout));
  print.err(new TextDecoder().decode(stderr));
  return { status: code, stdout };
}

/** Runs one command line; nothing of the process's environment is seen. */
export async function program(argv: readonly string[], options: ProgramOptions = {}): Promise<Outcome> {
  const variables: Readonly<Record<string, string>> = {
    HOME: "/home/ann",
    PATH: Deno.env.get("PATH") ?? "",
    ...options.variables,
  };
  const print = memoryPrinter({ watched: options.watched ?? false });
  const code = await main(argv, {
    variables: (name) => variables[name],
    print,
    signal: options.signal ?? new AbortController().signal,
    holdSignals: () => () => {},
    readStdin: () => Promise.resolve(options.stdin ?? ""),
    programs: {
      run: (...call) => runPiped(print, variables, ...call),
      self: () => SELF,
    },
  });
  return { code, stdout: print.stdout, stderr: print.stderr };
}

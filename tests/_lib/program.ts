/**
 * Runs command lines in this process, for tests.
 *
 * @module
 */
import { join } from "node:path";
import { memoryPrinter, type Printer, type ProgramEnd, type Programs, type RunProgramOptions } from "../../cmd/mod.ts";
import { startError } from "../../engine/chart/plugin/mod.ts";
import { SkegError } from "../../errors.ts";
import { main } from "../../main.ts";

/** The result of a command line. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@linkcode program}. */
export interface ProgramOptions {
  /** Environment variables; those of the process are not visible. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  /** True if stderr is a terminal. */
  readonly watched?: boolean;
  /**
   * True to run under skeg's own name. By default the program runs as scripts of Helm 2 run it: under Helm's name,
   * with the hints that these see. Tests that compare with Helm's answers set `SKEG_HINTS` to `off`.
   */
  readonly own?: boolean;
}

/** Command that starts the program from its sources, for programs that call it. */
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

/** A runner that starts no programs. */
export const NO_PROGRAMS: Programs = {
  run: (program) => Promise.reject(new SkegError("config", `a test does not run ${program}`)),
  self: () => SELF,
};

/** Runs another program and prints its output; its environment is `variables`. */
async function runPiped(
  print: Printer,
  variables: Readonly<Record<string, string>>,
  program: string,
  args: readonly string[],
  options: RunProgramOptions,
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

/** Runs one command line in this process; the process's environment is not visible to it. */
export async function program(argv: readonly string[], options: ProgramOptions = {}): Promise<Outcome> {
  const variables: Readonly<Record<string, string>> = {
    HOME: "/home/ann",
    PATH: Deno.env.get("PATH") ?? "",
    ...options.own ? {} : { SKEG_NAME: "helm" },
    ...options.variables,
  };
  const { watched = false } = options;
  const print = memoryPrinter({ watched, hints: variables["SKEG_HINTS"] !== "off" });
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

/** Runs one command line like {@linkcode program}, without hints: for comparisons with Helm's answers. */
export function asHelm(argv: readonly string[], options: ProgramOptions = {}): Promise<Outcome> {
  return program(argv, { ...options, variables: { SKEG_HINTS: "off", ...options.variables } });
}

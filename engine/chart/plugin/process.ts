/**
 * Finds and runs other programs.
 *
 * @module
 */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { SkegError } from "../../../errors.ts";
import { quote } from "../../lang/golang/mod.ts";

/** The result of a program. */
export interface ProgramEnd {
  /** Exit status; 255 when a signal ended the program, as Helm 2 reports it. */
  readonly status: number;
  /** Its standard output, if it was captured. */
  readonly stdout: Uint8Array;
}

/** Options of a {@linkcode RunProgram}. */
export interface RunProgramOptions {
  /** Variables to add to those of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** True to capture standard output instead of passing it on. */
  readonly capture?: boolean | undefined;
}

/** Runs a program with the standard streams of this process. */
export type RunProgram = (program: string, args: readonly string[], options: RunProgramOptions) => Promise<ProgramEnd>;

/**
 * Runs a program with the standard streams of this process.
 *
 * @throws kind `config`, with Go's message, when it cannot be started.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: RunProgramOptions,
): Promise<ProgramEnd> {
  try {
    const child = new Deno.Command(program, {
      args: [...args],
      env: { ...options.env },
      stdin: "inherit",
      stdout: options.capture ? "piped" : "inherit",
      stderr: "inherit",
    });
    // `output()` requires pipes for both streams, and `inherit` has none.
    const running = child.spawn();
    const stdout = options.capture
      ? new Uint8Array(await new Response(running.stdout).arrayBuffer())
      : new Uint8Array();
    const { code, signal } = await running.status;
    return { status: signal === null ? code : 255, stdout };
  } catch (error) {
    throw startError(program, error);
  }
}

/** Returns the error for a program that did not start, with Go's message. */
export function startError(program: string, error: unknown): SkegError {
  if (error instanceof SkegError) return error;
  const reason = error instanceof Deno.errors.NotFound
    ? "no such file or directory"
    : error instanceof Deno.errors.PermissionDenied
    ? "permission denied"
    : /format/i.test(String(error))
    ? "exec format error"
    : error instanceof Error
    ? error.message
    : String(error);
  return new SkegError("config", `fork/exec ${program}: ${reason}`, { cause: error });
}

/**
 * Returns the path of a program, found as a shell finds it: in the folders of
 * `searchPath`, unless its name contains a slash.
 *
 * @throws kind `config`, with Go's message.
 */
export function findProgram(name: string, searchPath: string): string {
  // Windows has its own rules for extensions, which the runtime applies.
  if (Deno.build.os === "windows" && name !== "") return name;
  if (name === "") throw new SkegError("config", "exec: no command");
  if (name.includes("/")) return name;
  for (const folder of searchPath.split(delimiter)) {
    const path = join(folder || ".", name);
    if (isProgram(path)) return path;
  }
  throw new SkegError("config", `exec: ${quote(name)}: executable file not found in $PATH`);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

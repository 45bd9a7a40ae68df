/**
 * One run of a whole process, measured from outside.
 *
 * GNU time starts the program. It is small, so the peak of memory that it reports
 * is the program's own; and it waits for the program, so CPU time is counted to
 * the end.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** Time and memory of one run. */
export interface Sample {
  /** Wall-clock seconds from start to end. */
  readonly wall: number;
  /** CPU seconds of all cores, user and system time; includes a server that worked for the program. */
  readonly cpu: number;
  /** Peak memory of the process in MiB. */
  readonly memory: number;
}

/** Options of {@linkcode measure}. */
export interface Start {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** The complete environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Working directory. */
  readonly cwd: string;
  /** Exit statuses that count as success; default: only 0. */
  readonly codes?: readonly number[] | undefined;
}

const text = new TextDecoder();

/** Returns the path of GNU time. */
function findTime(): string {
  for (const name of ["gtime", "time"]) {
    for (const folder of (Deno.env.get("PATH") ?? "").split(delimiter)) {
      const path = join(folder, name);
      if (!existsSync(path)) continue;
      const { stdout, stderr } = new Deno.Command(path, { args: ["--version"], stdout: "piped", stderr: "piped" })
        .outputSync();
      if (/GNU/i.test(text.decode(stdout) + text.decode(stderr))) return path;
    }
  }
  throw new Error("GNU time is needed to measure; install the package `time` (`gnu-time` with Homebrew)");
}

/**
 * Returns a cache folder for each way to start Deno; nothing for other programs.
 *
 * Deno empties its code cache when it is started with other V8 flags than before. Programs that run in turns would
 * otherwise all start without one.
 */
export function denoCache(command: readonly string[], home: string): { readonly DENO_DIR?: string } {
  if (command[0] !== Deno.execPath()) return {};
  const flags = command.find((part) => part.startsWith("--v8-flags=")) ?? "";
  const script = command.find((part) => /\.[jt]s$/.test(part)) ?? "";
  const digest = createHash("sha256").update(`${flags} ${script}`).digest("hex").slice(0, 12);
  return { DENO_DIR: join(home, ".cache", `deno-${digest}`) };
}

let time: string | undefined;

/**
 * Runs a program to its end. Its output is dropped.
 *
 * @throws Error for an exit status that is not allowed; the message ends with the program's output.
 */
export async function measure({ command, env, cwd, codes = [0] }: Start): Promise<Sample> {
  time ??= findTime();
  const started = performance.now();
  const output = await new Deno.Command(time, {
    args: ["-f", "\n%U %S %M", ...command],
    cwd,
    env: { ...denoCache(command, env.HOME ?? tmpdir()), ...env },
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  const wall = (performance.now() - started) / 1000;
  const said = text.decode(output.stderr).trim().split("\n");
  const figures = said.pop() ?? "";
  if (!codes.includes(output.code)) {
    throw new Error(`${command.join(" ")} ended with ${output.code}: ${said.slice(-5).join("\n")}`);
  }
  const [user = NaN, system = NaN, kibibytes = NaN] = figures.split(" ").map(Number);
  if (Number.isNaN(user + system + kibibytes)) throw new Error(`time said ${JSON.stringify(figures)}`);
  return { wall, cpu: user + system, memory: kibibytes / 1024 };
}

/** Returns the median; for an even number of values, the upper one of the two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

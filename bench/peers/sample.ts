/**
 * One run of a whole process, measured from outside.
 *
 * GNU time starts the program: it is small, so that what it says of the peak
 * of memory is the program's own, and it waits for it, so that CPU time is
 * counted to the end.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** What one run took. */
export interface Sample {
  /** Seconds from the start to the end, by the clock on the wall. */
  readonly wall: number;
  /** Seconds of all cores, in the program and in the kernel for it; of a server that worked for it too. */
  readonly cpu: number;
  /** MiB that the process held at its peak. */
  readonly memory: number;
}

/** How a program is started. */
export interface Start {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** All of the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it runs. */
  readonly cwd: string;
  /** Exit statuses that are no failure; default 0 alone. */
  readonly codes?: readonly number[] | undefined;
}

const text = new TextDecoder();

/** The path of GNU time. */
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

let time: string | undefined;

/**
 * Runs a program to its end. What it prints is thrown away.
 *
 * @throws Error when it ends with another exit status than those allowed; the message ends with what it said.
 */
export async function measure({ command, env, cwd, codes = [0] }: Start): Promise<Sample> {
  time ??= findTime();
  const started = performance.now();
  const output = await new Deno.Command(time, {
    args: ["-f", "\n%U %S %M", ...command],
    cwd,
    env: { ...env },
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

/** The median; of an even number, the upper one of the two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/**
 * Runs the program on a pseudo terminal, as a person does.
 *
 * @module
 */
import { join } from "node:path";

/** The text on the terminal (both streams together), and the exit status. */
export interface Screen {
  readonly code: number;
  /** Every byte that was not UTF-8 is U+FFFD; lines end in `\r\n`. */
  readonly text: string;
}

/** Command that starts the program from its sources. */
const PROGRAM = [
  Deno.execPath(),
  "run",
  "--quiet",
  "--no-check",
  "-A",
  join(import.meta.dirname ?? ".", "..", "..", "main.ts"),
];

/** True if {@linkcode onTerminal} works here: it needs `script` of util-linux. */
export const HAS_TERMINAL: boolean = Deno.build.os === "linux" && await hasScript();

async function hasScript(): Promise<boolean> {
  try {
    const { stdout } = await new Deno.Command("script", { args: ["--version"] }).output();
    return new TextDecoder().decode(stdout).includes("util-linux");
  } catch {
    return false;
  }
}

/** Runs one command line on a terminal; its environment is `variables`, `PATH` and the variables that Deno needs. */
export async function onTerminal(
  argv: readonly string[],
  variables: Readonly<Record<string, string>>,
  size?: { readonly columns: number; readonly rows: number },
): Promise<Screen> {
  const words = [...PROGRAM, ...argv].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const line = size === undefined ? words : `stty cols ${size.columns} rows ${size.rows}; ${words}`;
  const { code, stdout } = await new Deno.Command("script", {
    args: ["--quiet", "--return", "--command", line, "/dev/null"],
    clearEnv: true,
    env: { ...surroundings(), TERM: "xterm-256color", ...variables },
    stdin: "null",
  }).output();
  return { code, text: new TextDecoder().decode(stdout) };
}

/** Runs one command line with pipes instead of a terminal. */
export async function onPipes(
  argv: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<{ code: number; stdout: Uint8Array; stderr: Uint8Array }> {
  const [program = "", ...first] = PROGRAM;
  return await new Deno.Command(program, {
    args: [...first, ...argv],
    clearEnv: true,
    env: { ...surroundings(), ...variables },
    stdin: "null",
  }).output();
}

/** Returns the variables that Deno needs to find its caches. */
function surroundings(): Record<string, string> {
  const home = Deno.env.get("HOME") ?? "/";
  return { PATH: Deno.env.get("PATH") ?? "", DENO_DIR: Deno.env.get("DENO_DIR") ?? join(home, ".cache", "deno") };
}

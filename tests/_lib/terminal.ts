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

/**
 * Runs one command line on a terminal; its environment is `variables`, `PATH` and the variables that Deno needs.
 *
 * `screen.typed` is text that a person types.
 */
export async function onTerminal(
  argv: readonly string[],
  variables: Readonly<Record<string, string>>,
  screen: { readonly columns?: number; readonly rows?: number; readonly typed?: string } = {},
): Promise<Screen> {
  const { columns, rows = 24, typed } = screen;
  const size = columns === undefined ? "" : `stty cols ${columns} rows ${rows}; `;
  const line = size + shellLine(argv);
  const child = new Deno.Command("script", {
    args: ["--quiet", "--return", "--command", line, "/dev/null"],
    clearEnv: true,
    env: { ...surroundings(), TERM: "xterm-256color", ...variables },
    stdin: typed === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  if (typed !== undefined) {
    const keyboard = child.stdin.getWriter();
    await keyboard.write(new TextEncoder().encode(typed));
    await keyboard.close();
  }
  const { code, stdout } = await child.output();
  return { code, text: new TextDecoder().decode(stdout) };
}

/** Starts one command line on a terminal, which is closed when the returned process ends. Nothing is read from it. */
export function spawnOnTerminal(
  argv: readonly string[],
  variables: Readonly<Record<string, string>>,
): Deno.ChildProcess {
  return new Deno.Command("script", {
    args: ["--quiet", "--return", "--command", shellLine(argv), "/dev/null"],
    clearEnv: true,
    env: { ...surroundings(), TERM: "xterm-256color", ...variables },
    stdin: "null",
    stdout: "null",
  }).spawn();
}

function shellLine(argv: readonly string[]): string {
  return [...PROGRAM, ...argv].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
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

/**
 * Argv in, exit code out; the one place where an error becomes text.
 *
 * @module
 */
import { type Outside, processPrinter, processSignals, runCommand, statusOfSignal } from "./cmd/mod.ts";
import { SkegError } from "./errors.ts";

/** Runs one command line; prints an error as `Error: …` on stderr, as Helm does. */
export async function main(argv: readonly string[], outside: Outside): Promise<number> {
  try {
    return await runCommand(argv, outside);
  } catch (error) {
    const isFolderGone = isCurrentFolderGone();
    // The runtime's words name nothing; Go's name the call.
    const isNameless = isFolderGone && error instanceof Error && !(error instanceof SkegError);
    const message = isNameless
      ? "getwd: no such file or directory"
      : error instanceof Error
      ? error.message
      : String(error);
    outside.print.err(`Error: ${message}\n`);
    const stopped = statusOfSignal(outside.signal);
    const note = rawArgumentNote(argv);
    if (note !== undefined) outside.print.err(`${note}\n`);
    if (isFolderGone) outside.print.err("The current folder no longer exists. Change to a folder that exists.\n");
    if (error instanceof SkegError) {
      const details = detailsOf(error);
      if (details !== undefined && outside.variables("SKEG_HINTS") !== "off") outside.print.err(`${details}\n`);
      // Scripts compare stderr with Helm's output, so the hint is printed on a terminal only.
      if (error.hint !== undefined && outside.print.watched) outside.print.err(`${error.hint}\n`);
      return stopped ?? error.exitCode;
    }
    if (outside.variables("HELM_DEBUG") !== undefined && error instanceof Error && error.stack !== undefined) {
      outside.print.err(`${error.stack}\n`);
    }
    return stopped ?? 1;
  }
}

/** True when the folder that the program was started in was removed. */
function isCurrentFolderGone(): boolean {
  try {
    Deno.cwd();
    return false;
  } catch (error) {
    // Without the right to read, nothing is known.
    return error instanceof Deno.errors.NotFound;
  }
}

/** The details of an error, or of the nearest one that led to it. */
function detailsOf(error: unknown): string | undefined {
  return error instanceof SkegError ? error.details ?? detailsOf(error.cause) : undefined;
}

/**
 * Returns a note when an argument is not UTF-8: the runtime has replaced bytes in it, so a path in it names
 * no file.
 */
function rawArgumentNote(argv: readonly string[]): string | undefined {
  const raw = argv.find((word) => word.includes("\ufffd"));
  if (raw === undefined) return undefined;
  const shown = raw.replaceAll("\ufffd", "\\ufffd");
  return `The argument '${shown}' is not UTF-8. If it names a file, rename that: such names cannot be opened here.`;
}

/** The process as the commands see it. */
function process(): Outside {
  const variables = (name: string) => Deno.env.get(name);
  const signals = processSignals();
  return {
    variables,
    print: processPrinter((variables("NO_COLOR") ?? "") !== "" || variables("TERM") === "dumb"),
    get signal(): AbortSignal {
      return signals.signal;
    },
    holdSignals: signals.holdSignals,
    readStdin: () => new Response(Deno.stdin.readable).text(),
    programs: {
      run: async (...call) => (await import("./engine/chart/plugin/mod.ts")).runProgram(...call),
      self: thisProgram,
    },
  };
}

/** Returns the command that starts this program: the binary itself, else Deno with the permissions of this process. */
function thisProgram(): string[] {
  if (Deno.build.standalone) return [Deno.execPath()];
  const rights = (["read", "write", "net", "env", "sys", "run"] as const)
    .filter((name) => Deno.permissions.querySync({ name }).state === "granted")
    .map((name) => `--allow-${name}`);
  const isBundle = !Deno.mainModule.endsWith("/main.ts");
  const config = isBundle ? ["--no-config", "--no-lock", "--no-npm", "--unstable-worker-options"] : [];
  return [Deno.execPath(), "run", "--quiet", "--no-prompt", ...config, ...rights, mainPath()];
}

/** Returns the path of the file that was started; loading `node:url` for it would slow every start. */
function mainPath(): string {
  const path = decodeURIComponent(new URL(Deno.mainModule).pathname);
  return Deno.build.os === "windows" ? path.replace(/^\/(?=[A-Za-z]:)/, "") : path;
}

/**
 * Fetches the pinned packages when the program runs from the sources of a fresh clone, as `deno task` does,
 * and starts again with them; returns the exit status of that run. Bundles and binaries hold their packages.
 */
async function startWithPackages(): Promise<number | undefined> {
  const folder = import.meta.dirname;
  if (Deno.build.standalone || folder === undefined || !import.meta.url.endsWith("/main.ts")) return undefined;
  if (await Deno.stat(`${folder}/node_modules`).catch(() => undefined)) return undefined;
  const deno = async (options: Deno.CommandOptions) => (await new Deno.Command(Deno.execPath(), options).output()).code;
  const code = await deno({
    args: ["install", "--quiet", "--frozen"],
    cwd: folder,
    stdout: "null",
    stderr: "inherit",
  });
  if (code !== 0) return code;
  const permissions = ["--no-prompt", "-R", "-W", "-N", "-E", "-S", "--allow-run"];
  return await deno({
    args: ["run", ...permissions, `${folder}/main.ts`, ...Deno.args],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  });
}

if (import.meta.main) {
  // The compiled program renders charts with `engine: eta` in a second process of itself that has no permissions.
  if (Deno.args[0] === "__eta") await (await import("./engine/chart/render/mod.ts")).serveEta();
  // Not `Deno.exitCode`: kept connections of a cluster must not keep the program alive.
  Deno.exit(await startWithPackages() ?? await main(Deno.args, process()));
}

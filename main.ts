/**
 * Argv in, exit code out; the one place where an error becomes text.
 *
 * @module
 */
import { failures, nameOfExecutable, type Outside, processPrinter, processSignals, runCommand } from "./cmd/mod.ts";

/** Runs one command line; prints an error as `Error: …` on stderr, as Helm does. */
export async function main(argv: readonly string[], outside: Outside): Promise<number> {
  try {
    return await runCommand(argv, outside);
  } catch (error) {
    // Loaded late, because most commands do not fail.
    const { printFailure } = await failures();
    return printFailure(error, argv, outside);
  }
}

/** The process as the commands see it. */
function process(): Outside {
  const variables = (name: string) => Deno.env.get(name) ?? (name === "SKEG_NAME" ? startedAs() : undefined);
  const signals = processSignals();
  return {
    variables,
    print: processPrinter(
      (variables("NO_COLOR") ?? "") !== "" || variables("TERM") === "dumb",
      variables("SKEG_HINTS") !== "off",
    ),
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

/** Returns the name that the executable was started by; a link keeps its own name. */
function startedAs(): string {
  if (!Deno.build.standalone) return "skeg";
  // `Deno.execPath()` has followed links; Deno's `process.argv0` has not. Reading `process` loads it, which takes
  // 13 ms of CPU time.
  const { process } = globalThis as { process?: { argv0?: string } };
  return nameOfExecutable(process?.argv0 ?? "");
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
  // `unittest` runs suites of a large chart in several processes.
  if (Deno.args[0] === "__suites") Deno.exit(await (await import("./app/unittest_process.ts")).serveSuites());
  // Not `Deno.exitCode`: kept connections of a cluster must not keep the program alive.
  Deno.exit(await startWithPackages() ?? await main(Deno.args, process()));
}

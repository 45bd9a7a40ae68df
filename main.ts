/**
 * Argv in, exit code out; the one place where an error becomes words.
 *
 * @module
 */
import { join } from "node:path";
import { type Outside, processPrinter, runCommand } from "./cmd/mod.ts";
import { SkegError } from "./errors.ts";

/** Runs one command line; what goes wrong becomes `Error: …` on stderr, as Helm prints it. */
export async function main(argv: readonly string[], outside: Outside): Promise<number> {
  try {
    return await runCommand(argv, outside);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    outside.print.err(`Error: ${message}\n`);
    if (error instanceof SkegError) {
      // Scripts compare what Helm printed; what to do next is for a person who watches.
      if (error.hint !== undefined && outside.print.watched) outside.print.err(`${error.hint}\n`);
      return error.exitCode;
    }
    if (outside.variables("HELM_DEBUG") !== undefined && error instanceof Error && error.stack !== undefined) {
      outside.print.err(`${error.stack}\n`);
    }
    return 1;
  }
}

/** The process as the commands see it. */
function process(): Outside {
  const variables = (name: string) => Deno.env.get(name);
  const stop = new AbortController();
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) {
    Deno.addSignalListener(signal, () => {
      // The first asks for an orderly end; a second does not wait for it.
      if (stop.signal.aborted) Deno.exit(130);
      stop.abort(new SkegError("aborted", `stopped by ${signal}`, { exitCode: signal === "SIGINT" ? 130 : 143 }));
    });
  }
  return {
    variables,
    print: processPrinter((variables("NO_COLOR") ?? "") !== ""),
    signal: stop.signal,
    readStdin: () => new Response(Deno.stdin.readable).text(),
  };
}

/**
 * Fetches the pinned packages when the program runs from the sources of a
 * fresh clone; `deno task` does the same. Bundles and binaries hold them.
 */
async function fetchPackages(): Promise<void> {
  if (Deno.build.standalone || !import.meta.url.endsWith("/main.ts") || import.meta.dirname === undefined) return;
  try {
    await Deno.stat(join(import.meta.dirname, "node_modules"));
  } catch {
    const install = new Deno.Command(Deno.execPath(), {
      args: ["install", "--quiet", "--frozen"],
      cwd: import.meta.dirname,
      stdout: "null",
      stderr: "inherit",
    });
    await install.output();
  }
}

if (import.meta.main) {
  await fetchPackages();
  // Not `Deno.exitCode`: kept connections of a cluster must not keep the program alive.
  Deno.exit(await main(Deno.args, process()));
}

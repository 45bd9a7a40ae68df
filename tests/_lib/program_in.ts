/**
 * Runs command lines in another folder, for tests of what depends on the current folder.
 *
 * The current folder belongs to the whole process, and test modules run side by side in one. So a process of its own runs
 * these command lines, one after the other, and changes its folder. It starts when this module is imported, because a process
 * that a test starts must end with the test; it ends when its input does.
 *
 * @module
 */
import { join } from "node:path";
import { linesOf } from "../../app/unittest_process.ts";
import type { Outcome, ProgramOptions } from "./program.ts";

/** Options of {@linkcode programIn}: those that can be sent to another process. */
export type ProgramInOptions = Omit<ProgramOptions, "signal">;

/** One command line, as it is sent. */
export interface ProgramRequest {
  readonly folder: string;
  readonly argv: readonly string[];
  readonly options: ProgramInOptions;
}

const RIGHTS = ["--no-prompt", "-R", "-W", "-N", "-E", "-S", "--allow-run"];
const child = new Deno.Command(Deno.execPath(), {
  args: ["run", "--quiet", "--no-check", ...RIGHTS, join(import.meta.dirname ?? ".", "program_process.ts")],
  stdin: "piped",
  stdout: "piped",
  stderr: "inherit",
}).spawn();
const requests = child.stdin.getWriter();
const outcomes = linesOf(child.stdout);
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs one command line like `program()`, in `folder`.
 *
 * @param folder Absolute path.
 */
export function programIn(folder: string, argv: readonly string[], options: ProgramInOptions = {}): Promise<Outcome> {
  const request: ProgramRequest = { folder, argv, options };
  const outcome = last.then(() => outcomeOf(request));
  last = outcome.catch(() => {});
  return outcome;
}

async function outcomeOf(request: ProgramRequest): Promise<Outcome> {
  await requests.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`));
  const { done, value } = await outcomes.next();
  if (done === true) throw new Error(`the process of the tests ended while it ran ${request.argv.join(" ")}`);
  return JSON.parse(value);
}

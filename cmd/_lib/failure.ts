/**
 * An error as words on standard error: Helm's line, what was found, and what to do.
 *
 * @module
 */
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { SkegError } from "../../errors.ts";
import { nearest, orList } from "../../engine/base/mod.ts";
import { typeable } from "./advice.ts";
import type { Outside } from "./command.ts";
import { programName } from "./program_name.ts";
import { statusOfSignal } from "./signals.ts";
import { wrappedAdvice } from "./wrap.ts";

/** Prints an error and returns the exit status. */
export function printFailure(error: unknown, argv: readonly string[], outside: Outside): number {
  const { print, variables } = outside;
  const isFolderGone = isCurrentFolderGone();
  // The runtime's words name nothing; Go's name the call.
  const isNameless = isFolderGone && error instanceof Error && !(error instanceof SkegError);
  const message = isNameless
    ? "getwd: no such file or directory"
    : error instanceof Error
    ? error.message
    : String(error);
  print.err(`Error: ${shownMessage(message, error, outside)}\n`, print.colour ? { colour: "red" } : {});
  const tell = (text: string) => print.err(`${text}\n`, print.colour ? { colour: "dim" } : {});
  const advise = (text: string) => {
    const advice = typeable(text, argv, variables);
    tell(print.watched ? wrappedAdvice(advice, print.columns) : advice);
  };
  if (print.hints) {
    const note = rawArgumentNote(argv);
    if (note !== undefined) advise(note);
    if (isFolderGone) advise("The current folder no longer exists. Change to a folder that exists.");
  }
  const stopped = statusOfSignal(outside.signal);
  if (error instanceof SkegError) {
    const details = detailsOf(error);
    // Their lines are aligned, and may be a log.
    if (details !== undefined && print.hints) tell(typeable(details, argv, variables));
    // Without a folder, all other advice misleads.
    const hint = error.hint ?? pathAdvice(absentPathOf(error));
    if (hint !== undefined && print.hints && !isFolderGone) advise(hint);
    return stopped ?? error.exitCode;
  }
  if (variables("HELM_DEBUG") !== undefined && error instanceof Error && error.stack !== undefined) {
    print.err(`${error.stack}\n`);
  }
  return stopped ?? 1;
}

/** Lines of Helm's own advice, below the first line of some of its errors. */
const HELM_ADVICE = /\n(?:(?:Or run|Run): helm |You might need to run `helm init`).*/g;

/**
 * Returns the message as it is printed. Under skeg's own name, Helm's advice makes room for the hint, whose command
 * lines can be typed.
 */
function shownMessage(message: string, error: unknown, { print, variables }: Outside): string {
  const hasHint = error instanceof SkegError && error.hint !== undefined && print.hints;
  return hasHint && programName(variables) === "skeg" ? message.replaceAll(HELM_ADVICE, "") : message;
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

/** The path that an error, or one that led to it, did not find. */
function absentPathOf(error: unknown): string | undefined {
  return error instanceof SkegError ? error.absentPath ?? absentPathOf(error.cause) : undefined;
}

/** Returns advice for a path that does not exist: the folder that is missing, or the name that was meant. */
function pathAdvice(path: string | undefined): string | undefined {
  if (path === undefined || path === "" || /^[a-z]+:\/\//i.test(path)) return undefined;
  const folder = dirname(path);
  let entries: string[];
  try {
    entries = readdirSync(folder);
  } catch {
    return `There is no folder ${folder}. Check the path.`;
  }
  const meant = nearest(basename(path), entries).map((name) =>
    path.startsWith(".") ? `./${join(folder, name)}` : join(folder, name)
  );
  if (meant.length > 0) return `Did you mean ${orList(meant)}?`;
  return `Check the path: there is no ${basename(path)} in ${folder === "." ? "the current folder" : folder}.`;
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

/**
 * `--sandbox FILE` with a space: the flag takes its file after an equals sign only, so FILE would be an argument, and
 * the default sandbox would be used. Loaded only for a bare `--sandbox`.
 *
 * @module
 */
import { isDatabase } from "../../engine/sandbox/mod.ts";
import type { ArgumentSources, CompletionSource } from "./command.ts";
import { UsageError } from "./usage_error.ts";

/** Endings of state files. */
const ENDING = /\.(?:db|db3|sqlite|sqlite3)$/i;
/** Sources whose words may be paths. */
const PATHS: ReadonlySet<CompletionSource> = new Set(["chart", "file", "folder"]);

/**
 * Refuses a command line on which the word after a bare `--sandbox` must be the file of a state.
 *
 * @param words The command line, without the command's name.
 * @param completes What the command's arguments are.
 * @throws UsageError with the words that were meant.
 */
export function checkSandboxWord(words: readonly string[], completes: ArgumentSources | undefined): void {
  const end = words.indexOf("--");
  const at = (end < 0 ? words : words.slice(0, end)).lastIndexOf("--sandbox");
  const next = at < 0 ? undefined : words[at + 1];
  if (next === undefined || next.startsWith("-")) return;
  const takesPaths = (completes?.sources ?? []).some((source) => PATHS.has(source));
  const isPath = /[/\\]/.test(next) && !takesPaths;
  if (!isPath && !ENDING.test(next) && !isDatabase(next)) return;
  throw new UsageError(`--sandbox takes its file after an equals sign: --sandbox=${next}`, {
    type: "flag-needs-value",
    flag: "sandbox",
  }, { hint: `With a space, ${next} would be an argument, and the default sandbox would be used.` });
}

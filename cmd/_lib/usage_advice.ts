/**
 * Adds advice to mistakes on a command line. Loaded only when there is one.
 *
 * @module
 */
import type { CommandEntry, Variables } from "./command.ts";
import { adviceFor } from "./mistakes.ts";
import { nearest, orList } from "../../engine/base/mod.ts";
import { programName } from "./program_name.ts";
import { everyCommand, subjectOf } from "./subject.ts";
import { UsageError } from "./usage_error.ts";

/** Returns the same error with a hint, if there is one to give. */
export async function withAdvice(
  error: UsageError,
  root: CommandEntry,
  path: readonly CommandEntry[],
  variables: Variables,
): Promise<UsageError> {
  const subject = await subjectOf(path, variables);
  const hint = await adviceFor(error.mistake, {
    path: path.slice(1).map(({ name }) => name),
    flags: { ...subject.globals, ...subject.flags },
    elsewhere: () => flagsOfAll(root, variables),
    commands: (root.children ?? []).map(({ name }) => name),
  });
  if (hint === undefined) return error;
  const { mistake, details, exitCode } = error;
  // Helm's guesses by spelling, such as install for uninstall, would stand beside the right answer.
  const isKnown = mistake.type === "unknown-command" && programName(variables) === "skeg";
  const message = isKnown ? error.message.split("\n")[0] ?? "" : error.message;
  return new UsageError(message, mistake, { cause: error, hint, details, exitCode });
}

/** Returns the commands that have each flag. */
async function flagsOfAll(root: CommandEntry, variables: Variables): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for (const { path, hidden } of everyCommand([root])) {
    if (hidden || path.length < 2) continue;
    const name = path.slice(1).map((entry) => entry.name).join(" ");
    for (const flag of Object.keys((await subjectOf(path, variables)).flags)) {
      found.set(flag, [...found.get(flag) ?? [], name]);
    }
  }
  return found;
}

/**
 * Returns the error for a word that is no subcommand of a group that Helm does not have.
 *
 * @param path The group, with the program in front.
 * @param root The table of commands.
 */
export function wrongSubcommand(word: string, path: readonly CommandEntry[], root: CommandEntry): UsageError {
  const names = (entry: CommandEntry | undefined): string[] =>
    (entry?.children ?? []).filter(({ hidden }) => !hidden).map(({ name }) => name);
  const [program = "", ...group] = path.map(({ name }) => name);
  const message = `unknown command ${JSON.stringify(word)} for "${[program, ...group].join(" ")}"`;
  const mistake = { type: "choice", text: word, choices: names(path.at(-1)) } as const;
  if (!names(root).includes(word) || nearest(word, mistake.choices).length > 0) return new UsageError(message, mistake);
  return new UsageError(message, mistake, { hint: `'${program} ${word}' is a command of its own.` });
}

/** Returns a sentence about a word that is no subcommand of a group. */
export function unknownSubcommand(word: string, path: readonly CommandEntry[]): string {
  const group = path.map(({ name }) => name).join(" ");
  const names = (path.at(-1)?.children ?? []).filter(({ hidden }) => !hidden).map(({ name }) => name);
  const meant = nearest(word, names);
  return `unknown command ${JSON.stringify(word)} for "${group}".${
    meant.length > 0 ? ` Did you mean ${orList(meant)}?` : ""
  }`;
}

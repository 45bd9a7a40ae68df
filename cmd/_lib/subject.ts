/**
 * The description of a command for help pages, completion and documentation: its path in the table, its
 * loaded file, and all of its flags.
 *
 * @module
 */
import { type Command, type CommandEntry, defineFlags, GLOBAL_FLAGS, type Variables } from "./command.ts";
import { type HelpSubject, PROGRAM } from "./help.ts";
import { helpFlag } from "./parse.ts";

/** Flags that are known before a command is loaded. */
export const ROOT_FLAGS = defineFlags({ ...GLOBAL_FLAGS, help: helpFlag(PROGRAM) });

/** Loads the command at `path`, which begins with the root. */
export async function subjectOf(path: readonly CommandEntry[], variables: Variables): Promise<HelpSubject> {
  const [root] = path;
  const entry = path.at(-1);
  if (root === undefined || entry === undefined) throw new Error("a command's path begins with the root");
  if (path.length === 1) return { path, command: undefined, flags: ROOT_FLAGS, globals: {}, variables };
  if (entry.name === "help") return helpSubject(root, variables);
  const command = (await entry.load?.())?.command;
  const own = { ...command?.flags, help: helpFlag(entry.name) };
  const globals = Object.fromEntries(Object.entries(GLOBAL_FLAGS).filter(([name]) => !Object.hasOwn(own, name)));
  return { path, command, flags: own, globals, variables };
}

/** Returns the description of `help`, which has no file. */
export function helpSubject(root: CommandEntry, variables: Variables): HelpSubject {
  const entry: CommandEntry = { name: "help", summary: "Help about any command" };
  const command: Command = {
    usage: "[command]",
    completes: { sources: ["command"], many: true },
    long: `Shows what a command does and which flags it takes.
Type ${PROGRAM} help [path to command] for the details of one.`,
    example: `  ${PROGRAM} help\n  ${PROGRAM} help repo add`,
    flags: {},
    run: () => Promise.resolve(),
  };
  return { path: [root, entry], command, flags: { help: helpFlag("help") }, globals: GLOBAL_FLAGS, variables };
}

/** One command of the whole table. */
export interface TableEntry {
  /** Path from the root. */
  readonly path: readonly CommandEntry[];
  /** True if help leaves it out: it is hidden, deprecated, or below such a command. */
  readonly hidden: boolean;
}

/** Returns every command of the table, the root first, each before its children. */
export function everyCommand(path: readonly CommandEntry[], hidden = false): TableEntry[] {
  const entry = path.at(-1);
  const here = hidden || (entry?.hidden ?? false) || entry?.deprecated !== undefined;
  return [{ path, hidden: here }, ...(entry?.children ?? []).flatMap((child) => everyCommand([...path, child], here))];
}

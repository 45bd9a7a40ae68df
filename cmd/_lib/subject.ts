/**
 * The description of a command for help pages, completion and documentation: its path in the table, its
 * loaded file, and all of its flags, under the name that the program was started with.
 *
 * @module
 */
import {
  type Command,
  type CommandEntry,
  defineFlags,
  type Flag,
  type Flags,
  GLOBAL_FLAGS,
  type Variables,
} from "./command.ts";
import type { HelpSubject } from "./help.ts";
import { helpFlag } from "./parse.ts";
import { type ProgramName, programName, underName } from "./program_name.ts";

/** Flags that are known before a command is loaded. */
export const ROOT_FLAGS = defineFlags({ ...GLOBAL_FLAGS, help: helpFlag("helm") });

/** `--version` of the program itself. Helm 2 has no such flag, so it does not exist under Helm's name. */
const VERSION_FLAG = defineFlags({ "version": { type: "bool", usage: "Print skeg's own version" } });

/** Loads the command at `path`, which begins with the root. */
export async function subjectOf(path: readonly CommandEntry[], variables: Variables): Promise<HelpSubject> {
  const name = programName(variables);
  const [root] = path;
  const entry = path.at(-1);
  if (root === undefined || entry === undefined) throw new Error("a command's path begins with the root");
  if (path.length === 1) {
    const version = name === "skeg" ? VERSION_FLAG : {};
    const flags = { ...GLOBAL_FLAGS, help: helpFlag(name), ...version };
    return underOneName({ path, command: undefined, flags, globals: {}, variables }, name);
  }
  if (entry.name === "help") return helpSubject(root, variables);
  const command = (await entry.load?.())?.command;
  const own = { ...command?.flags, help: helpFlag(entry.name) };
  const shorts = new Set(Object.values(own).map(({ short }) => short));
  const globals: Flags = Object.fromEntries(
    Object.entries(GLOBAL_FLAGS).filter(([name]) => !Object.hasOwn(own, name)).map(([name, flag]: [string, Flag]) => {
      const { short, ...long } = flag;
      return [name, short !== undefined && shorts.has(short) ? long : flag];
    }),
  );
  return underOneName({ path, command, flags: own, globals, variables }, name);
}

/** Returns the description of `help`, which has no file. */
export function helpSubject(root: CommandEntry, variables: Variables): HelpSubject {
  const entry: CommandEntry = { name: "help", summary: "Help about any command" };
  const command: Command = {
    usage: "[command]",
    completes: { sources: ["command"], many: true },
    long: `Shows what a command does and which flags it takes.
Type helm help [path to command] for the details of one.`,
    example: `  helm help\n  helm help repo add`,
    flags: {},
    run: () => Promise.resolve(),
  };
  const subject = { path: [root, entry], command, flags: { help: helpFlag("help") }, globals: GLOBAL_FLAGS, variables };
  return underOneName(subject, programName(variables));
}

/** Returns the subject with the program's name in its path and in all of its texts. */
function underOneName(subject: HelpSubject, name: ProgramName): HelpSubject {
  const { path: [root, ...below], command, flags, globals } = subject;
  const path = [...root === undefined ? [] : [{ ...root, name }], ...below].map((entry) => ({
    ...entry,
    ...entry.long === undefined ? {} : { long: underName(entry.long, name) },
    ...entry.example === undefined ? {} : { example: underName(entry.example, name) },
  }));
  return {
    ...subject,
    path,
    command: command && {
      ...command,
      long: underName(command.long, name),
      ...command.example === undefined ? {} : { example: underName(command.example, name) },
    },
    flags: flagsUnder(flags, name),
    globals: flagsUnder(globals, name),
  };
}

function flagsUnder(flags: Flags, name: ProgramName): Flags {
  return Object.fromEntries(
    Object.entries(flags).filter(([, { own }]) => !own || name === "skeg").map((
      [key, flag],
    ) => [key, { ...flag, usage: underName(flag.usage, name) }]),
  );
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

/**
 * Finds the completions of a word, from the table of commands.
 *
 * Pure except for loading the files of commands; names from the cluster or the disk come from
 * `complete_sources.ts`.
 *
 * @module
 */
import type { Command, CommandEntry, CompletionSource, Flag, Flags, Variables } from "./command.ts";
import type { HelpSubject } from "./help.ts";
import { findCommand, parseFlags } from "./parse.ts";
import { ROOT_FLAGS, subjectOf } from "./subject.ts";

/** One completion. */
export interface Candidate {
  readonly value: string;
  /** A short description; empty: none. */
  readonly about: string;
}

/** The completion that is requested. */
export interface Question {
  readonly subject: HelpSubject;
  /** Text before {@linkcode Question.typed} within the same word: `--output=`, or nothing. */
  readonly prefix: string;
  /** The part that is typed already. */
  readonly typed: string;
  /** Arguments before the word. */
  readonly args: readonly string[];
  /** Candidates from the table: names of commands and flags. */
  readonly candidates: readonly Candidate[];
  /** Source of further candidates. */
  readonly source: CompletionSource;
  /** Values of flags before the word, for opening the right cluster and home. */
  readonly values: ReturnType<typeof parseFlags>["values"];
}

/**
 * Returns the completion request for the last of `words`.
 *
 * @param words Words after the program's name, the one being typed last.
 */
export async function questionOf(
  root: CommandEntry,
  words: readonly string[],
  variables: Variables,
): Promise<Question> {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? "";
  const { path, words: rest } = findCommand(root, before, ROOT_FLAGS);
  const subject = await subjectOf(path, variables);
  if (subject.command?.verbatim) {
    // A plugin: its words are unknown here.
    const { values } = parseFlags([], ROOT_FLAGS, variables);
    return { subject, args: rest, values, prefix: "", typed: current, candidates: [], source: "file" };
  }
  const flags: Flags = { ...subject.globals, ...subject.flags };
  const { open, args, values } = readBefore(rest, flags, variables);
  const base = { subject, args, values, prefix: "", typed: current, candidates: [], source: undefined };
  const { command } = subject;
  if (rest.includes("--")) return { ...base, source: argumentSource(command, args.length) };
  if (open !== undefined) return { ...base, source: flagSource(flags, open), ...lastOfList(flags, open, "", current) };
  const equals = current.startsWith("--") ? current.indexOf("=") : -1;
  if (equals > 0) {
    const name = current.slice(2, equals);
    const part = lastOfList(flags, name, current.slice(0, equals + 1), current.slice(equals + 1));
    return { ...base, source: flagSource(flags, name), ...part };
  }
  if (current.startsWith("-")) return { ...base, candidates: flagCandidates(flags) };
  const children = args.length === 0 ? commandCandidates(path.at(-1)) : [];
  return { ...base, candidates: children, source: argumentSource(command, args.length) };
}

/** Returns the part of a value that is completed: of names separated by commas the last one. */
function lastOfList(flags: Flags, name: string, prefix: string, typed: string): Pick<Question, "prefix" | "typed"> {
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
  const end = flag?.type === "valueFiles" && flag.complete === "context" ? typed.lastIndexOf(",") + 1 : 0;
  return { prefix: prefix + typed.slice(0, end), typed: typed.slice(end) };
}

/** Parses the finished words; `open` is the flag whose value is the next word. */
function readBefore(words: readonly string[], flags: Flags, variables: Variables): {
  open: string | undefined;
  args: readonly string[];
  values: Question["values"];
} {
  const last = words.at(-1) ?? "";
  const open = words.indexOf("--") >= 0 ? undefined : openFlag(last, flags);
  const finished = open === undefined ? words : words.slice(0, -1);
  try {
    const { args, values } = parseFlags(finished, flags, variables);
    return { open, args, values };
  } catch {
    // An error earlier in the line: use the defaults, and count all plain words as arguments.
    const { values } = parseFlags([], flags, variables);
    return { open, args: finished.filter((word) => !word.startsWith("-")), values };
  }
}

/** Returns the flag of `word` that still needs a value. */
function openFlag(word: string, flags: Flags): string | undefined {
  const needsValue = (flag: Flag | undefined) => flag !== undefined && flag.type !== "bool" && flag.bare === undefined;
  if (word.startsWith("--")) {
    const name = word.slice(2);
    return Object.hasOwn(flags, name) && needsValue(flags[name]) ? name : undefined;
  }
  if (!/^-[^-]/.test(word)) return undefined;
  const [name, flag] = Object.entries(flags).find(([, { short }]) => short === word.slice(-1)) ?? [];
  // All letters before it must be flags without values, or it belongs to the value of one of them.
  const others = [...word.slice(1, -1)];
  const alone = others.every((letter) =>
    Object.values(flags).some((each) => each.short === letter && !needsValue(each))
  );
  return alone && needsValue(flag) ? name : undefined;
}

function flagSource(flags: Flags, name: string): CompletionSource {
  return Object.hasOwn(flags, name) ? flags[name]?.complete : undefined;
}

function argumentSource(command: Command | undefined, at: number): CompletionSource {
  const { sources, many = false } = command?.completes ?? { sources: [] };
  return at < sources.length ? sources[at] : many ? sources.at(-1) : undefined;
}

function flagCandidates(flags: Flags): Candidate[] {
  return Object.entries(flags)
    .filter(([, { deprecated, helm3 }]) => deprecated === undefined && helm3 !== true)
    .map(([name, { usage }]) => ({ value: `--${name}`, about: usage }))
    .toSorted((a, b) => a.value < b.value ? -1 : 1);
}

/** Returns the subcommands of a command. */
export function commandCandidates(entry: CommandEntry | undefined): Candidate[] {
  return (entry?.children ?? [])
    .filter(({ hidden, deprecated }) => !hidden && deprecated === undefined)
    .map(({ name, summary }) => ({ value: name, about: summary }))
    .toSorted((a, b) => a.value < b.value ? -1 : 1);
}

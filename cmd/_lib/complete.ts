/**
 * What can stand at the place of a word: decided from the table of commands.
 *
 * Pure but for loading the files of commands; what only the cluster or the
 * disk knows comes from `_complete_sources.ts`.
 *
 * @module
 */
import type { CommandEntry, Flag, Flags, Variables } from "./command.ts";
import type { HelpSubject } from "./help.ts";
import { findCommand, parseFlags } from "./parse.ts";
import { ROOT_FLAGS, subjectOf } from "./subject.ts";

/** Kinds of things that people name on a command line. */
export type Source =
  | "chart" // repository/name, or a path
  | "chart-version"
  | "command"
  | "context"
  | "file"
  | "folder"
  | "namespace"
  | "plugin"
  | "release"
  | "repository"
  | "revision"
  | { readonly words: readonly string[] }
  | undefined;

/** One thing that may stand there. */
export interface Candidate {
  readonly value: string;
  /** A few words on it; empty: none. */
  readonly about: string;
}

/** What is asked for. */
export interface Question {
  readonly subject: HelpSubject;
  /** What candidates begin with before the part that {@linkcode Question.typed} is: `--output=`, or nothing. */
  readonly prefix: string;
  /** The beginning that is typed already. */
  readonly typed: string;
  /** Arguments before the word. */
  readonly args: readonly string[];
  /** Known already: names of commands and flags. */
  readonly candidates: readonly Candidate[];
  /** Where else candidates come from. */
  readonly source: Source;
  /** Values of flags before the word, for opening the right cluster and home. */
  readonly values: ReturnType<typeof parseFlags>["values"];
}

const FORMATS: Source = { words: ["table", "json", "yaml"] };
const NO_TABLE: Source = { words: ["json", "yaml"] };

/** What the values of flags name, for all commands that have them. */
const FLAG_SOURCES: Readonly<Record<string, Source>> = {
  "backup": "folder",
  "ca-file": "file",
  "cert-file": "file",
  "destination": "folder",
  "dir": "folder",
  "home": "folder",
  "key-file": "file",
  "keyring": "file",
  "kube-context": "context",
  "kubeconfig": "file",
  "merge": "file",
  "namespace": "namespace",
  "apply": { words: ["tiller", "three-way", "server-side"] },
  "removed-apis": { words: ["refuse", "map"] },
  "output": FORMATS,
  "output-dir": "folder",
  "repo-path": "folder",
  "revision": "revision",
  "sandbox": "file",
  "starter": "folder",
  "storage": { words: ["configmap", "secret", "memory"] },
  "tiller-namespace": "namespace",
  "tiller-tls-cert": "file",
  "tiller-tls-key": "file",
  "tls-ca-cert": "file",
  "tls-cert": "file",
  "tls-key": "file",
  "untardir": "folder",
  "values": "file",
  "version": "chart-version",
};

/** Where a command's flag means something else. */
const OWN_FLAG_SOURCES: Readonly<Record<string, Readonly<Record<string, Source>>>> = {
  "docs": { "type": { words: ["markdown", "man", "bash"] } },
  "get values": { "output": NO_TABLE },
  "init": { "output": NO_TABLE },
  "lint": { "kube-version": { words: ["cluster"] } },
  "list": { "offset": "release", "output": NO_TABLE },
  "package": { "version": undefined },
  "plugin install": { "version": undefined },
  "search": { "version": undefined },
  "template": { "kube-version": { words: ["cluster"] } },
};

/** What arguments name, first to last; the last one counts for all that follow when `many` is set. */
interface Arguments {
  readonly sources: readonly Source[];
  readonly many?: boolean;
}

/** Shells that `completion` knows. */
export const SHELLS = ["bash", "fish", "powershell", "zsh"] as const;

const ARGUMENTS: Readonly<Record<string, Arguments>> = {
  "completion": { sources: [{ words: SHELLS }] },
  "delete": { sources: ["release"], many: true },
  "dependency build": { sources: ["folder"] },
  "dependency list": { sources: ["file"] },
  "dependency update": { sources: ["folder"] },
  "fetch": { sources: ["chart"], many: true },
  "get": { sources: ["release"] },
  "get hooks": { sources: ["release"] },
  "get manifest": { sources: ["release"] },
  "get notes": { sources: ["release"] },
  "get values": { sources: ["release"] },
  "help": { sources: ["command"], many: true },
  "history": { sources: ["release"] },
  "inspect": { sources: ["chart"] },
  "inspect chart": { sources: ["chart"] },
  "inspect readme": { sources: ["chart"] },
  "inspect values": { sources: ["chart"] },
  "install": { sources: ["chart"] },
  "lint": { sources: ["file"], many: true },
  "package": { sources: ["folder"], many: true },
  "plugin install": { sources: ["folder"] },
  "plugin remove": { sources: ["plugin"], many: true },
  "plugin update": { sources: ["plugin"], many: true },
  "push": { sources: ["file"] },
  "repair map-apis": { sources: ["release"] },
  "repair undo": { sources: ["file"] },
  "repo index": { sources: ["folder"] },
  "repo remove": { sources: ["repository"], many: true },
  "repo update": { sources: ["repository"] },
  "rollback": { sources: ["release", "revision"] },
  "status": { sources: ["release"] },
  "template": { sources: ["file"] },
  "test": { sources: ["release"] },
  "upgrade": { sources: ["release", "chart"] },
  "verify": { sources: ["file"] },
};

/**
 * Finds out what may stand at the place of the last of `words`.
 *
 * @param words Those after the program's name, the one being typed last.
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
    // A plugin: only it knows its words.
    const { values } = parseFlags([], ROOT_FLAGS, variables);
    return { subject, args: rest, values, prefix: "", typed: current, candidates: [], source: "file" };
  }
  const flags: Flags = { ...subject.globals, ...subject.flags };
  const { open, args, values } = readBefore(rest, flags, variables);
  const base = { subject, args, values, prefix: "", typed: current, candidates: [], source: undefined };
  const command = path.slice(1).map(({ name }) => name).join(" ");
  if (rest.includes("--")) return { ...base, source: argumentSource(command, args.length) };
  if (open !== undefined) return { ...base, source: flagSource(command, open) };
  const equals = current.startsWith("--") ? current.indexOf("=") : -1;
  if (equals > 0) {
    const source = flagSource(command, current.slice(2, equals));
    return { ...base, source, prefix: current.slice(0, equals + 1), typed: current.slice(equals + 1) };
  }
  if (current.startsWith("-")) return { ...base, candidates: flagCandidates(flags) };
  const children = args.length === 0 ? commandCandidates(path.at(-1)) : [];
  return { ...base, candidates: children, source: argumentSource(command, args.length) };
}

/** Reads the finished words; `open` is the flag that the next word is the value of. */
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
    // A mistake earlier in the line: the defaults, and as many arguments as there are plain words.
    const { values } = parseFlags([], flags, variables);
    return { open, args: finished.filter((word) => !word.startsWith("-")), values };
  }
}

/** The flag that `word` leaves in need of a value. */
function openFlag(word: string, flags: Flags): string | undefined {
  const needsValue = (flag: Flag | undefined) => flag !== undefined && flag.type !== "bool" && flag.bare === undefined;
  if (word.startsWith("--")) {
    const name = word.slice(2);
    return Object.hasOwn(flags, name) && needsValue(flags[name]) ? name : undefined;
  }
  if (!/^-[^-]/.test(word)) return undefined;
  const [name, flag] = Object.entries(flags).find(([, { short }]) => short === word.slice(-1)) ?? [];
  // All letters before it must stand alone, or it belongs to the value of one of them.
  const others = [...word.slice(1, -1)];
  const alone = others.every((letter) =>
    Object.values(flags).some((each) => each.short === letter && !needsValue(each))
  );
  return alone && needsValue(flag) ? name : undefined;
}

function flagSource(command: string, name: string): Source {
  const own = OWN_FLAG_SOURCES[command];
  if (own !== undefined && Object.hasOwn(own, name)) return own[name];
  return Object.hasOwn(FLAG_SOURCES, name) ? FLAG_SOURCES[name] : undefined;
}

function argumentSource(command: string, at: number): Source {
  const { sources, many = false } = ARGUMENTS[command] ?? { sources: [] };
  return at < sources.length ? sources[at] : many ? sources.at(-1) : undefined;
}

/** Names of commands that have arguments of a known kind; a test compares them with the table. */
export const COMPLETED_COMMANDS: readonly string[] = Object.keys(ARGUMENTS);

function flagCandidates(flags: Flags): Candidate[] {
  return Object.entries(flags)
    .filter(([, { deprecated }]) => deprecated === undefined)
    .map(([name, { usage }]) => ({ value: `--${name}`, about: usage }))
    .toSorted((a, b) => a.value < b.value ? -1 : 1);
}

/** The commands below one. */
export function commandCandidates(entry: CommandEntry | undefined): Candidate[] {
  return (entry?.children ?? [])
    .filter(({ hidden, deprecated }) => !hidden && deprecated === undefined)
    .map(({ name, summary }) => ({ value: name, about: summary }))
    .toSorted((a, b) => a.value < b.value ? -1 : 1);
}

/**
 * How a command is declared: its flags, its words and what it runs.
 *
 * A command file exports one value made by {@linkcode defineCommand}; the
 * table in `mod.ts` names it. Parsing (`_parse.ts`), help (`_help.ts`) and
 * later completions read the same declarations.
 *
 * @module
 */
import type { RunProgram } from "../../engine/chart/plugin/mod.ts";
import { userHome } from "../../app/home.ts";
import type { Variables } from "../../app/variables.ts";
import type { Printer } from "./print.ts";
import type { Signals } from "./signals.ts";

/** How a flag's value is read; named as help pages show it (`bool` shows nothing). */
export type FlagType =
  | "bool"
  | "string"
  | "int" // 64 bits
  | "int32"
  | "uint"
  | "uint32"
  | "stringArray" // every use adds one
  | "valueFiles" // every use adds what stands between its commas
  | "OutputFormat";

export type { Variables };

/** What a flag of a type holds. */
export type FlagValue<T extends FlagType> = T extends "bool" ? boolean
  : T extends "int" | "int32" | "uint" | "uint32" ? number
  : T extends "stringArray" | "valueFiles" ? string[]
  : string;

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

/** What arguments name, first to last; the last one counts for all that follow when `many` is set. */
export interface ArgumentSources {
  readonly sources: readonly Source[];
  readonly many?: boolean;
}

/** One flag. */
export interface Flag<T extends FlagType = FlagType> {
  /** How its value is read. */
  readonly type: T;
  /** One letter. */
  readonly short?: string;
  /** Help text. */
  readonly usage: string;
  /** Value when the flag is not given; the type's zero value when absent. A function may look at environment variables. */
  readonly default?: FlagValue<T> | ((variables: Variables) => FlagValue<T>);
  /** Environment variable whose value is taken when the flag is not given; what the flag cannot read is ignored. */
  readonly variable?: string;
  /** Value when the flag is given without `=VALUE`; such a flag never takes the next word. */
  readonly bare?: string;
  /** Says what to use instead; the flag works and is left out of help. */
  readonly deprecated?: string;
  /** What its value names, for completion; absent: free text. */
  readonly complete?: Source;
  /** Restricts values further; throws or returns the reason in Helm's words. */
  readonly check?: (value: FlagValue<T>) => string | undefined;
}

/** Flags by name. */
export type Flags = Readonly<Record<string, Flag>>;

/** What parsing makes of {@linkcode Flags}. */
export type FlagValues<F extends Flags> = { readonly [K in keyof F]: FlagValue<F[K]["type"]> };

/** The process, as far as commands may touch it; tests hand in their own. */
export interface Outside extends Signals {
  /** Environment variables. */
  readonly variables: Variables;
  /** Where words go. */
  readonly print: Printer;
  /** All of standard input. */
  readonly readStdin: () => Promise<string>;
  /** Other programs. */
  readonly programs: Programs;
}

/** Other programs, as far as commands start some. */
export interface Programs {
  /** Runs one on the streams of this process. */
  readonly run: RunProgram;
  /** What starts this very program: a program, and its first arguments. */
  readonly self: () => readonly string[];
}

/** What a running command holds. */
export interface Context<F extends Flags = Flags> extends Outside {
  /** Values of the command's own flags, defaults filled in. */
  readonly flags: FlagValues<F>;
  /** Values of the global flags. */
  readonly globals: Globals;
  /** Words that are no flags. */
  readonly args: readonly string[];
  /** Names of the flags that stood on the command line. */
  readonly given: ReadonlySet<string>;
}

/** A command, as its file exports it. */
export interface Command<F extends Flags = Flags> {
  /** What follows the command's path in `Usage:`, such as `[flags] RELEASE_NAME`; `[flags]` is added when it is missing. */
  readonly usage: string;
  /** What its arguments name, for completion; absent: nothing that is known. */
  readonly completes?: ArgumentSources;
  /** What the command is for, in sentences. */
  readonly long: string;
  /** Lines for help's `Examples:`. */
  readonly example?: string;
  /** Its own flags; the global ones come by themselves. */
  readonly flags: F;
  /** Takes all words as they are: none of them is a flag, not even `--help`. */
  readonly verbatim?: boolean;
  /** Does the work; the number is the exit status, nothing is 0. */
  readonly run: (context: Context<F>) => Promise<number | void>;
}

/** One line of the table of commands. */
export interface CommandEntry {
  /** What people type. */
  readonly name: string;
  /** Other names for it. */
  readonly aliases?: readonly string[];
  /** One line for the list of commands. */
  readonly summary: string;
  /** Other words that people type for it; suggested when they do. */
  readonly suggestFor?: readonly string[];
  /** Left out of help. */
  readonly hidden?: boolean;
  /** Says what to use instead. */
  readonly deprecated?: string;
  /** Whether it and its subcommands begin with requests to the cluster, so that something may be made ready for them while its file is loaded. */
  readonly opensCluster?: boolean;
  /** Loads the command's file; a group without an action of its own has none. */
  readonly load?: () => Promise<{ readonly command: Command }>;
  /** For a group without an action: its sentences. */
  readonly long?: string;
  /** For a group without an action: lines for help's `Examples:`. */
  readonly example?: string;
  /** Subcommands. */
  readonly children?: readonly CommandEntry[];
}

/** Declares a command; exists so that `flags` and `run` are checked against each other. */
export function defineCommand<F extends Flags>(command: Command<F>): Command {
  // The parser fills `context.flags` from `command.flags`, so the wider type is honest at run time.
  return command as unknown as Command;
}

/** Declares flags; exists so that the types of their values are kept. */
export function defineFlags<const F extends Flags>(flags: F): F {
  return flags;
}

/** Flags that every command knows; a command's own flag of the same name wins. */
export const GLOBAL_FLAGS = defineFlags({
  "debug": { type: "bool", usage: "Enable verbose output", variable: "HELM_DEBUG" },
  "history-max": {
    type: "int",
    usage: "Number of revisions to keep per release; 0 keeps all. Overrides $TILLER_HISTORY_MAX",
    variable: "TILLER_HISTORY_MAX",
  },
  "home": {
    type: "string",
    complete: "folder",
    usage: "Location of your Helm config. Overrides $HELM_HOME",
    variable: "HELM_HOME",
    default: userHome,
  },
  "host": { type: "string", usage: "Address of Tiller. Overrides $HELM_HOST", variable: "HELM_HOST" },
  "kube-context": { type: "string", complete: "context", usage: "Name of the kubeconfig context to use" },
  "kubeconfig": { type: "string", complete: "file", usage: "Absolute path of the kubeconfig file to be used" },
  "parallelism": {
    type: "int",
    usage: "Number of requests to the cluster that are on their way at once. Overrides $SKEG_PARALLELISM",
    variable: "SKEG_PARALLELISM",
    default: 32,
  },
  "sandbox": {
    type: "string",
    complete: "file",
    usage:
      "Use the sandbox instead of a cluster; with =FILE, the one whose state is kept in FILE. Overrides $SKEG_SANDBOX",
    variable: "SKEG_SANDBOX",
    bare: "default",
  },
  "storage": {
    type: "string",
    complete: { words: ["configmap", "secret", "memory"] },
    usage: "Where release records are kept: configmap, secret or memory. Overrides $SKEG_STORAGE",
    variable: "SKEG_STORAGE",
    default: "configmap",
  },
  "tiller-connection-timeout": {
    type: "int",
    usage: "The duration (in seconds) Helm will wait to establish a connection to Tiller",
    default: 300,
  },
  "tiller-namespace": {
    type: "string",
    complete: "namespace",
    usage: "Namespace of Tiller",
    variable: "TILLER_NAMESPACE",
    default: "kube-system",
  },
});

/** Values of the global flags. */
export interface Globals {
  /** Tell more. */
  readonly "debug": boolean;
  /** Revisions to keep per release; 0 keeps all. */
  readonly "history-max": number;
  /** Folder of Helm's own files, variables not filled in. */
  readonly "home": string;
  /** Address of Tiller; not used. */
  readonly "host": string;
  /** Requests on their way at once. */
  readonly "parallelism": number;
  /** Context of the kubeconfig; empty: the current one. */
  readonly "kube-context": string;
  /** Path of the kubeconfig; empty: the usual places. */
  readonly "kubeconfig": string;
  /** Empty: a real cluster; `default`: this user's sandbox; else the file of a sandbox's state. */
  readonly "sandbox": string;
  /** Where release records are kept. */
  readonly "storage": string;
  /** Not used. */
  readonly "tiller-connection-timeout": number;
  /** Namespace of the release records. */
  readonly "tiller-namespace": string;
}

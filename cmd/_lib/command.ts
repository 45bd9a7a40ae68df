/**
 * The declaration of a command: flags, help texts and the function to run.
 *
 * A command file exports one value made by {@linkcode defineCommand}; the table in `mod.ts` names it. Parsing
 * (`parse.ts`), help (`help.ts`) and completion (`complete.ts`) read the same declarations.
 *
 * @module
 */
import type { RunProgram } from "../../engine/chart/plugin/mod.ts";
import { RECORDS_NAMESPACE } from "../../engine/model/mod.ts";
import { STORAGE_LIST, STORAGE_NAMES } from "../../storage/kinds.ts";
import { userHome } from "../../app/home.ts";
import type { Variables } from "../../app/variables.ts";
import type { Printer } from "./print.ts";
import type { Signals } from "./signals.ts";

/** Type of a flag's value, named as on help pages (`bool` shows nothing). */
export type FlagType =
  | "bool"
  | "string"
  | "int" // 64 bits
  | "int32"
  | "uint"
  | "uint32"
  | "stringArray" // every use adds one
  | "valueFiles" // every use adds its comma-separated parts
  | "OutputFormat";

export type { Variables };

/** The value of a flag of a type. */
export type FlagValue<T extends FlagType> = T extends "bool" ? boolean
  : T extends "int" | "int32" | "uint" | "uint32" ? number
  : T extends "stringArray" | "valueFiles" ? string[]
  : string;

/** Kinds of names on a command line, for completion. */
export type CompletionSource =
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

/** Kinds of a command's arguments, first to last; with `many`, the last one also holds for all later arguments. */
export interface ArgumentSources {
  /** Kinds of the arguments, by position. */
  readonly sources: readonly CompletionSource[];
  /** True if the last kind also holds for all later arguments. */
  readonly many?: boolean;
}

/** One flag. */
export interface Flag<T extends FlagType = FlagType> {
  /** Type of its value. */
  readonly type: T;
  /** One letter. */
  readonly short?: string;
  /** Help text. */
  readonly usage: string;
  /** Value when the flag is not given; the type's zero value when absent. A function may read environment variables. */
  readonly default?: FlagValue<T> | ((variables: Variables) => FlagValue<T>);
  /** Environment variable that is used when the flag is not given; an invalid value is ignored. */
  readonly variable?: string;
  /** Value when the flag is given without `=VALUE`; such a flag never takes the next word. */
  readonly bare?: string;
  /** Deprecation message: what to use instead. The flag works and is hidden from help. */
  readonly deprecated?: string;
  /** True for a number of seconds: under skeg's own name, durations such as `5m` are understood, too. */
  readonly seconds?: boolean;
  /** If true, the flag exists under skeg's own name only, and help leaves it out: it is Helm 3's, and without effect. */
  readonly helm3?: boolean;
  /** If true, the flag exists under skeg's own name only; help shows it there. */
  readonly own?: boolean;
  /** Kind of its value, for completion; absent: free text. */
  readonly complete?: CompletionSource;
  /** Checks the value; throws or returns the problem in Helm's words. */
  readonly check?: (value: FlagValue<T>) => string | undefined;
}

/** Flags by name. */
export type Flags = Readonly<Record<string, Flag>>;

/** The parsed values of {@linkcode Flags}. */
export type FlagValues<F extends Flags> = { readonly [K in keyof F]: FlagValue<F[K]["type"]> };

/** The parts of the process that commands may use; tests pass their own. */
export interface Outside extends Signals {
  /** Environment variables. */
  readonly variables: Variables;
  /** Prints to standard output and standard error. */
  readonly print: Printer;
  /** Reads all of standard input. */
  readonly readStdin: () => Promise<string>;
  /** Starts other programs. */
  readonly programs: Programs;
}

/** Starts other programs. */
export interface Programs {
  /** Runs one on the streams of this process. */
  readonly run: RunProgram;
  /** Returns the command that starts this program: a program and its first arguments. */
  readonly self: () => readonly string[];
}

/** The context of a running command. */
export interface Context<F extends Flags = Flags> extends Outside {
  /** Values of the command's own flags, defaults filled in. */
  readonly flags: FlagValues<F>;
  /** Values of the global flags. */
  readonly globals: Globals;
  /** Arguments: words that are not flags. */
  readonly args: readonly string[];
  /** Names of the flags on the command line. */
  readonly given: ReadonlySet<string>;
  /**
   * Prints advice on standard error, unless hints are off. Command lines in it stand in single quotes, begin with `skeg`,
   * and get the flags that chose the cluster.
   */
  readonly advise: (text: string) => void;
  /** Returns a text whose command lines are completed as those of `advise` are. */
  readonly typeable: (text: string) => string;
}

/** A command, as its file exports it. */
export interface Command<F extends Flags = Flags> {
  /** Usage after the command's path, such as `[flags] RELEASE_NAME`; `[flags]` is added when it is missing. */
  readonly usage: string;
  /** Kinds of its arguments, for completion; absent: none. */
  readonly completes?: ArgumentSources;
  /** Description in sentences, for help. */
  readonly long: string;
  /** Lines for help's `Examples:`. */
  readonly example?: string;
  /** Its own flags; global ones are added. */
  readonly flags: F;
  /** If true, all words are arguments, even those that look like flags, such as `--help`. */
  readonly verbatim?: boolean;
  /** Runs the command; returns the exit status, default 0. */
  readonly run: (context: Context<F>) => Promise<number | void>;
}

/** One line of the table of commands. */
export interface CommandEntry {
  /** The command's name. */
  readonly name: string;
  /** Other names for it. */
  readonly aliases?: readonly string[];
  /** One line for the list of commands. */
  readonly summary: string;
  /** Unknown words for which this command is suggested. */
  readonly suggestFor?: readonly string[];
  /** True for a command that Helm 2 does not have. */
  readonly own?: boolean;
  /** Left out of help. */
  readonly hidden?: boolean;
  /** Deprecation message: what to use instead. */
  readonly deprecated?: string;
  /**
   * True if it and its subcommands begin with requests to the cluster; these are then prepared while the
   * command's file is loaded.
   */
  readonly opensCluster?: boolean;
  /** Loads the command's file; absent for a group without an action. */
  readonly load?: () => Promise<{ readonly command: Command }>;
  /** For a group without an action: its description. */
  readonly long?: string;
  /** For a group without an action: lines for help's `Examples:`. */
  readonly example?: string;
  /** Subcommands. */
  readonly children?: readonly CommandEntry[];
  /** If true, a subcommand may also follow its first argument: `repair web settle` is `repair settle web`. */
  readonly takesSubjectFirst?: boolean;
}

/** Declares a command, so that the types of `flags` and `run` are checked against each other. */
export function defineCommand<F extends Flags>(command: Command<F>): Command {
  // The parser fills `context.flags` from `command.flags`, so the wider type is correct at run time.
  return command as unknown as Command;
}

/** Declares flags, keeping the types of their values. */
export function defineFlags<const F extends Flags>(flags: F): F {
  return flags;
}

/** Flags of every command; a command's own flag of the same name wins. */
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
    usage: "Number of concurrent requests to the cluster. Overrides $SKEG_PARALLELISM",
    variable: "SKEG_PARALLELISM",
    default: 32,
    check: (requests) => Number(requests) >= 1 ? undefined : "it must be at least 1",
  },
  "sandbox": {
    type: "string",
    complete: "file",
    usage:
      "Use the sandbox instead of a cluster; with =FILE, the one whose state is kept in FILE. Overrides $SKEG_SANDBOX",
    variable: "SKEG_SANDBOX",
    bare: "default",
  },
  "sql-connection-string": {
    type: "string",
    usage: "With --storage sql: the database of Tiller's records. Better set $SKEG_SQL_CONNECTION_STRING, which no " +
      "list of processes shows",
    variable: "SKEG_SQL_CONNECTION_STRING",
  },
  "sql-create-schema": {
    type: "bool",
    usage: "With --storage sql: make the table of Tiller's records if the database has none",
  },
  "storage": {
    type: "string",
    complete: { words: STORAGE_NAMES },
    usage: `Where release records are kept: ${STORAGE_LIST}. Overrides $SKEG_STORAGE`,
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
    default: RECORDS_NAMESPACE,
  },
  "v": {
    type: "int",
    short: "v",
    usage: "Log requests to the API server on standard error: 6 shows the requests, 7 headers, 8 and 9 bodies, too",
    own: true,
    check: (level) => Number(level) >= 0 ? undefined : "it must be at least 0",
  },
});

/** Values of the global flags. */
export interface Globals {
  /** Enables verbose output. */
  readonly "debug": boolean;
  /** Revisions to keep per release; 0 keeps all. */
  readonly "history-max": number;
  /** Folder of Helm's files, variables not filled in. */
  readonly "home": string;
  /** Address of Tiller; not used. */
  readonly "host": string;
  /** Concurrent requests. */
  readonly "parallelism": number;
  /** Context of the kubeconfig; empty: the current one. */
  readonly "kube-context": string;
  /** Path of the kubeconfig; empty: the usual places. */
  readonly "kubeconfig": string;
  /** Empty: a real cluster; `default`: this user's sandbox; else the file of a sandbox's state. */
  readonly "sandbox": string;
  /** The database of the storage `sql`. */
  readonly "sql-connection-string": string;
  /** Makes the table of records. */
  readonly "sql-create-schema": boolean;
  /** Where release records are kept. */
  readonly "storage": string;
  /** Not used. */
  readonly "tiller-connection-timeout": number;
  /** Namespace of the release records. */
  readonly "tiller-namespace": string;
  /** Level of the log of requests: 6 to 9; below 6 there is none. */
  readonly "v": number;
}

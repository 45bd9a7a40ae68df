/**
 * How a command is declared: its flags, its words and what it runs.
 *
 * A command file exports one value made by {@linkcode defineCommand}; the
 * table in `mod.ts` names it. Parsing (`_parse.ts`), help (`_help.ts`) and
 * later completions read the same declarations.
 *
 * @module
 */
import type { Printer } from "./_print.ts";

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

/** What a flag of a type holds. */
export type FlagValue<T extends FlagType> = T extends "bool" ? boolean
  : T extends "int" | "int32" | "uint" | "uint32" ? number
  : T extends "stringArray" | "valueFiles" ? string[]
  : string;

/** Where a value may come from besides the command line. */
export type Variables = (name: string) => string | undefined;

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
  /** Restricts values further; throws or returns the reason in Helm's words. */
  readonly check?: (value: FlagValue<T>) => string | undefined;
}

/** Flags by name. */
export type Flags = Readonly<Record<string, Flag>>;

/** What parsing makes of {@linkcode Flags}. */
export type FlagValues<F extends Flags> = { readonly [K in keyof F]: FlagValue<F[K]["type"]> };

/** The process, as far as commands may touch it; tests hand in their own. */
export interface Outside {
  /** Environment variables. */
  readonly variables: Variables;
  /** Where words go. */
  readonly print: Printer;
  /** Fires when the person or the system asks the program to stop. */
  readonly signal: AbortSignal;
  /** All of standard input. */
  readonly readStdin: () => Promise<string>;
}

/** What a running command holds. */
export interface Context<F extends Flags = Flags> extends Outside {
  /** Values of the command's own flags, defaults filled in. */
  readonly flags: FlagValues<F>;
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

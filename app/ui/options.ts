/**
 * Options of the page's server, and a running server.
 *
 * @module
 */
import type { SkegOptions } from "../skeg_options.ts";
import type { ContextEntry } from "./types.ts";
import type { PageFiles } from "./page_files.ts";

/** Options of {@linkcode serveUi}. */
export interface UiOptions {
  /** Port on 127.0.0.1; 0 chooses a free one. */
  readonly port: number;
  /** The contexts that the page shows; at least one. */
  readonly contexts: readonly ContextEntry[];
  /** Returns the options of the library for a context. */
  readonly open: (context: string) => SkegOptions;
  /** Name that the program was started with, such as `skeg`. */
  readonly program: string;
  /** Version of the program. */
  readonly version: string;
  /** Returns the flags that every copied command line about a context needs; or empty. */
  readonly globalFlags: (context: string) => string;
  /** Kind of storage of the records. */
  readonly storage: string;
  /** Namespace of the records. */
  readonly tillerNamespace: string;
  /** True for the sandbox. */
  readonly sandbox: boolean;
  /** If true, plans can be applied. */
  readonly allowWrite: boolean;
  /** If true, single secrets can be shown. */
  readonly allowSecrets: boolean;
  /** Minutes without a tab after which the server ends; 0: never. */
  readonly idleMinutes: number;
  /** If true, releases are read at once, before the page asks: for a start that opens the page. Default: when it asks. */
  readonly readAhead?: boolean | undefined;
  /** Folder of Helm's files. */
  readonly home: string;
  /** Prints a line in the terminal. */
  readonly say: (line: string) => void;
  /** Ends the server. */
  readonly signal?: AbortSignal | undefined;
  /** Returns Unix milliseconds; default: the system's clock. */
  readonly now?: (() => number) | undefined;
  /** The page; default: the sources in `ui/`, or what the bundle holds. */
  readonly page?: PageFiles | undefined;
}

/** Why a server ended. */
export type UiEnd = "stopped" | "idle" | "guesses";

/** A running server. */
export interface UiServer {
  /** Such as `http://127.0.0.1:41735/`. */
  readonly url: string;
  /** Returns the address with a new start code, which works once and for 60 seconds. */
  start(): Promise<string>;
  /** Resolves when the server has ended. */
  readonly finished: Promise<UiEnd>;
  /** Ends it. */
  close(): Promise<void>;
}

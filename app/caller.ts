/**
 * The caller of this room's functions: a command, or a script that uses the library.
 *
 * @module
 */
import type { FetchOptions } from "../engine/chart/repo/mod.ts";
import type { Variables } from "./variables.ts";

/** The caller of shared functions. */
export interface Caller {
  /** HELM_HOME, variables filled in. */
  readonly home: string;
  /** Environment variables. */
  readonly variables: Variables;
  /** Cancels the operation. */
  readonly signal: AbortSignal | undefined;
  /** Receivers of messages. */
  readonly tell: Tell;
  /** Finds a downloader for schemes other than http and https. */
  readonly downloader?: FetchOptions["downloader"];
}

/** Receivers of messages, by kind. */
export interface Tell {
  /** Messages that Helm prints on standard output; each text ends its own lines. */
  readonly say: (text: string) => void;
  /** Warnings; the text has no `WARNING:` yet. */
  readonly warn: (text: string) => void;
  /** Receives log lines of Helm's chart library. Texts that begin with `Note: ` are skeg's own. */
  readonly log: (text: string) => void;
  /** Notes for a person at a terminal. */
  readonly note: (text: string) => void;
  /** Messages that only `--debug` shows, without its prefix; absent without `--debug`. */
  readonly debug?: ((text: string) => void) | undefined;
  /** Receives the progress of downloads. */
  readonly progress?: FetchOptions["progress"];
}

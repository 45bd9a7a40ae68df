/**
 * What the functions of this room need of whoever calls them: a command, or a
 * script that uses the library.
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
  /** Ends what is under way. */
  readonly signal: AbortSignal | undefined;
  /** Where words go. */
  readonly tell: Tell;
  /** Finds a downloader for schemes other than http and https. */
  readonly downloader?: FetchOptions["downloader"];
}

/** Where words go, by kind. */
export interface Tell {
  /** Messages that Helm prints on standard output; each text ends its own lines. */
  readonly say: (text: string) => void;
  /** Warnings; the text has no `WARNING:` yet. */
  readonly warn: (text: string) => void;
  /** What Helm's chart library logs. Texts that begin with `Note: ` are skeg's own. */
  readonly log: (text: string) => void;
  /** Notes for a person who watches. */
  readonly note: (text: string) => void;
  /** What only `--debug` shows, without the mark; absent without it. */
  readonly debug?: ((text: string) => void) | undefined;
  /** Receives the progress of downloads. */
  readonly progress?: FetchOptions["progress"];
}

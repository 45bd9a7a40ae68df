/**
 * Mistakes on a command line, as data, so that advice can be given without reading messages.
 *
 * @module
 */
import { SkegError, type SkegErrorOptions } from "../../errors.ts";

/** A mistake on a command line. */
export type Mistake =
  | { readonly type: "unknown-flag"; readonly flag: string } // without dashes
  | { readonly type: "unknown-shorthand"; readonly letter: string; readonly word: string }
  | { readonly type: "flag-value"; readonly flag: string; readonly text: string; readonly variable?: string }
  | { readonly type: "flag-needs-value"; readonly flag: string }
  | { readonly type: "unknown-command"; readonly word: string; readonly rest: readonly string[] }
  | { readonly type: "arguments"; readonly wanted: readonly string[]; readonly given: readonly string[] }
  | { readonly type: "choice"; readonly text: string; readonly choices: readonly string[] };

/** The command line is wrong; the message is Helm's. */
export class UsageError extends SkegError {
  /** The mistake as data. */
  readonly mistake: Mistake;

  /** Keeps Helm's message and says what is wrong. */
  constructor(message: string, mistake: Mistake, more: SkegErrorOptions = {}) {
    super("usage", message, more);
    this.mistake = mistake;
  }
}

/**
 * Chooses how the progress of a release operation is shown on stderr.
 *
 * A terminal shows every hook and object, and a tree of what a wait is waiting for; a pipe gets lines about waits, and
 * all of it with `--debug`. Standard output is never used: it is for Helm's text.
 *
 * @module
 */
import { eventLine, isWarning, type Progress } from "./event_lines.ts";
import type { Printer } from "./print.ts";
import type { ProgressKind } from "./wait_flags.ts";

export { type Progress } from "./event_lines.ts";

/** Options of {@linkcode progressOn}. */
export interface ProgressOptions {
  /** If true, shows what only developers need. */
  readonly debug: boolean;
  /** Default `auto`: a tree on a terminal, lines elsewhere. */
  readonly kind?: ProgressKind | undefined;
  /** For JSON: the file; default: standard error. */
  readonly file?: string | undefined;
  /** False if `auto` shows warnings only: the user has turned hints off. */
  readonly hints?: boolean | undefined;
}

/** Returns the kind of progress that `auto` means. */
export function chosenKind(print: Pick<Printer, "watched">, kind: ProgressKind, hints = true): ProgressKind {
  if (kind === "tree" && !print.watched) return "plain";
  if (kind !== "auto") return kind;
  if (!hints) return "none";
  return print.watched ? "tree" : "plain";
}

/** Loads and returns the progress of one command. */
export async function progressOn(
  print: Printer,
  { debug, kind = "auto", file, hints }: ProgressOptions,
): Promise<Progress> {
  const chosen = chosenKind(print, kind, hints);
  switch (chosen) {
    case "json":
      return (await import("./progress_json.ts")).jsonProgress(print, file);
    case "tree":
      return (await import("./progress_tree.ts")).treeProgress(print, debug);
    case "none":
      if (!debug) return warningsOnly(print);
      // falls through: with --debug everything is shown
    default:
      return (await import("./progress_plain.ts")).plainProgress(print, { all: debug || print.watched });
  }
}

function warningsOnly(print: Printer): Progress {
  return {
    report: (event) => {
      if (isWarning(event)) print.err(`${eventLine(event)?.text ?? ""}\n`);
    },
    end: () => {},
  };
}

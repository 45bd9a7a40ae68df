/**
 * Failures of the sandbox's state file, in words: a full disk, a file that another program holds, a damaged one.
 *
 * @module
 */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { SkegError } from "../../errors.ts";

/** SQLite's words for the failures that a user can do something about. The driver gives no other sign of them. */
const FAULTS: readonly (readonly [words: RegExp, problem: string, hint: string])[] = [
  [
    /disk is full|disk I\/O error/,
    "the disk is full, or cannot be written",
    "Free some space, then run the command again.",
  ],
  [
    /database is locked/,
    "another program has been using it for 10 seconds",
    "Wait until that program has ended, then run the command again.",
  ],
  [
    /readonly database|unable to open/,
    "it cannot be written",
    "Check the path, and that you may write the file and its folder.",
  ],
  [
    /malformed|not a database/,
    "it is damaged",
    "Remove the file, and those with -wal and -shm at the end of their names. The sandbox then begins anew.",
  ],
];

/** Returns the error for a failed use of the state. */
export function storeFault(verb: "open" | "use", file: string | undefined, cause: unknown): SkegError {
  const text = cause instanceof Error ? cause.message : String(cause);
  if (file !== undefined && isFolder(file)) {
    return wrongState(file, "it is a folder", "Name a file with --sandbox=FILE; it is made if it does not exist.");
  }
  const [, problem = text, hint = "Check the path: an existing file must be the state of a sandbox."] =
    FAULTS.find(([words]) => words.test(text)) ?? [];
  return new SkegError("sandbox", `Cannot ${verb} the sandbox's state ${file ?? "in memory"}: ${problem}`, {
    cause,
    hint,
  });
}

/** Returns the error for a file of another program, or of a newer skeg. */
export function wrongState(file: string, problem: string, hint: string): SkegError {
  return new SkegError("sandbox", `Cannot use ${file} as the sandbox's state: ${problem}`, { hint });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** First bytes of every SQLite database. */
const MAGIC = "SQLite format 3\0";

/** Returns the first bytes of a file as text; empty when it does not exist, or cannot be read. */
export function beginningOf(file: string): string {
  try {
    const handle = openSync(file, "r");
    try {
      const bytes = new Uint8Array(MAGIC.length);
      return new TextDecoder().decode(bytes.subarray(0, readSync(handle, bytes)));
    } finally {
      closeSync(handle);
    }
  } catch {
    return "";
  }
}

/** True for a file that is a SQLite database, whole or damaged. */
export function isDatabase(file: string): boolean {
  return beginningOf(file) === MAGIC;
}

/** Refuses a file that is not empty and no database. SQLite itself would call it damaged. */
export function checkKind(file: string): void {
  if (beginningOf(file) === "" || isDatabase(file)) return;
  throw wrongState(
    file,
    "it is a file of another kind",
    "Name another file with --sandbox=FILE; nothing was changed in this one.",
  );
}

/** True for an error of this file: the state cannot be used, whatever is tried. */
export function isStoreFault(error: unknown): boolean {
  return error instanceof SkegError && error.kind === "sandbox";
}

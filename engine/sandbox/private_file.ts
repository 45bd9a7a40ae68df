/**
 * The state file holds Secrets and release records: it is its owner's alone
 * from the moment it exists.
 *
 * @module
 */
import { closeSync, fchmodSync, openSync, statSync } from "node:fs";

/** Rights of the group and of all others. */
const OTHERS = 0o077;

/** What SQLite keeps beside a database; it gives them the database's own mode. */
const ENDINGS = ["", "-wal", "-shm"];

/**
 * Makes an empty file of mode 0600, whatever the umask, when there is none.
 *
 * @returns The files of a state that was there before and that others may read or write; they are left as they are.
 */
export function makePrivate(file: string): string[] {
  try {
    const handle = openSync(file, "wx", 0o600);
    try {
      fchmodSync(handle, 0o600);
    } finally {
      closeSync(handle);
    }
    return [];
  } catch (error) {
    // A file that cannot be made is SQLite's to complain about.
    if ((error as { code?: unknown }).code !== "EEXIST") return [];
  }
  return ENDINGS.map((ending) => file + ending).filter(isOpen);
}

function isOpen(file: string): boolean {
  if (Deno.build.os === "windows") return false;
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && (found.mode & OTHERS) !== 0;
}

/** What to tell about files that others may read. */
export function openFilesNote(files: readonly string[]): string {
  return `others may read the sandbox's state, Secrets included. Make it private: chmod 600 ${files.join(" ")}`;
}

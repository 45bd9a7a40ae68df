/**
 * Access rights of the state file. It holds Secrets and release records, so only its owner may read
 * it, from the moment it exists.
 *
 * @module
 */
import { closeSync, fchmodSync, openSync, statSync } from "node:fs";
import { codeOf } from "../base/mod.ts";

/** Rights of the group and of all others. */
const OTHERS = 0o077;

/** Endings of the database and of the files that SQLite keeps beside it, with the database's own mode. */
const ENDINGS = ["", "-wal", "-shm"];

/**
 * Creates an empty file of mode 0600, whatever the umask, unless the file exists.
 *
 * @returns The files of a state that was there before and that others may read or write; they are left as they are.
 */
export function makePrivate(file: string): string[] {
  try {
    // `wx` refuses a file or link that exists, so no file of another user is opened by accident.
    const handle = openSync(file, "wx", 0o600);
    try {
      fchmodSync(handle, 0o600);
    } finally {
      closeSync(handle);
    }
    return [];
  } catch (error) {
    // SQLite reports a file that cannot be made.
    if (codeOf(error) !== "EEXIST") return [];
  }
  return ENDINGS.map((ending) => file + ending).filter(isOpen);
}

function isOpen(file: string): boolean {
  // Modes on Windows say nothing about other users.
  if (Deno.build.os === "windows") return false;
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && (found.mode & OTHERS) !== 0;
}

/** Returns the warning about files that others may read, with the command that fixes it. */
export function openFilesNote(files: readonly string[]): string {
  return `others may read the sandbox's state, Secrets included. Make it private: chmod 600 ${files.join(" ")}`;
}

/**
 * The place of the sandbox's state file, and its removal.
 *
 * @module
 */
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { SkegError } from "../../errors.ts";
import { messageOf } from "../base/mod.ts";

/** Environment variables that decide about the place of files. */
export type PlaceEnv = Readonly<Record<string, string | undefined>>;

/** Returns the folder for a user's state, by the convention of the operating system. */
function stateFolder(env: PlaceEnv, platform: string): string {
  const own = env[platform === "win32" ? "LOCALAPPDATA" : "XDG_STATE_HOME"] ?? "";
  if (own !== "") return join(own, "skeg");
  const home = env["HOME"] || env["USERPROFILE"];
  if (!home) throw nowhere(platform);
  if (platform === "win32") return join(home, "AppData", "Local", "skeg");
  if (platform === "darwin") return join(home, "Library", "Application Support", "skeg");
  return join(home, ".local", "state", "skeg");
}

/**
 * The error for an environment without home folder. The current folder is no substitute: the state
 * holds Secrets.
 */
function nowhere(platform: string): SkegError {
  const names = platform === "win32" ? "LOCALAPPDATA or USERPROFILE" : "HOME or XDG_STATE_HOME";
  return new SkegError("config", `Cannot choose a file for the sandbox's state: set ${names}`, {
    hint: "Or name a file with --sandbox=FILE. --sandbox=:memory: keeps the state in memory only.",
  });
}

/**
 * Returns the state file that is used when none is named.
 *
 * @throws SkegError of kind `config` when the environment names no home folder.
 */
export function sandboxFile(env: PlaceEnv, platform: string = process.platform): string {
  return join(stateFolder(env, platform), "sandbox.sqlite");
}

/** True for a sandbox's state, and for a file that is absent or empty. Nothing else may be removed. */
async function isState(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || found.isFile() && found.size === 0) return true;
  if (!found.isFile()) return false;
  const { DatabaseSync } = await import("node:sqlite");
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      // A database of another program does not have all three tables.
      const query = "select count(*) as tables from sqlite_master where name in ('objects', 'tasks', 'facts')";
      return database.prepare(query).get()?.["tables"] === 3;
    } finally {
      database.close();
    }
  } catch {
    return false; // not a database
  }
}

/**
 * Removes a sandbox's state; does nothing when the file does not exist.
 *
 * @throws SkegError when the file is not a sandbox's state, or cannot be removed.
 */
export async function resetSandbox(file: string): Promise<void> {
  if (!await isState(file)) {
    const { isDatabase } = await import("./store_fault.ts");
    throw new SkegError("io", `Cannot remove the sandbox's state ${file}: this file is not the state of a sandbox`, {
      hint: isDatabase(file)
        ? "If it is a damaged state, remove it by hand, and the files with -wal and -shm at the end of their names."
        : "Pass the file that your commands use: --sandbox=FILE.",
    });
  }
  // SQLite's journal and shared memory belong to the database: left behind, they would be read into
  // the next one.
  for (const ending of ["", "-wal", "-shm"]) {
    try {
      await rm(file + ending, { force: true });
    } catch (cause) {
      throw new SkegError("io", `Cannot remove the sandbox's state ${file}: ${messageOf(cause)}`, {
        cause,
        hint: "End the programs that use the sandbox, then try again.",
      });
    }
  }
}

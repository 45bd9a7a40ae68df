/**
 * Stand-in for `node:fs` in the bundle: the same answers from the runtime's
 * own calls, without loading that module, which takes longer than many a
 * command. It covers the arguments that the sources use; the bundler takes
 * functions that are missing here from the module itself.
 *
 * @module
 */
import type * as NodeFs from "node:fs";

/** The part of `fs.Stats` that the sources use. */
export interface Stats {
  readonly size: number;
  /** With the bits for the type, where the system has modes. */
  readonly mode: number;
  readonly uid: number;
  readonly mtime: Date;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/** Converts the runtime's description of a file to `fs.Stats`. */
export function statsOf({ size, mode, uid, mtime, isFile, isDirectory, isSymlink }: Deno.FileInfo): Stats {
  return {
    size,
    mode: mode ?? 0o666,
    uid: uid ?? 0,
    mtime: mtime ?? new Date(0),
    isFile: () => isFile,
    isDirectory: () => isDirectory,
    isSymbolicLink: () => isSymlink,
  };
}

/** `fs.statSync`. */
export function statSync(path: string, options: { throwIfNoEntry?: boolean } = {}): Stats | undefined {
  return statsIf(Deno.statSync, path, options.throwIfNoEntry ?? true);
}

function statsIf(ask: (path: string) => Deno.FileInfo, path: string, mustExist: boolean): Stats | undefined {
  try {
    return statsOf(ask(path));
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (!mustExist && code === "ENOENT") return undefined;
    throw error;
  }
}

/** `fs.lstatSync`. */
export function lstatSync(path: string, options: { throwIfNoEntry?: boolean } = {}): Stats | undefined {
  return statsIf(Deno.lstatSync, path, options.throwIfNoEntry ?? true);
}

/** `fs.existsSync`. */
export function existsSync(path: string): boolean {
  try {
    return Deno.statSync(path) !== undefined;
  } catch {
    return false;
  }
}

/** `fs.readdirSync`, for names. */
export function readdirSync(path: string): string[] {
  return Array.from(Deno.readDirSync(path), ({ name }) => name);
}

/** `fs.readFileSync`: bytes, or text when an encoding is given. */
export function readFileSync(path: string, encoding?: "utf8"): Uint8Array | string {
  const bytes = Deno.readFileSync(path);
  return encoding === undefined ? bytes : decoded(bytes);
}

/** Decodes text as Node does: a byte-order mark stays. */
export function decoded(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** `fs.readlinkSync`. */
export function readlinkSync(path: string): string {
  return Deno.readLinkSync(path);
}

/** `fs.realpathSync`. */
export function realpathSync(path: string): string {
  return Deno.realPathSync(path);
}

/** `fs.writeFileSync`. As in Node, a mode that is given holds whatever the process's umask is. */
export function writeFileSync(
  path: string,
  data: Uint8Array | string,
  { mode, flag = "w" }: { mode?: number; flag?: "w" | "wx" } = {},
): void {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  Deno.writeFileSync(path, bytes, { createNew: flag === "wx", ...mode === undefined ? {} : { mode } });
}

/** `fs.mkdirSync`. */
export function mkdirSync(path: string, options?: Deno.MkdirOptions): void {
  Deno.mkdirSync(path, options);
}

/** `fs.renameSync`. */
export function renameSync(from: string, to: string): void {
  Deno.renameSync(from, to);
}

/** `fs.rmSync`; a folder needs `recursive`. */
export function rmSync(path: string, { recursive = false, force = false }: NodeFs.RmOptions = {}): void {
  try {
    Deno.removeSync(path, { recursive });
  } catch (error) {
    if (!force || (error as { code?: unknown }).code !== "ENOENT") throw error;
  }
}

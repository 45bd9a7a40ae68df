/**
 * What the core of the bundle uses of `node:fs`: the same answers from the
 * runtime itself, without loading that module. What is rarely used is handed
 * on to it.
 *
 * @module
 */
import type * as NodeFs from "node:fs";

const real = (): typeof NodeFs => globalThis.process.getBuiltinModule("node:fs");

/** What is used of `fs.Stats`. */
export interface Stats {
  readonly size: number;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/** What the runtime tells of a file, as `fs.Stats` would. */
export function statsOf({ size, isFile, isDirectory, isSymlink }: Deno.FileInfo): Stats {
  return { size, isFile: () => isFile, isDirectory: () => isDirectory, isSymbolicLink: () => isSymlink };
}

/** `fs.statSync`. */
export function statSync(path: string, options: { throwIfNoEntry?: boolean } = {}): Stats | undefined {
  try {
    return statsOf(Deno.statSync(path));
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (options.throwIfNoEntry === false && (code === "ENOENT" || code === "ENOTDIR")) return undefined;
    throw error;
  }
}

/** `fs.lstatSync`. */
export function lstatSync(path: string): Stats {
  return statsOf(Deno.lstatSync(path));
}

/** `fs.existsSync`. */
export function existsSync(path: string): boolean {
  try {
    return Deno.statSync(path) !== undefined;
  } catch {
    return false;
  }
}

/** `fs.readdirSync`. */
export function readdirSync(path: string): string[] {
  return Array.from(Deno.readDirSync(path), ({ name }) => name);
}

/** `fs.readFileSync`, for bytes. */
export function readFileSync(path: string): Uint8Array {
  return Deno.readFileSync(path);
}

/** `fs.readlinkSync`. */
export function readlinkSync(path: string): string {
  return Deno.readLinkSync(path);
}

/** `fs.openSync`. */
export const openSync: typeof NodeFs.openSync = (...args) => real().openSync(...args);
/** `fs.readSync`. */
export const readSync = (...args: Parameters<typeof NodeFs.readSync>): number => real().readSync(...args);
/** `fs.closeSync`. */
export const closeSync: typeof NodeFs.closeSync = (...args) => real().closeSync(...args);
/** `fs.mkdirSync`. */
export const mkdirSync = (...args: Parameters<typeof NodeFs.mkdirSync>): string | undefined =>
  real().mkdirSync(...args);
/** `fs.mkdtempSync`. */
export const mkdtempSync = (path: string): string => real().mkdtempSync(path);
/** `fs.rmSync`. */
export const rmSync: typeof NodeFs.rmSync = (...args) => real().rmSync(...args);
/** `fs.writeFileSync`. */
export const writeFileSync: typeof NodeFs.writeFileSync = (...args) => real().writeFileSync(...args);

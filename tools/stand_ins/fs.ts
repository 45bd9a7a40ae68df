/**
 * The functions of `node:fs` that the core of the bundle uses, implemented with
 * the runtime's own API, so that the module is not loaded. Rarely used functions
 * call the module.
 *
 * @module
 */
import type * as NodeFs from "node:fs";

const real = (): typeof NodeFs => globalThis.process.getBuiltinModule("node:fs");

/** The used fields of `fs.Stats`. */
export interface Stats {
  readonly size: number;
  /** Mode with the file type bits, on systems with modes. */
  readonly mode: number;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/** Converts the runtime's file info to `fs.Stats`. */
export function statsOf({ size, mode, isFile, isDirectory, isSymlink }: Deno.FileInfo): Stats {
  return {
    size,
    mode: mode ?? 0o666,
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

/** `fs.readdirSync`. */
export function readdirSync(path: string): string[] {
  return Array.from(Deno.readDirSync(path), ({ name }) => name);
}

/** `fs.readFileSync`, for bytes. */
export function readFileSync(path: string): Uint8Array {
  return Deno.readFileSync(path);
}

/** Decodes a text like Node: a byte-order mark stays. */
export function decoded(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** `fs.readlinkSync`. */
export function readlinkSync(path: string): string {
  return Deno.readLinkSync(path);
}

/** `fs.openSync`. */
export const openSync: typeof NodeFs.openSync = handedOn("openSync");
/** `fs.readSync`. */
export const readSync: typeof NodeFs.readSync = handedOn("readSync");
/** `fs.closeSync`. */
export const closeSync: typeof NodeFs.closeSync = handedOn("closeSync");
/** `fs.mkdirSync`. */
export const mkdirSync: typeof NodeFs.mkdirSync = handedOn("mkdirSync");
/** `fs.mkdtempSync`. */
export const mkdtempSync: typeof NodeFs.mkdtempSync = handedOn("mkdtempSync");
/** `fs.rmSync`. */
export const rmSync: typeof NodeFs.rmSync = handedOn("rmSync");
/** `fs.writeFileSync`. */
export const writeFileSync: typeof NodeFs.writeFileSync = handedOn("writeFileSync");

/** Returns a function that looks up the module's own function when it is called. */
function handedOn<Name extends keyof typeof NodeFs>(name: Name): typeof NodeFs[Name] {
  const call = (...args: unknown[]): unknown => (real()[name] as (...args: unknown[]) => unknown)(...args);
  return call as unknown as typeof NodeFs[Name];
}

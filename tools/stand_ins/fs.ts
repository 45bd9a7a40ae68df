/**
 * Stand-in for `node:fs` in the bundles: the same results with the runtime's
 * own functions. Loading the module takes longer than many commands. Calls with
 * arguments that are not covered here are passed on to the module. The bundler
 * takes missing functions from the module.
 *
 * @module
 */
import type * as NodeFs from "node:fs";
import { RuntimeStats } from "./_stats.ts";

const real = (): typeof NodeFs => globalThis.process.getBuiltinModule("node:fs");

type FunctionName =
  | "existsSync"
  | "lstatSync"
  | "mkdirSync"
  | "readFileSync"
  | "readdirSync"
  | "readlinkSync"
  | "realpathSync"
  | "renameSync"
  | "rmSync"
  | "statSync"
  | "writeFileSync";

/**
 * Answers with `own` when the arguments are `plain` ones (texts or bytes, as
 * many as that) and then perhaps options with no other names than `options`.
 */
function standIn<Name extends FunctionName>(
  name: Name,
  plain: number,
  options: readonly string[],
  own: (...args: never[]) => unknown,
): typeof NodeFs[Name] {
  const call = (...args: unknown[]): unknown => {
    const covered = args.slice(0, plain).every((arg) => typeof arg === "string" || arg instanceof Uint8Array) &&
      args.length >= plain && args.length <= plain + 1 && isCovered(args[plain], options);
    return covered ? own(...args as never[]) : (real()[name] as (...args: unknown[]) => unknown)(...args);
  };
  return call as unknown as typeof NodeFs[Name];
}

function isCovered(given: unknown, names: readonly string[]): boolean {
  if (given === undefined) return true;
  if (typeof given === "string") return names.includes(given);
  return typeof given === "object" && given !== null && Object.keys(given).every((name) => names.includes(name));
}

/** Decodes text as Node does: a byte-order mark stays. */
export function decoded(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

function isMissing(error: unknown): boolean {
  return (error as { code?: unknown }).code === "ENOENT";
}

function statsIf(
  ask: (path: string) => Deno.FileInfo,
  path: string,
  { throwIfNoEntry = true }: { throwIfNoEntry?: boolean } = {},
): RuntimeStats | undefined {
  try {
    return new RuntimeStats(ask(path));
  } catch (error) {
    if (!throwIfNoEntry && isMissing(error)) return undefined;
    throw error;
  }
}

/** `fs.statSync`. */
export const statSync: typeof NodeFs.statSync = standIn(
  "statSync",
  1,
  ["throwIfNoEntry"],
  (path: string, options?: { throwIfNoEntry?: boolean }) => statsIf(Deno.statSync, path, options),
);

/** `fs.lstatSync`. */
export const lstatSync: typeof NodeFs.lstatSync = standIn(
  "lstatSync",
  1,
  ["throwIfNoEntry"],
  (path: string, options?: { throwIfNoEntry?: boolean }) => statsIf(Deno.lstatSync, path, options),
);

/** `fs.existsSync`. */
export const existsSync: typeof NodeFs.existsSync = standIn("existsSync", 1, [], (path: string) => {
  try {
    return Deno.statSync(path) !== undefined;
  } catch {
    return false;
  }
});

/** `fs.readdirSync`. */
export const readdirSync: typeof NodeFs.readdirSync = standIn(
  "readdirSync",
  1,
  [],
  (path: string) => Array.from(Deno.readDirSync(path), ({ name }) => name),
);

/** `fs.readFileSync`. The bytes are a plain `Uint8Array`. */
export const readFileSync: typeof NodeFs.readFileSync = standIn(
  "readFileSync",
  1,
  ["utf8"],
  (path: string, encoding?: "utf8") => {
    const bytes = Deno.readFileSync(path);
    return encoding === undefined ? bytes : decoded(bytes);
  },
);

/** `fs.readlinkSync`. */
export const readlinkSync: typeof NodeFs.readlinkSync = standIn(
  "readlinkSync",
  1,
  [],
  (path: string) => Deno.readLinkSync(path),
);

/** `fs.realpathSync`. */
export const realpathSync: (path: string) => string = standIn(
  "realpathSync",
  1,
  [],
  (path: string) => Deno.realPathSync(path),
);

/** `fs.writeFileSync`. As in Node, a mode that is given holds whatever the process's umask is. */
export const writeFileSync: typeof NodeFs.writeFileSync = standIn(
  "writeFileSync",
  2,
  ["mode", "flag"],
  (path: string, data: Uint8Array | string, options: { mode?: number; flag?: string } = {}) => {
    const { mode, flag = "w" } = options;
    if (flag !== "w" && flag !== "wx") return real().writeFileSync(path, data, options);
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    Deno.writeFileSync(path, bytes, { createNew: flag === "wx", ...mode === undefined ? {} : { mode } });
  },
);

/** `fs.mkdirSync`. A folder's path is not given back. */
export const mkdirSync: (path: string, options?: Deno.MkdirOptions) => void = standIn(
  "mkdirSync",
  1,
  ["recursive", "mode"],
  (path: string, options?: Deno.MkdirOptions) => Deno.mkdirSync(path, options),
);

/** `fs.renameSync`. */
export const renameSync: typeof NodeFs.renameSync = standIn(
  "renameSync",
  2,
  [],
  (from: string, to: string) => Deno.renameSync(from, to),
);

/** `fs.rmSync`; a folder needs `recursive`. */
export const rmSync: typeof NodeFs.rmSync = standIn(
  "rmSync",
  1,
  ["recursive", "force"],
  (path: string, { recursive = false, force = false }: NodeFs.RmOptions = {}) => {
    try {
      Deno.removeSync(path, { recursive });
    } catch (error) {
      if (!force || !isMissing(error)) throw error;
    }
  },
);

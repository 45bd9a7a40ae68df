/**
 * Stand-in for `node:path` in the bundle: the same results without loading
 * that module, which takes 6 ms. On Windows the module is loaded, because POSIX
 * paths are not enough there. The bundler takes missing functions from the module.
 *
 * @module
 */
import type * as NodePath from "node:path";

const late = (): typeof NodePath => globalThis.process.getBuiltinModule("node:path");
const real = Deno.build.os === "windows" ? late() : undefined;

/** Removes empty parts, `.` and `..`; `..` above the start of a relative path stays. */
function normalParts(path: string, absolute: boolean): string {
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!absolute) kept.push(part);
  }
  return kept.join("/");
}

function normalizePosix(path: string): string {
  const absolute = path.startsWith("/");
  const parts = normalParts(path, absolute);
  const body = parts === "" && !absolute ? "." : parts;
  const end = path.endsWith("/") && body !== "" ? "/" : "";
  return path === "" ? "." : `${absolute ? "/" : ""}${body}${end}`;
}

function joinPosix(...parts: string[]): string {
  return normalizePosix(parts.filter((part) => part !== "").join("/"));
}

function resolvePosix(...parts: string[]): string {
  let path = "";
  for (let at = parts.length - 1; at >= 0 && !path.startsWith("/"); at--) {
    const part = parts[at] ?? "";
    if (part !== "") path = path === "" ? part : `${part}/${path}`;
  }
  return `/${normalParts(path.startsWith("/") ? path : `${Deno.cwd()}/${path}`, true)}`;
}

const withoutSlashes = (path: string): string => path.replace(/(?<=.)\/+$/s, "");

function dirnamePosix(path: string): string {
  const short = withoutSlashes(path);
  const slash = short.lastIndexOf("/");
  if (slash < 0) return ".";
  return slash === 0 ? "/" : short === "//" ? "/" : trimmedFolder(short.slice(0, slash));
}

/** Returns the folder of a path as in Node: that of `a//b` is `a/`; only `//b` is special. */
function trimmedFolder(folder: string): string {
  return folder === "/" ? "//" : folder;
}

function basenamePosix(path: string, suffix?: string): string {
  // The rules for a suffix are many, and it is rarely given.
  if (suffix !== undefined) return late().basename(path, suffix);
  const short = withoutSlashes(path);
  return short.slice(short.lastIndexOf("/") + 1);
}

/** `path.join`. */
export const join = real?.join ?? joinPosix;
/** `path.resolve`. */
export const resolve = real?.resolve ?? resolvePosix;
/** `path.dirname`. */
export const dirname = real?.dirname ?? dirnamePosix;
/** `path.basename`. */
export const basename: (path: string, suffix?: string) => string = real?.basename ?? basenamePosix;
/** `path.isAbsolute`. */
export const isAbsolute = real?.isAbsolute ?? ((path: string): boolean => path.startsWith("/"));
/** `path.parse`. Only the root is told without the module. */
export const parse: typeof NodePath.parse = real?.parse ?? ((path: string) => ({
  root: path.startsWith("/") ? "/" : "",
  get dir() {
    return late().parse(path).dir;
  },
  get base() {
    return late().parse(path).base;
  },
  get ext() {
    return late().parse(path).ext;
  },
  get name() {
    return late().parse(path).name;
  },
}));
/** `path.sep`. */
export const sep: string = real?.sep ?? "/";
/** `path.delimiter`. */
export const delimiter: string = real?.delimiter ?? ":";
/** The part of `path.posix` that the sources use. */
export const posix: Pick<typeof NodePath.posix, "normalize" | "join"> = { normalize: normalizePosix, join: joinPosix };

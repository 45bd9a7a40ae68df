/**
 * Template functions about slash-separated paths. Exports `pathFuncs`.
 *
 * Answers to Go 1.14's `path` through sprig 2.22.0.
 *
 * @module
 */

import { define } from "./_define.ts";
import type { FuncTable } from "./func.ts";

/** The shortest path that names the same place; `.` for none. */
function clean(path: string): string {
  const isRooted = path.startsWith("/");
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!isRooted) kept.push(part);
  }
  const joined = kept.join("/");
  if (isRooted) return "/" + joined;
  return joined === "" ? "." : joined;
}

/** The last element of the path; `.` for none, `/` when there are only slashes. */
function base(path: string): string {
  if (path === "") return ".";
  let end = path.length;
  while (end > 0 && path[end - 1] === "/") end--;
  if (end === 0) return "/";
  return path.slice(path.lastIndexOf("/", end - 1) + 1, end);
}

/** Returns the text from the last dot of the last element on; empty if it has no dot. */
function extension(path: string): string {
  const dot = path.lastIndexOf(".");
  return dot > path.lastIndexOf("/") ? path.slice(dot) : "";
}

/** Functions about paths, by name. */
export const pathFuncs: FuncTable = {
  base: define(["string"], base),
  dir: define(["string"], (path) => clean(path.slice(0, path.lastIndexOf("/") + 1))),
  clean: define(["string"], clean),
  ext: define(["string"], extension),
  isAbs: define(["string"], (path) => path.startsWith("/")),
};

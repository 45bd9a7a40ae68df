/**
 * What packed units use of `node:path`, answered without loading it: only what
 * is the same for any arguments. The rest is the runtime's own.
 *
 * @module
 */
import { basename as shortBasename } from "./path.ts";

export { delimiter, dirname, isAbsolute, join, resolve, sep } from "./path.ts";

/** `path.basename`. */
export function basename(path: string, suffix?: string): string {
  return suffix === undefined
    ? shortBasename(path)
    : globalThis.process.getBuiltinModule("node:path").basename(path, suffix);
}

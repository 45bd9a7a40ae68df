/**
 * `node:path` for packed units: only functions whose stand-in has the same result
 * for all arguments. Other functions come from the module.
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

/**
 * `node:fs/promises` for packed units: reading texts works without loading the
 * module. Other functions come from the module.
 *
 * @module
 */
import type * as NodeFs from "node:fs/promises";
import { readFile as readShort } from "./fs_promises.ts";

/** `readFile`. */
export const readFile =
  ((path: unknown, options?: unknown) =>
    typeof path === "string" && options === "utf8"
      ? readShort(path, options)
      : globalThis.process.getBuiltinModule("node:fs/promises").readFile(
        path as string,
        options as undefined,
      )) as typeof NodeFs.readFile;

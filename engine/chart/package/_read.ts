/**
 * Files that are read whole.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { fileError } from "../../../errors.ts";

/** Returns the bytes of a file, with Go's words for a failure. */
export function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fileError("open", path, error);
  }
}

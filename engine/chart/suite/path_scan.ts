/**
 * A position in the text of a path, and its errors.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { quote } from "../../lang/golang/mod.ts";

/** Position in the text of a path. */
export interface PathScan {
  /** The whole text. */
  readonly text: string;
  /** Where reading goes on. */
  at: number;
}

/** Returns the error of a text that is not a path. */
export function pathError(message: string): SkegError {
  return new SkegError("values", message);
}

/** Throws the error of a text that is not a path, with the place; `from` is where the quoted text begins. */
export function failAt({ text, at }: PathScan, message: string, from = 0): never {
  throw pathError(`${message} at position ${at}, following ${quote(text.slice(from, at))}`);
}

/** Moves past blanks. */
export function skipBlanks(scan: PathScan): void {
  while (/\s/.test(scan.text[scan.at] ?? "")) scan.at++;
}

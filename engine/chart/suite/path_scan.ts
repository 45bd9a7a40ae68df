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
  /** Where the last complete step begins: errors quote the text from there. */
  last: number;
}

/** Returns the error of a text that is not a path. */
export function pathError(message: string): SkegError {
  return new SkegError("values", message);
}

/** Throws the error of a text that is not a path, with the place. */
export function failAt({ text, at, last }: PathScan, message: string): never {
  throw pathError(`${message} at position ${at}, following ${quote(text.slice(last, at))}`);
}

/** Moves past blanks. */
export function skipBlanks(scan: PathScan): void {
  while (/\s/.test(scan.text[scan.at] ?? "")) scan.at++;
}

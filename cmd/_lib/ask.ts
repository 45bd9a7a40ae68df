/**
 * Asks a question on the terminal.
 *
 * @module
 */
import { readSync } from "node:fs";
import { stdin } from "node:process";
import { SkegError } from "../../errors.ts";
import type { Printer } from "./print.ts";

const LINE_END = 10;

/**
 * Prints a question on standard error, and returns true if the answer is yes.
 *
 * @throws SkegError of kind `usage` when standard input is no terminal.
 */
export function agreed(question: string, print: Pick<Printer, "err">): boolean {
  if (!stdin.isTTY) {
    throw new SkegError("usage", "standard input is not a terminal, so the question cannot be answered", {
      hint: "Add --yes to go on without a question.",
    });
  }
  print.err(`${question} [y/N] `);
  const bytes: number[] = [];
  const one = new Uint8Array(1);
  while (readSync(0, one, 0, 1, null) === 1 && one[0] !== LINE_END) bytes.push(one[0] ?? 0);
  return /^y(es)?$/i.test(new TextDecoder().decode(new Uint8Array(bytes)).trim());
}

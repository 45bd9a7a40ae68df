/**
 * Asks for secrets on the terminal: passphrases of keys, passwords of repositories.
 *
 * Source: Helm 2.17.0, `cmd/helm/package.go`.
 *
 * @module
 */
import { readSync } from "node:fs";
import { stdin } from "node:process";
import { SkegError } from "../../errors.ts";
import type { Context, Flags } from "./command.ts";
import type { Printer } from "./print.ts";
import { quote } from "../../engine/base/mod.ts";

const CONTROL_C = 3;
const CONTROL_D = 4;
const BACKSPACE = [8, 127];
const LINE_END = [10, 13];

/** Returns the passphrase from `HELM_KEY_PASSPHRASE`, else from hidden input at the terminal. */
export function askPassphrase<F extends Flags>(
  owner: string,
  { variables, print }: Pick<Context<F>, "variables" | "print">,
): string {
  const given = variables("HELM_KEY_PASSPHRASE") ?? "";
  if (given !== "") return given;
  return askHidden(`Password for key ${quote(owner)} >  `, print);
}

/** Prints `question` and reads hidden input from the terminal. */
export function askHidden(question: string, print: Pick<Printer, "out">): string {
  print.out(question);
  try {
    if (!stdin.isTTY) throw new SkegError("io", "inappropriate ioctl for device");
    return readHidden();
  } finally {
    print.out("\n");
  }
}

/** Reads a line from the terminal without showing it. */
function readHidden(): string {
  const bytes: number[] = [];
  const one = new Uint8Array(1);
  stdin.setRawMode(true);
  try {
    while (readSync(0, one, 0, 1, null) === 1) {
      const [byte = 0] = one;
      if (LINE_END.includes(byte) || byte === CONTROL_D) break;
      if (byte === CONTROL_C) throw new SkegError("aborted", "stopped", { exitCode: 130 });
      if (BACKSPACE.includes(byte)) bytes.pop();
      else bytes.push(byte);
    }
  } finally {
    stdin.setRawMode(false);
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/**
 * The program's name in messages, help and documentation: the one that it was started with.
 *
 * Texts in the source call it `helm`; {@linkcode underName} writes the real name.
 *
 * @module
 */
import type { Variables } from "./command.ts";

/** Names that the program goes by. */
export type ProgramName = "helm" | "skeg";

/** Returns the name: `helm` when `SKEG_NAME` is `helm`, else `skeg`. */
export function programName(variables: Variables): ProgramName {
  return variables("SKEG_NAME") === "helm" ? "helm" : "skeg";
}

/**
 * Returns the name for `SKEG_NAME` when the user has not set it: `helm` when the executable is called so.
 *
 * @param started The first word of the process, such as `/usr/local/bin/helm` or `helm.exe`.
 */
export function nameOfExecutable(started: string): ProgramName {
  return /(?:^|[\\/])helm(?:\.exe)?$/i.test(started) ? "helm" : "skeg";
}

/** Command lines in a text: the program's name as a word of its own, and a command or a flag after it. */
const COMMAND_WORD = /(?<![\w./@-])(?:helm|skeg)(?= +(?:-|\[?[a-z_])|-install')/g;

/** Returns a text in which every command line begins with the program's name. */
export function underName(text: string, name: ProgramName): string {
  return text.replaceAll(COMMAND_WORD, name);
}

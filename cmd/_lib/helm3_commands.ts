/**
 * Commands of Helm 3 that are the same as one of Helm 2 under another name. Under skeg's own name they work.
 *
 * @module
 */
import type { Flags } from "./command.ts";
import { plainWords } from "./parse.ts";

/** Helm 3's name → Helm 2's. `uninstall` is not among them: it may delete more than the user of Helm 2 expects. */
const SAME: Readonly<Record<string, string>> = { pull: "fetch", show: "inspect" };

/** A command line in Helm 2's words. */
export interface OtherWords {
  readonly words: readonly string[];
  /** Says so, in a sentence. */
  readonly note: string;
}

/** Returns a command line that begins with a command of Helm 3 in Helm 2's words; `undefined` for all others. */
export function inHelm2Words(words: readonly string[], known: Flags): OtherWords | undefined {
  const [word, next] = plainWords(words, known);
  const same = word !== undefined && Object.hasOwn(SAME, word) ? SAME[word] : undefined;
  if (word === undefined || same === undefined) return undefined;
  const at = words.indexOf(word);
  const renamed = words.with(at, same);
  // Helm 2 shows everything when no part is named.
  const all = word === "show" && next === "all" ? renamed.indexOf("all", at) : -1;
  const line = `skeg ${same}`;
  return { words: all < 0 ? renamed : renamed.toSpliced(all, 1), note: `${word} is '${line}' here, as in Helm 2.` };
}

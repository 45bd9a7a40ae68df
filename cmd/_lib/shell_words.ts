/**
 * Splits a shell command line into words, the last one unfinished.
 *
 * @module
 */
import type { Variables } from "./command.ts";

/**
 * Splits a line that ends at the cursor. Removes quotes and backslashes, and expands `~/` and variables
 * outside single quotes. The last word is the one being typed: empty after a blank.
 */
export function shellWords(line: string, variables: Variables): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const letter = line.charAt(at);
    if (quote === "" && /\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quote !== "" && letter === quote) quote = "";
    else if (quote === "" && (letter === '"' || letter === "'")) [quote, word] = [letter, word ?? ""];
    else if (letter === "\\" && quote !== "'" && at + 1 < line.length) word = (word ?? "") + line.charAt(++at);
    else {
      const [text, value] = quote === "'" ? [letter, letter] : expansion(line.slice(at), word === undefined, variables);
      word = (word ?? "") + value;
      at += text.length - 1;
    }
  }
  return [...words, word ?? ""];
}

/** Returns the text at the start of `rest`, and its expansion. */
function expansion(rest: string, begins: boolean, variables: Variables): [text: string, value: string] {
  if (begins && rest.startsWith("~/")) return ["~", variables("HOME") ?? "~"];
  const [text, braced, bare] = /^\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/.exec(rest) ?? [];
  if (text === undefined) return [rest.charAt(0), rest.charAt(0)];
  return [text, variables(braced ?? bare ?? "") ?? ""];
}

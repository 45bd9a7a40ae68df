/**
 * `snakecase` and `kebabcase` as xstrings has them since version 1.3: a number belongs to the word before it.
 *
 * Source: huandu/xstrings 1.5.0, `convert.go`, which sprig 3.3.0 uses.
 *
 * @module
 */
import { isSpace, lowerRune } from "../../golang/mod.ts";

type Kind = "number" | "upper" | "letters" | "connector" | "marks" | "other" | "end";

interface Word {
  readonly kind: Kind;
  readonly text: string;
}

const isUpper = (rune: string): boolean => /^\p{Lu}$/u.test(rune);
const isNumber = (rune: string): boolean => /^\p{N}$/u.test(rune);
const isMark = (rune: string): boolean => /^\p{P}$/u.test(rune);
const isConnector = (rune: string): boolean => rune === "-" || rune === "_" || isSpace(rune);

/** Letters of alphabets; Chinese characters are none. */
const isLetter = (rune: string): boolean => /^(?![\u3400-\u4d85\u4e00-\u9fcc\u{20000}-\u{2b81d}])\p{L}$/u.test(rune);

/** Cuts a text into words of one kind each; in `HTTPServer` the `S` begins a word. */
function wordsOf(text: string): Word[] {
  const runes = [...text.toWellFormed()].filter((rune) => rune !== "\ufffd");
  const words: Word[] = [];
  let at = 0;
  const take = (kind: Kind, start: number, belongs: (rune: string) => boolean): void => {
    while (at < runes.length && belongs(runes[at] ?? "")) at++;
    words.push({ kind, text: runes.slice(start, at).join("") });
  };
  const isSmall = (rune: string): boolean => isLetter(rune) && !isUpper(rune);
  while (at < runes.length) {
    const start = at;
    const rune = runes[at++] ?? "";
    if (isConnector(rune)) take("connector", start, isConnector);
    else if (isMark(rune)) take("marks", start, isMark);
    else if (isUpper(rune)) {
      if (!isUpper(runes[at] ?? "")) {
        take("upper", start, isSmall);
        continue;
      }
      while (isUpper(runes[at] ?? "")) at++;
      if (isLetter(runes[at] ?? "")) at--;
      take("upper", start, () => false);
    } else if (isLetter(rune)) take("letters", start, isSmall);
    else if (isNumber(rune)) take("number", start, isNumber);
    else take("other", start, (next) => ![isConnector, isLetter, isNumber, isMark].some((is) => is(next)));
  }
  return words;
}

const END: Word = { kind: "end", text: "" };

/** Lowers all letters, and puts `connector` between words. */
export function currentJoinedCase(text: string, connector: "_" | "-"): string {
  const words = wordsOf(text);
  let at = 0;
  let word = words[at++] ?? END;
  let out = "";
  const next = (): void => void (word = words[at++] ?? END);
  const write = ({ kind, text: own }: Word): void => {
    if (kind !== "upper" && kind !== "connector") out += own;
    else for (const rune of own) out += isConnector(rune) ? connector : isUpper(rune) ? lowerRune(rune) : rune;
  };
  const isBound = ({ kind }: Word): boolean => kind === "connector" || kind === "marks";
  const writeRest = (): void => {
    for (; word.kind === "letters" || word.kind === "number"; next()) write(word);
    if (word.kind !== "end" && !isBound(word)) out += connector;
  };
  while (at < words.length) {
    const last = word;
    if (last.kind !== "connector") write(last);
    next();
    if (last.kind === "connector") write(last);
    else if (last.kind === "number") writeRest();
    else if (last.kind !== "marks") {
      if (word.kind !== "number") {
        if (!isBound(word)) out += connector;
        continue;
      }
      if (at >= words.length) break;
      const isBeforeLetters = words[at]?.kind === "letters";
      // `Bld4Floor`: the number belongs to the word before it. Not so in `HTTP2xx`.
      if (isBeforeLetters) out += connector;
      write(word);
      next();
      if (isBeforeLetters) writeRest();
      else if (!isBound(word)) out += connector;
    }
  }
  write(word);
  return out;
}

/**
 * Patterns that mean the same to JavaScript's own matcher as to Go's, and
 * cannot make it slow: single characters, classes, groups and alternatives,
 * repeated one character at a time.
 *
 * The matcher of RE2 is a large module; most patterns of charts are as plain as
 * `-r\d+$|sha256:` and need not load it. What is not certain to be the same is
 * left to it: flags, counted repetition, repeated groups, Unicode classes,
 * anything but ASCII.
 *
 * @module
 */

/** A pattern for JavaScript's own matcher. */
export interface NativePattern {
  /** Finds matches, with the places of groups where there are any; flags `gu` or `dgu`. */
  readonly matcher: RegExp;
  /** How many groups there are. */
  readonly groups: number;
  /** Maximal length of a text. A search in a longer one could take too many steps. */
  readonly lengthMax: number;
}

/** Steps that one search may take, at worst. */
const STEPS_MAX = 100_000_000;

/** `\d` and other classes; Go's are ASCII. */
const CLASSES: Readonly<Record<string, string>> = {
  d: "0-9",
  w: "0-9A-Za-z_",
  s: "\\t\\n\\f\\r ",
};
/** Escapes of one character. */
const CONTROLS: Readonly<Record<string, string>> = { t: "\\t", n: "\\n", r: "\\r", f: "\\f", v: "\\v" };
/** A dash as it stands in a class. */
const DASH = "\\-";

/** Reads a pattern piece by piece, and spells it for JavaScript. */
class Reader {
  private at = 0;
  /** Repetitions without a limit. */
  repetitions = 0;
  /** Groups whose places count. */
  groups = 0;
  /** Ways through what was read last, repetitions without a limit aside: each `?` doubles them, alternatives add up. */
  ways = 1;
  /** Groups that are open. */
  private depth = 0;

  constructor(private readonly pattern: string) {}

  /** The whole pattern for JavaScript; `undefined` when it is not certain to mean the same. */
  read(): string | undefined {
    const text = this.alternatives();
    return text === undefined || this.at < this.pattern.length ? undefined : text;
  }

  /** Up to the end, or to the `)` of this group. */
  private alternatives(): string | undefined {
    let out = "";
    let ways = 0;
    let waysOfBranch = 1;
    while (this.at < this.pattern.length) {
      const character = this.pattern[this.at] as string;
      if (character === ")") break;
      this.ways = 1;
      const piece = this.piece(character);
      if (piece === undefined) return undefined;
      out += piece;
      waysOfBranch *= this.ways;
      if (character !== "|") continue;
      ways += waysOfBranch;
      waysOfBranch = 1;
    }
    this.ways = ways + waysOfBranch;
    const isClosed = this.at < this.pattern.length;
    return isClosed === (this.depth > 0) ? out : undefined;
  }

  private piece(character: string): string | undefined {
    if (character === "|" || character === "^" || character === "$") {
      this.at++;
      // An anchor that is repeated is left to the other matcher.
      return character !== "|" && this.isRepeated() ? undefined : character;
    }
    if (character === "(") return this.group();
    const one = this.one(character);
    return one === undefined ? undefined : this.repeated(one);
  }

  private isRepeated(): boolean {
    return "*+?{".includes(this.pattern[this.at] ?? "x");
  }

  private group(): string | undefined {
    const isPlain = this.pattern.startsWith("(?:", this.at);
    this.at += isPlain ? 3 : 1;
    if (!isPlain) this.groups++;
    if (this.pattern[this.at] === "?") return undefined;
    this.depth++;
    const inner = this.alternatives();
    this.depth--;
    if (inner === undefined) return undefined;
    this.at++;
    return this.isRepeated() ? undefined : `(${isPlain ? "?:" : ""}${inner})`;
  }

  /** Something that matches one character. */
  private one(character: string): string | undefined {
    this.at++;
    if (character === ".") return "[^\\n]";
    if (character === "[") return this.classOf();
    if (character === "\\") {
      const escaped = this.escape();
      if (escaped === undefined || escaped.length > 2) return escaped && `[${escaped}]`;
      // Outside of a class, JavaScript takes no dash with a backslash.
      return escaped === DASH ? "-" : escaped;
    }
    if ("*+?{}]".includes(character)) return undefined;
    return /[\x20-\x7e\t\n\r]/.test(character) ? literal(character) : undefined;
  }

  /** Reads the rest of an escape, after its backslash. Returns it as written in a JavaScript class. */
  private escape(): string | undefined {
    const character = this.pattern[this.at++] ?? "";
    const known = CLASSES[character] ?? CONTROLS[character];
    if (known !== undefined) return known;
    if (character === "-") return DASH;
    return /^[!-/:-@[-`{-~]$/.test(character) ? literal(character) : undefined;
  }

  private classOf(): string | undefined {
    const isNegated = this.pattern[this.at] === "^";
    if (isNegated) this.at++;
    let out = "";
    for (let first = true;; first = false) {
      const character = this.pattern[this.at];
      if (character === undefined) return undefined;
      this.at++;
      if (character === "]") return first ? undefined : `[${isNegated ? "^" : ""}${out}]`;
      const from = this.member(character);
      if (from === undefined) return undefined;
      out += from;
      if (this.pattern[this.at] !== "-" || this.pattern[this.at + 1] === "]") continue;
      // A range goes from one character to a later one.
      this.at++;
      const next = this.pattern[this.at++];
      const to = next === undefined ? undefined : this.member(next);
      if (to === undefined || from.length > 2 || to.length > 2 || valueOf(from) > valueOf(to)) return undefined;
      out += `-${to}`;
    }
  }

  private member(character: string): string | undefined {
    if (character === "\\") return this.escape();
    // A dash that is no range stands only at an end; `[:` may begin a named class.
    if (character === "-") return this.isAtEdge() ? DASH : undefined;
    if (character === "[") return undefined;
    return /[\x20-\x7e\t\n\r]/.test(character) ? literal(character) : undefined;
  }

  /** The character before {@linkcode at} is the first or the last of its class. */
  private isAtEdge(): boolean {
    const before = this.pattern[this.at - 2];
    return this.pattern[this.at] === "]" || before === "[" || before === "^";
  }

  private repeated(one: string): string | undefined {
    const sign = this.pattern[this.at] ?? "";
    if (sign === "{") return undefined;
    if (sign === "" || !"*+?".includes(sign)) return one;
    this.at++;
    if (sign === "?") this.ways = 2;
    else this.repetitions++;
    const isLazy = this.pattern[this.at] === "?";
    if (isLazy) this.at++;
    return this.isRepeated() ? undefined : `${one}${sign}${isLazy ? "?" : ""}`;
  }
}

/** A character as itself, outside or inside of a class; no dash. */
function literal(character: string): string {
  const control = { "\t": "\\t", "\n": "\\n", "\r": "\\r" }[character];
  if (control !== undefined) return control;
  return /[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

/** The code of a character that is spelled as {@linkcode literal} does. */
function valueOf(spelled: string): number {
  const known = { "\\t": 9, "\\n": 10, "\\v": 11, "\\f": 12, "\\r": 13 }[spelled];
  return known ?? (spelled.at(-1) ?? "").charCodeAt(0);
}

/**
 * Spells a pattern of Go for JavaScript's own matcher; `undefined` when it is
 * not certain to mean the same there.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(nativePattern("-r\\d+$|sha256:")?.matcher.source, "-r[0-9]+$|sha256:");
 * equal(nativePattern("(a*)*"), undefined);
 * ```
 */
export function nativePattern(pattern: string): NativePattern | undefined {
  const reader = new Reader(pattern);
  const source = reader.read();
  if (source === undefined) return undefined;
  // A search tries every place, every repetition every length, and of the rest every way.
  const tries = STEPS_MAX / reader.ways;
  const lengthMax = Math.floor(tries ** (1 / (reader.repetitions + 1)) / Math.max(1, pattern.length / 10));
  const { groups } = reader;
  return { matcher: new RegExp(source, groups > 0 ? "dgu" : "gu"), groups, lengthMax };
}

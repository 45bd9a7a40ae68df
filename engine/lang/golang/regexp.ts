/**
 * Go's `regexp` on top of re2js: RE2 syntax, linear time, and the way Go walks
 * through matches, fills in replacements and words its errors.
 *
 * Answers to Go 1.14.
 *
 * @module
 */

import { SkegError } from "../../../errors.ts";
import { loadRe2 } from "../../base/mod.ts";
import { normalizeText } from "./bytes.ts";
import { type NativePattern, nativePattern } from "./native_pattern.ts";
import { quote } from "./quote.ts";
import { isDigit, isLetter } from "./unicode.ts";

/** A compiled regular expression. */
export interface Regexp {
  /** True if the text has a match. */
  matches(text: string): boolean;
  /** Returns the leftmost match; empty text when there is none. */
  find(text: string): string;
  /** Returns where the leftmost match begins, in UTF-16 units; -1 when there is none. */
  indexIn(text: string): number;
  /** Returns up to `limit` matches, all when it is negative; `undefined` (nil) when there are none. */
  findAll(text: string, limit: number): string[] | undefined;
  /** Replaces all matches by the template, in which `$1` and `${name}` are groups and `$$` is a dollar. */
  replaceAll(text: string, template: string): string;
  /** Replaces all matches by the text as it is. */
  replaceAllLiteral(text: string, replacement: string): string;
  /** Cuts the text at matches into at most `limit` pieces; `undefined` (nil) when `limit` is 0. */
  split(text: string, limit: number): string[] | undefined;
}

type Re2 = Awaited<ReturnType<typeof loadRe2>>["RE2JS"];

let engine: Re2 | undefined;

/** The length of texts that {@linkcode prepareRegexp} assumes by default. */
const TEXT_MAX = 1_000_000;

/**
 * Loads the matcher that a pattern needs. Plain patterns over short texts do
 * without.
 *
 * @param pattern The pattern that will be compiled; absent: any.
 * @param length UTF-16 units of the longest text that will be searched.
 * @returns `undefined` when nothing has to be loaded, so that callers need not wait.
 */
export function prepareRegexp(pattern?: string, length = TEXT_MAX): Promise<void> | undefined {
  if (engine !== undefined) return undefined;
  if (pattern !== undefined && lengthMaxOf(pattern) >= length) return undefined;
  return loadRe2().then((loaded) => {
    engine = loaded.RE2JS;
  });
}

const cache = new Map<string, Regexp | SkegError>();
const CACHE_MAX = 512;

/** Returns the maximal length of a text that is searched without the matcher; -1 if the matcher is always needed. */
function lengthMaxOf(pattern: string): number {
  const known = cache.get(pattern);
  return (known instanceof Compiled ? known.native : nativePattern(pattern))?.lengthMax ?? -1;
}

/**
 * Compiles a pattern: Go's `regexp.Compile`. Patterns are kept for the next time.
 *
 * @throws {SkegError} Kind `template`, when the pattern is wrong, with Go's words.
 * @throws {Error} When {@linkcode prepareRegexp} was not awaited for this pattern.
 */
export function compileRegexp(pattern: string): Regexp {
  let compiled = cache.get(pattern);
  if (compiled === undefined) {
    const native = nativePattern(pattern);
    compiled = native === undefined ? tryCompile(pattern) : new Compiled(pattern, native);
    if (cache.size >= CACHE_MAX) cache.clear();
    cache.set(pattern, compiled);
  }
  if (compiled instanceof SkegError) throw compiled;
  return compiled;
}

function tryCompile(pattern: string): Regexp | SkegError {
  if (!pattern.isWellFormed()) return illFormed(pattern);
  try {
    return new Compiled(pattern, programOf(pattern));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "RE2JSSyntaxException") throw error;
    const { reason, part } = describe(error.message);
    const rewritten = rewrite(pattern);
    if (part === rewritten.pattern) return failure(reason, pattern);
    return failure(reason, part === UNSUPPORTED ? rewritten.unsupported : part);
  }
}

/** A pattern compiled by re2js. */
interface RePattern {
  readonly program: ReturnType<Re2["compile"]>;
  /** Names of groups by number; group 0 is the whole match. */
  readonly names: readonly string[];
}

function programOf(pattern: string): RePattern {
  if (engine === undefined) throw new Error(`the pattern ${quote(pattern)} is used before its matcher is loaded`);
  const rewritten = rewrite(pattern);
  return { program: engine.compile(rewritten.pattern), names: rewritten.names };
}

/** Errors that the parser finds only at the end of a pattern. It never gets there if the pattern has a bad byte. */
const AT_END = /: (missing closing [)\]]|trailing backslash|invalid named capture)/;

/** Returns the error for a pattern with a byte that is not UTF-8. An error before that byte comes first. */
function illFormed(pattern: string): SkegError {
  const [before = ""] = pattern.split(/[\ud800-\udfff]/u);
  const earlier = tryCompile(before);
  if (earlier instanceof SkegError && !AT_END.test(earlier.message)) return earlier;
  const rest = pattern.slice(before.length);
  const isName = /\(\?P<[^>]*$/.test(before) && rest.includes(">");
  return failure("invalid UTF-8", isName ? rest.slice(0, rest.indexOf(">")) : rest);
}

/** Takes re2js's message apart, which is Go's but for a part that is missing when it is empty. */
function describe(message: string): { reason: string; part: string } {
  const text = message.replace(/^error parsing regexp: /, "");
  const match = /^([^`]*): `(.*)`$/s.exec(text);
  return match === null ? { reason: text, part: "" } : { reason: match[1] ?? "", part: match[2] ?? "" };
}

function failure(reason: string, part: string): SkegError {
  return new SkegError("template", `error parsing regexp: ${reason}: \`${part}\``, {
    hint: "This is a regular expression: put a backslash before [ ] ( ) { } . * + ? | ^ $ where they mean themselves.",
  });
}

/** Go's panic of `regexp.MustCompile` for a pattern that does not compile. */
export function mustCompileMessage(pattern: string, error: Error): string {
  const shown = /^[^`\x00-\x08\n-\x1f\x7f\ufeff]*$/.test(pattern) && pattern.isWellFormed()
    ? `\`${pattern}\``
    : quote(pattern);
  return `regexp: Compile(${shown}): ${error.message}`;
}

const UNSUPPORTED = "(?>";

interface Rewritten {
  readonly pattern: string;
  /** Names of groups by number; group 0 is the whole match. */
  readonly names: readonly string[];
  /** The first characters of the first unsupported group, as in the original. */
  readonly unsupported: string;
}

/** A piece of syntax: quoted text, an escape, a character class, the start of a group, or any one character. */
const SYNTAX = new RegExp(
  [
    String.raw`\\Q.*?(?:\\E|$)`,
    String.raw`\\.?`,
    String.raw`\[\^?\]?(?:\\.|\[:\^?[a-z]+:\]|[^\]\\])*\]?`,
    String.raw`\(\?P<([0-9A-Za-z_]+)>`,
    String.raw`\(\?[P<>]?<?`,
    ".",
  ].join("|"),
  "gs",
);

/**
 * Spells the pattern so that re2js, which follows a newer Go, takes it as Go 1.14
 * does: groups may share a name, and `(?<` begins nothing.
 */
function rewrite(pattern: string): Rewritten {
  const names = [""];
  let unsupported = UNSUPPORTED;
  let isSeen = false;
  let isBroken = false;
  const text = pattern.replace(SYNTAX, (piece: string, name: string | undefined) => {
    if (isBroken || !piece.startsWith("(")) return piece;
    if (name !== undefined || piece === "(") {
      names.push(name ?? "");
      return "(";
    }
    // A name that is none: what follows belongs to the message.
    if (piece.startsWith("(?P")) isBroken = true;
    if (piece !== "(?<" && piece !== UNSUPPORTED) return piece;
    if (!isSeen) unsupported = piece;
    isSeen = true;
    return UNSUPPORTED;
  });
  return { pattern: text, names, unsupported };
}

/** Ends a walk through matches. */
const STOP = Symbol("stop");

/** A search over one text, with either matcher. */
interface Search {
  /** Finds the leftmost match that begins at `from` or later. */
  find(from?: number): boolean;
  /** Where the match, or its group, begins; -1 when the group took no part. */
  start(group?: number): number;
  /** Where it ends. */
  end(group?: number): number;
}

/** {@linkcode Search} with JavaScript's own matcher. */
class NativeSearch implements Search {
  #match: RegExpExecArray | null = null;

  constructor(private readonly matcher: RegExp, private readonly text: string) {}

  find(from = 0): boolean {
    this.matcher.lastIndex = from;
    this.#match = this.matcher.exec(this.text);
    return this.#match !== null;
  }

  start(group = 0): number {
    return group === 0 ? this.#match?.index ?? -1 : this.#match?.indices?.[group]?.[0] ?? -1;
  }

  end(group = 0): number {
    if (group > 0) return this.#match?.indices?.[group]?.[1] ?? -1;
    return (this.#match?.index ?? 0) + (this.#match?.[0].length ?? -1);
  }
}

class Compiled implements Regexp {
  /** The matcher for short texts, if the pattern is plain. */
  readonly native: NativePattern | undefined;
  #re: RePattern | undefined;
  /** Names of groups by number; group 0 is the whole match. */
  readonly #names: readonly string[];

  constructor(private readonly pattern: string, made: NativePattern | RePattern) {
    if ("matcher" in made) {
      this.native = made;
      this.#names = new Array<string>(made.groups + 1).fill("");
    } else {
      this.#re = made;
      this.#names = made.names;
    }
  }

  #search(text: string): Search {
    const wellFormed = text.toWellFormed();
    if (this.native !== undefined && text.length <= this.native.lengthMax) {
      return new NativeSearch(this.native.matcher, wellFormed);
    }
    this.#re ??= programOf(this.pattern);
    return this.#re.program.matcher(wellFormed);
  }

  matches(text: string): boolean {
    return this.#search(text).find();
  }

  find(text: string): string {
    const matcher = this.#search(text);
    return matcher.find() ? text.slice(matcher.start(), matcher.end()) : "";
  }

  indexIn(text: string): number {
    const matcher = this.#search(text);
    return matcher.find() ? matcher.start() : -1;
  }

  findAll(text: string, limit: number): string[] | undefined {
    const found: string[] = [];
    this.#walk(text, limit, (start, end) => {
      found.push(text.slice(start, end));
    });
    return found.length === 0 ? undefined : found;
  }

  split(text: string, limit: number): string[] | undefined {
    if (limit === 0) return undefined;
    if (text === "" && this.pattern !== "") return [""];
    const pieces: string[] = [];
    let start = 0;
    let end = 0;
    this.#walk(text, limit, (from, to) => {
      if (limit > 0 && pieces.length === limit - 1) return STOP;
      end = from;
      if (to !== 0) pieces.push(text.slice(start, end));
      start = to;
    });
    if (end !== text.length) pieces.push(text.slice(start));
    return pieces;
  }

  replaceAll(text: string, template: string): string {
    if (!template.includes("$")) return this.replaceAllLiteral(text, template);
    const parts = parseTemplate(template);
    return this.#replace(text, (matcher) => parts.map((part) => this.#fill(part, matcher, text)).join(""));
  }

  replaceAllLiteral(text: string, replacement: string): string {
    return this.#replace(text, () => replacement);
  }

  /** Go's walk: an empty match right behind another match does not count. */
  #walk(text: string, limit: number, accept: (start: number, end: number) => typeof STOP | void): void {
    const matcher = this.#search(text);
    let left = limit < 0 ? Infinity : limit;
    let position = 0;
    let previousEnd = -1;
    while (left > 0 && position <= text.length && matcher.find(position)) {
      const start = matcher.start();
      const end = matcher.end();
      const isRepeated = end === position && start === previousEnd;
      if (end === position) position += runeLength(text, position) || 1;
      else position = end;
      previousEnd = end;
      if (isRepeated) continue;
      if (accept(start, end) === STOP) return;
      left--;
    }
  }

  #replace(text: string, replacement: (matcher: Search) => string): string {
    const matcher = this.#search(text);
    let out = "";
    let lastEnd = 0;
    let position = 0;
    let found = false;
    while (position <= text.length && matcher.find(position)) {
      found = true;
      const start = matcher.start();
      const end = matcher.end();
      out += text.slice(lastEnd, start);
      if (end > lastEnd || start === 0) out += replacement(matcher);
      lastEnd = end;
      const width = runeLength(text, position);
      if (position + width > end) position += width;
      else if (position + 1 > end) position++;
      else position = end;
    }
    return found ? normalizeText(out + text.slice(lastEnd)) : text;
  }

  #fill(part: TemplatePart, matcher: Search, text: string): string {
    if (typeof part === "string") return part;
    if (part.number >= 0) return group(matcher, part.number, this.#names.length, text) ?? "";
    for (const [index, name] of this.#names.entries()) {
      const value = name === part.name ? group(matcher, index, this.#names.length, text) : undefined;
      if (value !== undefined) return value;
    }
    return "";
  }
}

function group(matcher: Search, index: number, count: number, text: string): string | undefined {
  if (index >= count) return undefined;
  const start = matcher.start(index);
  return start < 0 ? undefined : text.slice(start, matcher.end(index));
}

/** Code units of the character at `at`; 0 at the end. */
function runeLength(text: string, at: number): number {
  if (at >= text.length) return 0;
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/** Plain text, or a group by its number (-1: by its name). */
type TemplatePart = string | { readonly name: string; readonly number: number };

/** Cuts a replacement template: Go's `Regexp.Expand`. */
function parseTemplate(template: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let rest = template;
  for (let at = rest.indexOf("$"); at >= 0; at = rest.indexOf("$")) {
    parts.push(rest.slice(0, at));
    rest = rest.slice(at);
    const reference = readReference(rest);
    if (reference !== undefined) {
      parts.push(reference.part);
      rest = reference.rest;
    } else {
      parts.push("$");
      rest = rest.slice(rest.startsWith("$$") ? 2 : 1);
    }
  }
  parts.push(rest);
  return parts;
}

/** Reads `$name` or `${name}` at the start of the text. */
function readReference(text: string): { part: TemplatePart; rest: string } | undefined {
  const isBraced = text[1] === "{";
  const start = isBraced ? 2 : 1;
  let end = start;
  while (end < text.length && isWord(text.codePointAt(end) ?? 0)) end += runeLength(text, end);
  if (end === start || (isBraced && text[end] !== "}")) return undefined;
  const name = text.slice(start, end);
  const isNumber = /^(?:0|[1-9][0-9]{0,8})$/.test(name);
  return { part: { name, number: isNumber ? Number(name) : -1 }, rest: text.slice(isBraced ? end + 1 : end) };
}

function isWord(code: number): boolean {
  return code === 0x5f || isLetter(code) || isDigit(code);
}

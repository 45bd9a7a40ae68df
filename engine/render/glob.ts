/**
 * File patterns of `.Files.Glob`: `*` and `?` stay within a segment, `**`
 * crosses, `[a-z]`, `[!abc]`, `{one,two}`, and `\` takes the next character as
 * it is.
 *
 * Source: github.com/gobwas/glob 0.2.3.
 *
 * @module
 */

/** One piece of a pattern. */
type Part =
  | { readonly kind: "char"; readonly char: string }
  | { readonly kind: "single" | "any" | "super" }
  | { readonly kind: "set"; readonly has: (char: string) => boolean; readonly not: boolean }
  | { readonly kind: "either"; readonly patterns: Part[][] };

/** The pattern is none that can be used. */
class BadPattern extends Error {}

class Reader {
  private readonly chars: readonly string[];
  private at = 0;

  constructor(pattern: string) {
    this.chars = [...pattern];
    if (this.chars.some((char) => char === "\ufffd" || /^\p{Surrogate}$/u.test(char))) throw new BadPattern();
  }

  /** Reads up to the end, or to what closes the alternative being read. */
  pattern(inTerms: boolean): Part[] {
    const parts: Part[] = [];
    for (;;) {
      const char = this.chars[this.at];
      if (char === undefined || (inTerms && (char === "," || char === "}"))) return parts;
      this.at += 1;
      parts.push(this.part(char));
    }
  }

  private part(char: string): Part {
    switch (char) {
      case "{":
        return this.either();
      case "[":
        return this.set();
      case "?":
        return { kind: "single" };
      case "*":
        if (this.chars[this.at] !== "*") return { kind: "any" };
        this.at += 1;
        return { kind: "super" };
      case "\\":
        return { kind: "char", char: this.chars[this.at++] ?? "" };
    }
    return { kind: "char", char };
  }

  private either(): Part {
    const patterns = [this.pattern(true)];
    while (this.chars[this.at] === ",") {
      this.at += 1;
      patterns.push(this.pattern(true));
    }
    this.at += 1;
    return { kind: "either", patterns };
  }

  private take(): string {
    const char = this.chars[this.at++];
    if (char === undefined) throw new BadPattern();
    return char;
  }

  private set(): Part {
    let first = this.take();
    const not = first === "!";
    if (not) first = this.take();
    if (this.chars[this.at] === "-") {
      this.at += 1;
      const last = this.take();
      if (this.take() !== "]" || last < first) throw new BadPattern();
      return { kind: "set", not, has: (char) => char >= first && char <= last };
    }
    this.at -= 1;
    const list = new Set<string>();
    for (let char = this.take(); char !== "]"; char = this.take()) list.add(char === "\\" ? this.take() : char);
    if (list.size === 0) throw new BadPattern();
    return { kind: "set", not, has: (char) => list.has(char) };
  }
}

/** Where matching can go on after a part, from each of the places before it. */
function advance(part: Part, text: readonly string[], from: Iterable<number>): Set<number> {
  const to = new Set<number>();
  for (const at of from) {
    const char = text[at];
    switch (part.kind) {
      case "char":
        if (part.char === "") to.add(at);
        else if (char === part.char) to.add(at + 1);
        break;
      case "single":
        if (char !== undefined && char !== "/") to.add(at + 1);
        break;
      case "set":
        if (char !== undefined && part.has(char) !== part.not) to.add(at + 1);
        break;
      case "any":
      case "super":
        for (let end = at; end <= text.length; end++) {
          to.add(end);
          if (part.kind === "any" && text[end] === "/") break;
        }
        break;
      case "either":
        for (const pattern of part.patterns) for (const end of advanceAll(pattern, text, [at])) to.add(end);
    }
  }
  return to;
}

function advanceAll(parts: readonly Part[], text: readonly string[], from: Iterable<number>): Iterable<number> {
  let places = from;
  for (const part of parts) places = advance(part, text, places);
  return places;
}

/** Returns a test for paths; `undefined` when the pattern is no good. */
export function compileGlob(pattern: string): ((path: string) => boolean) | undefined {
  let parts: Part[];
  try {
    parts = new Reader(pattern).pattern(false);
  } catch (error) {
    if (error instanceof BadPattern) return undefined;
    throw error;
  }
  return (path) => {
    const text = [...path];
    for (const end of advanceAll(parts, text, [0])) if (end === text.length) return true;
    return false;
  };
}

/**
 * File patterns of `.Files.Glob`: `*` and `?` stay within a path segment, `**`
 * crosses segments, `[a-z]`, `[!abc]`, `{one,two}`, and `\` escapes the next
 * character.
 *
 * The reference implementation compiles a pattern to specialised matchers, and
 * charts depend on their behaviour in edge cases: `conf/**` + `/a.yaml` finds
 * `conf/a.yaml` too, because prefix and suffix may overlap. So the same matchers
 * exist here (`glob_match.ts`), chosen in the same way (`glob_compile.ts`).
 *
 * Source: github.com/gobwas/glob 0.2.3, `syntax`.
 *
 * @module
 */
import { toBytes } from "../../lang/golang/mod.ts";
import { compileParts, type Part } from "./glob_compile.ts";

/** Thrown for an invalid pattern. */
class BadPattern extends Error {}

/** Returns a text with one character per byte. */
function byteText(text: string): string {
  let out = "";
  for (const byte of toBytes(text)) out += String.fromCharCode(byte);
  return out;
}

const SPECIAL = "?*[{";

class Reader {
  private readonly chars: readonly string[];
  private at = 0;

  constructor(pattern: string) {
    this.chars = [...pattern];
    if (this.chars.some((char) => char === "\ufffd" || /^\p{Surrogate}$/u.test(char))) throw new BadPattern();
  }

  /** Parses up to the end of the pattern or of the current alternative. */
  pattern(inTerms: boolean): Part[] {
    const parts: Part[] = [];
    for (;;) {
      const char = this.chars[this.at];
      if (char === undefined || (inTerms && (char === "," || char === "}"))) return parts;
      const part = SPECIAL.includes(char) ? this.special(char) : this.text(inTerms);
      if (part !== undefined) parts.push(part);
    }
  }

  private special(char: string): Part {
    this.at += 1;
    switch (char) {
      case "{":
        return this.either();
      case "[":
        return this.set();
      case "?":
        return { kind: "single" };
    }
    if (this.chars[this.at] !== "*") return { kind: "any" };
    this.at += 1;
    return { kind: "super" };
  }

  private text(inTerms: boolean): Part | undefined {
    let text = "";
    for (let char = this.chars[this.at]; char !== undefined; char = this.chars[this.at]) {
      if (SPECIAL.includes(char) || (inTerms && (char === "," || char === "}"))) break;
      this.at += 1;
      text += char === "\\" ? this.chars[this.at++] ?? "" : char;
    }
    return text === "" ? undefined : { kind: "text", text: byteText(text) };
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
      const low = first.codePointAt(0) ?? 0;
      const high = this.take().codePointAt(0) ?? 0;
      if (this.take() !== "]" || high < low) throw new BadPattern();
      return { kind: "range", low, high, not };
    }
    this.at -= 1;
    let chars = "";
    for (let char = this.take(); char !== "]"; char = this.take()) chars += char === "\\" ? this.take() : char;
    if (chars === "") throw new BadPattern();
    return { kind: "list", chars, not };
  }
}

/** Returns a test for paths; `undefined` when the pattern is invalid. */
export function compileGlob(pattern: string): ((path: string) => boolean) | undefined {
  try {
    const matcher = compileParts(new Reader(pattern).pattern(false));
    return (path) => matcher.match(byteText(path));
  } catch (error) {
    if (error instanceof BadPattern) return undefined;
    throw error;
  }
}

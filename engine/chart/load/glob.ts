/**
 * Shell patterns for a path, as in Go's `filepath.Match`.
 *
 * `*` and `?` do not match a slash; `[a-z]` and `[^a-z]` are classes; a backslash
 * escapes the next character, on every system.
 *
 * @module
 */

/** One element of a pattern. */
export type PatternPart =
  | { readonly is: "char"; readonly char: string }
  | { readonly is: "any" }
  | { readonly is: "star" }
  | { readonly is: "class"; readonly negated: boolean; readonly ranges: readonly (readonly [number, number])[] }
  | { readonly is: "bad" };

/** A compiled pattern. */
export type Pattern = readonly PatternPart[];

/** Result of a match; `bad pattern` means that the pattern is malformed. */
export type MatchResult = "match" | "no match" | "bad pattern";

/** Compiles a pattern. A malformed part is only reported when matching reaches it, as in Go. */
export function compilePattern(text: string): Pattern {
  const chars = [...text];
  const tokens: PatternPart[] = [];
  let at = 0;
  while (at < chars.length) {
    const char = chars[at++] ?? "";
    if (char === "*") {
      if (tokens.at(-1)?.is !== "star") tokens.push({ is: "star" });
    } else if (char === "?") tokens.push({ is: "any" });
    else if (char === "[") {
      const found = readClass(chars, at);
      tokens.push(found?.token ?? { is: "bad" });
      if (found === undefined) break;
      at = found.next;
    } else if (char === "\\") {
      const next = chars[at++];
      tokens.push(next === undefined ? { is: "bad" } : { is: "char", char: next });
    } else tokens.push({ is: "char", char });
  }
  return tokens;
}

/** Parses the class whose `[` is before `start`; `undefined` when it is malformed. */
function readClass(chars: readonly string[], start: number): { token: PatternPart; next: number } | undefined {
  let at = start;
  const negated = chars[at] === "^";
  if (negated) at++;
  const ranges: (readonly [number, number])[] = [];
  const member = (): number | undefined => {
    let char = chars[at++];
    if (char === undefined || char === "-" || char === "]") return undefined;
    if (char === "\\") char = chars[at++];
    // A member cannot be the last character: the closing bracket must follow.
    return at < chars.length ? char?.codePointAt(0) : undefined;
  };
  while (chars[at] !== "]" || ranges.length === 0) {
    const low = member();
    if (low === undefined) return undefined;
    let high: number | undefined = low;
    if (chars[at] === "-") {
      at++;
      high = member();
      if (high === undefined) return undefined;
    }
    ranges.push([low, high]);
  }
  return { token: { is: "class", negated, ranges }, next: at + 1 };
}

/** Matches a whole path, or its characters, against a pattern. */
export function matchPattern(pattern: Pattern, path: string | readonly string[]): MatchResult {
  const chars = typeof path === "string" ? [...path] : path;
  let token = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (true) {
    const current = pattern[token];
    if (current === undefined && at === chars.length) return "match";
    if (current?.is === "star") {
      star = token++;
      starAt = at;
      continue;
    }
    const step = current === undefined ? "no" : matchOne(current, chars[at]);
    if (step === "bad") return "bad pattern";
    if (step === "yes") {
      token++;
      at++;
      continue;
    }
    // Backtrack: the last star matches one more character. It cannot match a slash.
    if (star < 0 || starAt >= chars.length || chars[starAt] === "/") return "no match";
    at = ++starAt;
    token = star + 1;
  }
}

function matchOne(token: PatternPart, char: string | undefined): "yes" | "no" | "bad" {
  if (char === undefined) return "no";
  switch (token.is) {
    case "char":
      return token.char === char ? "yes" : "no";
    case "any":
      return char === "/" ? "no" : "yes";
    case "class": {
      const code = char.codePointAt(0) ?? 0;
      const inside = token.ranges.some(([low, high]) => low <= code && code <= high);
      return inside === token.negated ? "no" : "yes";
    }
    case "bad":
      return "bad";
    case "star":
      return "no";
  }
}

/** Matches a path against the text of a pattern: Go's `filepath.Match`. */
export function matchGlob(pattern: string, path: string): MatchResult {
  return matchPattern(compilePattern(pattern), path);
}

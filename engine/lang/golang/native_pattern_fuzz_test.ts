import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { loadRe2 } from "../../base/mod.ts";
import { nativePattern } from "./native_pattern.ts";

const { RE2JS } = await loadRe2();

const numRuns = fuzzRuns(2000);

const piece = fc.constantFrom(
  ..."ab1-^$|()[]*+?.,\\{}:/_ \n",
  ..."ab|()*+?",
  ..."[]-^",
  "(?:",
  "\\d",
  "\\w",
  "\\s",
  "\\D",
  "\\b",
  "\\.",
  "\\-",
  "\\n",
  "\\v",
  "[a-c",
  "[^",
  "é",
);
const pattern = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(""));
const text = fc.array(fc.constantFrom(..."ab1-c.,/_ \n\u2028é😀^\\]"), { maxLength: 14 }).map((parts) =>
  parts.join("")
);

type Found = readonly (readonly [number, number])[];

/** Matches with their groups, as RE2 finds them, each from where the last one ended; `undefined` for a wrong pattern. */
function expected(source: string, subject: string): Found[] | undefined {
  let program: ReturnType<typeof RE2JS.compile>;
  try {
    program = RE2JS.compile(source);
  } catch {
    return undefined;
  }
  const matcher = program.matcher(subject);
  const found: Found[] = [];
  for (let at = 0; at <= subject.length && matcher.find(at);) {
    found.push(
      Array.from(
        { length: matcher.groupCount() + 1 },
        (_, group) => [matcher.start(group), matcher.end(group)] as const,
      ),
    );
    at = matcher.end() > at ? matcher.end() : at + ((subject.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
  }
  return found;
}

/** The same with JavaScript's own matcher. */
function actual({ matcher, groups }: { matcher: RegExp; groups: number }, subject: string): Found[] {
  const found: Found[] = [];
  for (let at = 0; at <= subject.length;) {
    matcher.lastIndex = at;
    const match = matcher.exec(subject);
    if (match === null) break;
    const end = match.index + match[0].length;
    const places = Array.from({ length: groups }, (_, index) => match.indices?.[index + 1] ?? [-1, -1] as const);
    found.push([[match.index, end], ...places]);
    at = end > at ? end : at + ((subject.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
  }
  return found;
}

Deno.test("nativePattern() finds what RE2 finds, and takes no pattern that RE2 refuses", () => {
  let taken = 0;
  fc.assert(
    fc.property(pattern, text, (source, subject) => {
      const native = nativePattern(source);
      if (native === undefined) return;
      taken++;
      deepEqual(actual(native, subject), expected(source, subject), JSON.stringify({ source, subject }));
    }),
    { numRuns },
  );
  equal(taken > numRuns / 20, true, `only ${taken} patterns were plain`);
});

Deno.test("nativePattern() leaves to RE2 what is not certain", () => {
  for (
    const source of ["(?i)a", "(a)*", "(?:a+)+", "a{2}", "\\pL", "\\bx", "é", "a**", "[z-a]", "[a", "a)", "[[:digit:]]"]
  ) {
    equal(nativePattern(source), undefined, source);
  }
});

Deno.test("nativePattern() takes the shorter texts the more a pattern repeats", () => {
  const lengths = ["^abc$", "ab*", "a*b*", "a*b*c*"].map((source) => nativePattern(source)?.lengthMax ?? 0);
  deepEqual(lengths, lengths.toSorted((a, b) => b - a));
  equal((lengths[3] ?? 0) >= 100, true);
});

Deno.test("nativePattern() leaves patterns to the other matcher that have more ways through them than time", () => {
  for (
    const source of [
      "a?".repeat(40) + "a".repeat(40),
      "a??".repeat(40) + "b",
      "(a|a)".repeat(40) + "b",
      "(?:a|(?:a|a?))".repeat(20) + "b",
      "(|a|aa)".repeat(30) + "b",
    ]
  ) equal(nativePattern(source)?.lengthMax, 0, source);
  // Alternatives of which only one is taken add up.
  equal((nativePattern(Array.from({ length: 20 }, (_, at) => `name-${at}`).join("|"))?.lengthMax ?? 0) > 10_000, true);
});

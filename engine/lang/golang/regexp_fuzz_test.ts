import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import fc from "fast-check";
import { SkegError } from "../../../errors.ts";
import { compileRegexp, prepareRegexp, type Regexp } from "./regexp.ts";

await prepareRegexp();

const numRuns = fuzzRuns(200);

const piece = fc.constantFrom(
  ..."ab.^$|()[]*+?{}-\\,:1é😀 \n",
  "(?:",
  "(?i)",
  "(?P<n>",
  "(?s-m:",
  "[^",
  "[[:alpha:]]",
  "\\d",
  "\\pL",
  "\\p{Greek}",
  "\\x{10ffff}",
  "\\Q",
  "\\E",
  "\\b",
  "{2,3}",
  "{1000}",
  "*?",
  "\udcff",
);
const pattern = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
const text = fc.array(fc.constantFrom(..."ab1é😀 \n", "aaaa", "\udcff"), { maxLength: 12 }).map((parts) =>
  parts.join("")
);
const replacement = fc.array(fc.constantFrom("$", "{", "}", "1", "n", "x"), { maxLength: 6 }).map((parts) =>
  parts.join("")
);

/** The pattern compiled, or `undefined` when it is refused as Go refuses patterns. */
function compiled(source: string): Regexp | undefined {
  try {
    return compileRegexp(source);
  } catch (error) {
    if (error instanceof SkegError && error.kind === "template") return undefined;
    throw error;
  }
}

Deno.test("compileRegexp() answers any pattern with a matcher that always ends, or an error of kind template", () => {
  fc.assert(
    fc.property(pattern, text, replacement, fc.integer({ min: -1, max: 3 }), (source, subject, into, limit) => {
      const regexp = compiled(source);
      if (regexp === undefined) return;
      const found = regexp.findAll(subject, -1) ?? [];
      if (regexp.matches(subject) !== (found.length > 0)) throw new Error("matches() and findAll() disagree");
      if (found.length > 0 && regexp.find(subject) !== found[0]) throw new Error("find() and findAll() disagree");
      regexp.replaceAll(subject, into);
      regexp.split(subject, limit);
    }),
    { numRuns },
  );
});

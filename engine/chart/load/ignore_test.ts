import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { matchPattern } from "./glob.ts";
import { type IgnoreLine, ignoreTest, parseIgnoreRules } from "./ignore.ts";

const runs = fuzzRuns(200);

const kept = (text: string, paths: readonly string[]): string[] => {
  const isIgnored = ignoreTest(parseIgnoreRules(text));
  return paths.filter((path) => !isIgnored(path.replace(/\/$/, ""), path.endsWith("/")));
};

Deno.test("ignoreTest() compares a rule without a slash with the last part, at any depth", () => {
  deepEqual(kept("*.txt", ["a.txt", "docs/a.txt", "docs/a.md"]), ["docs/a.md"]);
});

Deno.test("ignoreTest() compares a rule with a slash with the whole path", () => {
  deepEqual(kept("docs/*.md\n/x", ["docs/a.md", "old/docs/a.md", "x", "docs/x"]), ["old/docs/a.md", "docs/x"]);
});

Deno.test("ignoreTest() applies a rule that ends in a slash to folders only", () => {
  deepEqual(kept("docs/", ["docs/", "docs"]), ["docs"]);
});

Deno.test("ignoreTest() leaves out everything that a negated rule does not match", () => {
  deepEqual(kept("!*.yaml", ["Chart.yaml", "README.md"]), ["Chart.yaml"]);
});

Deno.test("ignoreTest() always leaves out dot files directly in templates/", () => {
  deepEqual(kept("", ["templates/.a", "templates/a", "templates/b/.a"]), ["templates/a", "templates/b/.a"]);
});

Deno.test("parseIgnoreRules() skips comments and blank lines and trims", () => {
  equal(parseIgnoreRules("# a\n\n  b \r\n").length, 2);
});

Deno.test("parseIgnoreRules() refuses a line that Go's scanner does not take", () => {
  equal(parseIgnoreRules(`${"x".repeat(65_535)}\ny`).length, 3);
  throws(() => parseIgnoreRules("x".repeat(65_536)), { kind: "chart", message: "bufio.Scanner: token too long" });
});

Deno.test("parseIgnoreRules() refuses ** and broken patterns", () => {
  throws(() => parseIgnoreRules("a/**"), { kind: "chart", message: "double-star (**) syntax is not supported" });
  throws(() => parseIgnoreRules("*["), { kind: "chart", message: "syntax error in pattern" });
});

/** Tries the rules one by one, as Helm 2 does. */
function inOrder(rules: readonly IgnoreLine[], path: string, isFolder: boolean): boolean {
  const matches = ({ pattern, baseOnly }: IgnoreLine): boolean =>
    matchPattern(pattern, baseOnly ? path.slice(path.lastIndexOf("/") + 1) : path) === "match";
  for (const rule of rules) {
    if (rule.negated) {
      if (rule.folderOnly && !isFolder || !matches(rule)) return true;
    } else if ((!rule.folderOnly || isFolder) && matches(rule)) return true;
  }
  return false;
}

Deno.test("ignoreTest() answers as if every rule were tried in order", () => {
  const piece = fc.constantFrom(..."a|b|ab|*|?|/|.|[ab]|[^a]|\\\\|\\*|é|\udcff|x.txt".split("|"));
  const rule = fc.tuple(fc.constantFrom("", "", "", "!"), fc.array(piece, { minLength: 1, maxLength: 5 }))
    .map(([start, parts]) => start + parts.join(""));
  const part = fc.constantFrom("a", "b", "ab", "x.txt", ".x", "é", "\udcff", "*", "\\", "aab");
  const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 6 }), path, fc.boolean(), (lines, one, isFolder) => {
      let rules;
      try {
        rules = parseIgnoreRules(lines.join("\n"));
      } catch {
        return;
      }
      equal(ignoreTest(rules)(one, isFolder), inOrder(rules, one, isFolder), JSON.stringify(lines));
    }),
    { numRuns: runs },
  );
});

Deno.test("ignoreTest() looks plain names up, however many there are", () => {
  const count = 100_000;
  // One after the other these would be 10 billion comparisons.
  const isIgnored = ignoreTest(
    parseIgnoreRules(Array.from({ length: count }, (_, index) => `a${index}.txt`).join("\n")),
  );
  let ignored = 0;
  for (let index = 0; index < count; index++) ignored += isIgnored(`f/a${index * 2}.txt`, false) ? 1 : 0;
  equal(ignored, count / 2);
});

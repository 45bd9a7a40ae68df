import { deepEqual, equal, throws } from "node:assert/strict";
import { isIgnored, parseIgnoreRules } from "./ignore.ts";

const kept = (text: string, paths: readonly string[]): string[] => {
  const rules = parseIgnoreRules(text);
  return paths.filter((path) => !isIgnored(rules, path.replace(/\/$/, ""), path.endsWith("/")));
};

Deno.test("isIgnored() compares a rule without a slash with the last part, at any depth", () => {
  deepEqual(kept("*.txt", ["a.txt", "docs/a.txt", "docs/a.md"]), ["docs/a.md"]);
});

Deno.test("isIgnored() compares a rule with a slash with the whole path", () => {
  deepEqual(kept("docs/*.md\n/x", ["docs/a.md", "old/docs/a.md", "x", "docs/x"]), ["old/docs/a.md", "docs/x"]);
});

Deno.test("isIgnored() applies a rule that ends in a slash to folders only", () => {
  deepEqual(kept("docs/", ["docs/", "docs"]), ["docs"]);
});

Deno.test("isIgnored() leaves out everything that a negated rule does not match", () => {
  deepEqual(kept("!*.yaml", ["Chart.yaml", "README.md"]), ["Chart.yaml"]);
});

Deno.test("isIgnored() always leaves out dot files directly in templates/", () => {
  deepEqual(kept("", ["templates/.a", "templates/a", "templates/b/.a"]), ["templates/a", "templates/b/.a"]);
});

Deno.test("parseIgnoreRules() skips comments and blank lines and trims", () => {
  equal(parseIgnoreRules("# a\n\n  b \r\n").length, 2);
});

Deno.test("parseIgnoreRules() refuses ** and broken patterns", () => {
  throws(() => parseIgnoreRules("a/**"), { kind: "chart", message: "double-star (**) syntax is not supported" });
  throws(() => parseIgnoreRules("*["), { kind: "chart", message: "syntax error in pattern" });
});

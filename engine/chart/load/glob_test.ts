import { equal } from "node:assert/strict";
import { compilePattern, matchPattern } from "./glob.ts";

const match = (pattern: string, path: string): string => matchPattern(compilePattern(pattern), path);

Deno.test("matchPattern() lets * and ? stop at a slash", () => {
  equal(match("a*", "abc"), "match");
  equal(match("a*", "a/b"), "no match");
  equal(match("a?b", "a/b"), "no match");
  equal(match("*/*", "a/b"), "match");
});

Deno.test("matchPattern() goes back to the last star only", () => {
  equal(match("*a*b", "xaxab"), "match");
  equal(match("*ab*c", "ababc"), "match");
});

Deno.test("matchPattern() reads classes", () => {
  equal(match("[a-c]x", "bx"), "match");
  equal(match("[^a-c]x", "bx"), "no match");
  equal(match("[!a]", "!"), "match");
  equal(match("[\\]]", "]"), "match");
});

Deno.test("matchPattern() takes the character after a backslash as it is", () => {
  equal(match("\\*", "*"), "match");
  equal(match("\\*", "a"), "no match");
});

Deno.test("matchPattern() notices a broken part only when it gets there", () => {
  equal(match("x[", "abc"), "no match");
  equal(match("a[", "abc"), "bad pattern");
  equal(match("a\\", "ab"), "bad pattern");
});

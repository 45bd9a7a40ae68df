import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import { deepEqual, equal, match } from "node:assert/strict";
import fc from "fast-check";
import { compileGlob } from "./glob.ts";

const numRuns = fuzzRuns(200);

const PATHS = ["a.txt", "b.txt", "dir/a.txt", "dir/sub/a.txt", "dir/sub/x/y.z", "x/y/z/w.v", "é.txt", "a*b", "[x].t"];

function found(pattern: string): string[] | undefined {
  const matches = compileGlob(pattern);
  return matches === undefined ? undefined : PATHS.filter(matches);
}

Deno.test("compileGlob() keeps * and ? within a segment", () => {
  deepEqual(found("*.txt"), ["a.txt", "b.txt", "é.txt"]);
  deepEqual(found("?.txt"), ["a.txt", "b.txt"]);
  deepEqual(found("dir/*/a.txt"), ["dir/sub/a.txt"]);
});

Deno.test("compileGlob() lets ** cross segments, and shrink to nothing between slashes", () => {
  deepEqual(found("dir/**"), ["dir/a.txt", "dir/sub/a.txt", "dir/sub/x/y.z"]);
  deepEqual(found("x/y/**/z/w.v"), ["x/y/z/w.v"]);
  deepEqual(found("dir/**/a.txt"), ["dir/a.txt", "dir/sub/a.txt"]);
});

Deno.test("compileGlob() knows sets, alternatives and escapes", () => {
  deepEqual(found("[ab].txt"), ["a.txt", "b.txt"]);
  deepEqual(found("[b-z].txt"), ["b.txt"]);
  deepEqual(found("{a,dir/a}.txt"), ["a.txt", "dir/a.txt"]);
  deepEqual(found("a\\*b"), ["a*b"]);
  deepEqual(found("\\[x].t"), ["[x].t"]);
});

Deno.test("compileGlob() counts bytes where the reference does", () => {
  // A set within a sequence matches one byte, so two-byte letters do not match.
  deepEqual(found("[!a].txt"), ["b.txt"]);
});

Deno.test("compileGlob() says when a pattern is no good", () => {
  equal(found("["), undefined);
  equal(found("[]a"), undefined);
  equal(found("[z-a]"), undefined);
});

Deno.test("compileGlob() takes patterns and paths of any length, and in a time that does not double with each letter", () => {
  const many = "a".repeat(200);
  equal(compileGlob("*a".repeat(2000))?.(many), false);
  equal(compileGlob("*a".repeat(2000))?.("a".repeat(2000)), true);
  equal(compileGlob("*a".repeat(20))?.(`${many}b`), false);
  equal(compileGlob("*{a,bb}".repeat(8))?.(`${"a".repeat(60)}c`), false);
  equal(compileGlob("**?*".repeat(5000))?.(many), false);
  equal(compileGlob("?a".repeat(5000))?.("ba".repeat(5000)), true);
  equal(compileGlob("{a,b}".repeat(3000))?.("ab".repeat(1500)), true);
  equal(compileGlob("*a".repeat(50_000))?.("a".repeat(50_000)), true);
  equal(compileGlob("*a*".repeat(200))?.("a".repeat(199)), false);
});

Deno.test("compileGlob() makes a piece that stands alone no tree", () => {
  // A tree needs an index where its own matcher begins; a single set also matches the empty path.
  equal(compileGlob("?")?.(""), true);
  equal(compileGlob("[!a]")?.(""), true);
  equal(compileGlob("*?")?.(""), false);
});

Deno.test("compileGlob() always ends, and fails only as the reference does", () => {
  const pattern = fc.string({ unit: fc.constantFrom(..."ab/*?[]{},!-\\é"), maxLength: 12 });
  fc.assert(
    fc.property(pattern, (source) => {
      const matches = compileGlob(source);
      for (const path of PATHS) {
        try {
          equal(typeof (matches?.(path) ?? false), "boolean");
        } catch (error) {
          match(String(error), /slice bounds out of range/);
        }
      }
    }),
    { numRuns },
  );
});

import { deepEqual, equal } from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { lineDiff } from "./line_diff.ts";

Deno.test("lineDiff() shows what was removed and added, with two lines around it", () => {
  const before = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n";
  const after = "a\nb\nc\nd\nE\nf\ng\nh\ni\n";
  deepEqual(lineDiff(before, after), ["  c", "  d", "- e", "+ E", "  f", "  g", "  h", "  i", "- j"]);
  deepEqual(lineDiff("a\nb\nc\nd\ne\nf\ng\nx\n", "A\nb\nc\nd\ne\nf\ng\ny\n"), [
    "- a",
    "+ A",
    "  b",
    "  c",
    "...",
    "  f",
    "  g",
    "- x",
    "+ y",
  ]);
});

Deno.test("lineDiff() of equal texts is empty, and of nothing is everything", () => {
  deepEqual(lineDiff("a\n", "a\n"), []);
  deepEqual(lineDiff("", "a\n"), ["+ a"]);
  deepEqual(lineDiff("a\nb", ""), ["- a", "- b"]);
});

Deno.test("lineDiff() of large texts that have nothing in common ends soon", () => {
  const numbers = (from: number) => Array.from({ length: 3000 }, (_, at) => String(from + at)).join("\n");
  equal(lineDiff(numbers(0), numbers(5000)).length, 6000);
});

Deno.test("lineDiff() has every line of both texts that is not in the other", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
  fc.assert(fc.property(text, text, (before, after) => {
    const lines = lineDiff(before.join("\n"), after.join("\n"));
    const removed = lines.filter((line) => line.startsWith("-")).length;
    const added = lines.filter((line) => line.startsWith("+")).length;
    equal(after.length - before.length, added - removed);
  }));
});

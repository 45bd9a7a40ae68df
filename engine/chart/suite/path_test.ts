import { deepEqual, equal, throws } from "node:assert/strict";
import { Int } from "../../lang/golang/mod.ts";
import { decodeCurrentYaml } from "../../lang/yaml/mod.ts";
import { valuesAt } from "./find.ts";
import { parsePath } from "./path.ts";

const DOCUMENT = decodeCurrentYaml(`
a: { b: [1, 2, 3], c.d: x, k: { y: 2, x: 1 }, "it's": q, n: null }
list:
- { name: p, size: 1, on: true }
- { name: q, size: 2.5 }
- { name: r, other: { name: deep } }
my.conf: text
`);

function found(path: string, notes: string[] = []): unknown[] {
  const plain = (value: unknown): unknown =>
    value instanceof Int ? Number(value.value) : Array.isArray(value) ? value.map(plain) : value;
  return valuesAt(DOCUMENT, path, { upstreamBugs: false, note: (text) => notes.push(text) }).map(plain);
}

Deno.test("valuesAt() follows names, indexes and slices", () => {
  deepEqual(found("a.b[1]"), [2]);
  deepEqual(found("$.a.b[-1]"), [3]);
  deepEqual(found("a.b[0:2]"), [1, 2]);
  deepEqual(found("a.b[::-1]"), [3, 2, 1]);
  deepEqual(found("a.b[0,2]"), [1, 3]);
  deepEqual(found("a['c.d']"), ["x"]);
  deepEqual(found(`a["c.d", 'it\\'s']`), ["x", "q"]);
  deepEqual(found("a.none"), []);
  deepEqual(found("a.n"), [null]);
  deepEqual(found("a.b.c"), []);
});

Deno.test("valuesAt() gives children in the order of written YAML, and names of keys", () => {
  deepEqual(found("a.k.*"), [1, 2]);
  deepEqual(found("a.k[*]~"), ["x", "y"]);
  deepEqual(found("a.k~"), ["k"]);
  deepEqual(found("list[*].name"), ["p", "q", "r"]);
});

Deno.test("valuesAt() descends with two dots, inner values first", () => {
  deepEqual(found("..name"), ["p", "q", "deep", "r"]);
  deepEqual(found("list..[?(@.size)].name"), ["p", "q"]);
});

Deno.test("valuesAt() filters by comparisons, patterns, existence and their combinations", () => {
  deepEqual(found("list[?(@.name=='q')].size"), [2.5]);
  deepEqual(found('list[?(@.name == "q")].size'), [2.5]);
  deepEqual(found("list[?(@.name=~/^[pq]$/)].name"), ["p", "q"]);
  deepEqual(found("list[?(@.size > 1)].name"), ["q"]);
  deepEqual(found("list[?(@.size <= 1 || @.other)].name"), ["p", "r"]);
  deepEqual(found("list[?(!@.size && @.name != 'x')].name"), ["r"]);
  deepEqual(found("list[?((@.size==1 || @.size==2.5) && @.on==true)].name"), ["p"]);
  deepEqual(found("list[?(@.name == $.list[1].name)].name"), ["q"]);
});

Deno.test("valuesAt() reads paths of helm-unittest 0.2, with a note", () => {
  const notes: string[] = [];
  deepEqual(found("a.[c.d]", notes), ["x"]);
  deepEqual(found("my\\.conf", notes), ["text"]);
  deepEqual(notes, [
    'path a.[c.d] has the form of helm-unittest 0.2; today it is a["c.d"]',
    'path my\\.conf has the form of helm-unittest 0.2; today it is ["my.conf"]',
  ]);
});

Deno.test("valuesAt() reads whole floats as integers for upstream's verdicts only", () => {
  const document = decodeCurrentYaml("a: 1.0");
  const rules = { note: () => {} };
  equal(valuesAt(document, "a", { ...rules, upstreamBugs: false })[0], 1);
  deepEqual(valuesAt(document, "a", { ...rules, upstreamBugs: true })[0], new Int("int64", 1n));
});

Deno.test("parsePath() refuses what is not a path, in the words of yaml-jsonpath", () => {
  const wrong: Record<string, RegExp> = {
    "a.[": /child name missing at position 2, following "a."/,
    "a[foo]": /invalid array index \[foo\] before position 6: non-integer array index/,
    "a[]": /subscript missing from \[\] before position 3/,
    "a[1": /unmatched \[ at position 3/,
    "a b": /invalid character ' ' at position 1/,
    "a['b": /unmatched "'" at position 4/,
    "a[?(@.b==)]": /invalid filter term/,
    "a[?(@.b==1]": /invalid filter syntax/,
    "a~.b": /property name operator may only be used on last child in path/,
    "$a": /invalid path syntax/,
    "..": /child name or array access or filter missing after recursive descent/,
    "a[::0]": /array index step value must be non-zero/,
  };
  for (const [path, message] of Object.entries(wrong)) throws(() => parsePath(path), message);
});

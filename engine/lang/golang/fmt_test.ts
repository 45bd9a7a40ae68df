import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import { equal } from "node:assert/strict";
import fc from "fast-check";
import { formatPointee, formatValue, sprint, sprintf, sprintln } from "./fmt.ts";
import { Complex, type Field, goInt, newMap, nilMap, Slice, Struct } from "./value.ts";

const numRuns = fuzzRuns(200);

function map(entries: Record<string, unknown>): Record<string, unknown> {
  return Object.assign(newMap(), entries);
}

class Point extends Struct {
  readonly goType = "*plane.Point";

  override get kind(): "ptr" {
    return "ptr";
  }

  override fields(): readonly Field[] {
    return [{ name: "X", value: goInt(1) }, { name: "Y", value: "two" }];
  }
}

Deno.test("sprintf() marks verbs that do not fit", () => {
  equal(sprintf("%d", "x"), "%!d(string=x)");
  equal(sprintf("%d", 3), "%!d(float64=3)");
  equal(sprintf("%s", null), "%!s(<nil>)");
  equal(sprintf("%z", goInt(1)), "%!z(int=1)");
});

Deno.test("sprintf() counts its arguments", () => {
  equal(sprintf("%d"), "%!d(MISSING)");
  equal(sprintf("%d", goInt(1), goInt(2)), "1%!(EXTRA int=2)");
  equal(sprintf("%[2]d %[1]d", goInt(1), goInt(2)), "2 1");
  equal(sprintf("%[3]d", goInt(1)), "%!d(BADINDEX)");
  equal(sprintf("%"), "%!(NOVERB)");
  equal(sprintf("%*d", "w", goInt(1)), "%!(BADWIDTH)1");
});

Deno.test("sprintf() pads and cuts by characters", () => {
  equal(sprintf("%5s|%-5s|%05s", "é", "é", "é"), "    é|é    |0000é");
  equal(sprintf("%.2s", "éàü"), "éà");
  equal(sprintf("%x", "é"), "c3a9");
  equal(sprintf("% #x", "é"), "0xc3 0xa9");
});

Deno.test("sprintf() reaches into lists and maps", () => {
  equal(sprintf("%s", [goInt(1), "a", null]), "[%!s(int=1) a <nil>]");
  equal(sprintf("%v", map({ b: 1, a: [] })), "map[a:[] b:1]");
  equal(sprintf("%q", map({ a: "x" })), 'map["a":"x"]');
});

Deno.test("sprintf() writes Go syntax under %#v", () => {
  equal(sprintf("%#v", map({ a: [null, "x"] })), 'map[string]interface {}{"a":[]interface {}{interface {}(nil), "x"}}');
  equal(sprintf("%#v", nilMap()), "map[string]interface {}(nil)");
  equal(sprintf("%#v", new Slice("string", [], true)), "[]string(nil)");
});

Deno.test("sprintf() knows the forms of integers", () => {
  equal(sprintf("%+d|% d|%06d|%.3d", goInt(7), goInt(7), goInt(-7), goInt(7)), "+7| 7|-00007|007");
  equal(sprintf("%b %o %O %#x %X", goInt(5), goInt(8), goInt(8), goInt(255), goInt(255)), "101 10 0o10 0xff FF");
  equal(sprintf("%c %q %U %#U", goInt(9731), goInt(9731), goInt(9731), goInt(9731)), "☃ '☃' U+2603 U+2603 '☃'");
});

Deno.test("sprintf() knows the forms of floats and complex numbers", () => {
  equal(sprintf("%f %.1f %e %8.2f %+g", 1.5, 0.25, 100, 3.14159, 2), "1.500000 0.2 1.000000e+02     3.14 +2");
  equal(sprintf("%#g %#.3g", 1, 1), "1.00000 1.00");
  equal(sprintf("%v", new Complex(1, -2)), "(1-2i)");
});

Deno.test("sprintf() prints bytes by verb", () => {
  const bytes = new Slice("uint8", [goInt(104, "uint8"), goInt(105, "uint8")]);
  equal(sprintf("%v %s %x %q %d", bytes, bytes, bytes, bytes, bytes), '[104 105] hi 6869 "hi" [104 105]');
});

Deno.test("sprintf() never fails", () => {
  const value = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null), fc.integer().map((n) => goInt(n)));
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(..."%+-# 0[]*.123vTtbcdoOqxXUeEfFgGswp") }),
      fc.array(value),
      (f, a) => {
        equal(typeof sprintf(f, ...a), "string");
      },
    ),
    { numRuns },
  );
});

Deno.test("sprint() puts blanks between neighbours that are no strings", () => {
  equal(sprint([goInt(1), goInt(2), "a", "b", goInt(3)]), "1 2ab3");
  equal(sprintln([goInt(1), "a"]), "1 a\n");
});

Deno.test("formatValue() shows a pointer, formatPointee() what it points to", () => {
  equal(formatValue(new Point()), "&{1 two}");
  equal(formatPointee(new Point()), "{1 two}");
});

import { deepEqual, equal, throws } from "node:assert/strict";
import { compileRegexp, mustCompileMessage, prepareRegexp } from "./regexp.ts";

await prepareRegexp();

Deno.test("findAll() skips an empty match right behind another match", () => {
  deepEqual(compileRegexp("a*").findAll("baaac", -1), ["", "aaa", ""]);
  deepEqual(compileRegexp("a*").findAll("baaac", 2), ["", "aaa"]);
  equal(compileRegexp("x").findAll("abc", -1), undefined);
  equal(compileRegexp("a").findAll("abc", 0), undefined);
});

Deno.test("replaceAll() fills in groups by number and by name", () => {
  const regexp = compileRegexp("(?P<n>b)(c)?");
  equal(regexp.replaceAll("abcb", "<$1$2>"), "a<bc><b>");
  equal(regexp.replaceAll("abcb", "${n}x$nx$$1$"), "abx$1$bx$1$");
  equal(regexp.replaceAll("abcb", "$3${1"), "a${1${1");
  equal(regexp.replaceAllLiteral("abc", "$1"), "a$1");
  equal(compileRegexp("a*").replaceAll("baac", "-"), "-b-c-");
});

Deno.test("split() cuts as Go does at empty matches and at the limit", () => {
  deepEqual(compileRegexp("").split("héé", -1), ["h", "é", "é"]);
  deepEqual(compileRegexp(",").split("a,b,c", 2), ["a", "b,c"]);
  deepEqual(compileRegexp(",").split("", -1), [""]);
  equal(compileRegexp(",").split("a", 0), undefined);
});

Deno.test("raw bytes match as U+FFFD and stay what they are", () => {
  const text = "a\udcffb";
  deepEqual(compileRegexp(".").findAll(text, -1), ["a", "\udcff", "b"]);
  equal(compileRegexp("\ufffd").replaceAllLiteral(text, "-"), "a-b");
});

Deno.test("compileRegexp() lets groups share a name, and knows no other way to name one", () => {
  equal(compileRegexp("(?P<n>a)(?P<n>b)").replaceAll("ab", "$n"), "a");
  throws(() => compileRegexp("(?<n>a)"), {
    kind: "template",
    message: "error parsing regexp: invalid or unsupported Perl syntax: `(?<`",
  });
});

Deno.test("compileRegexp() words its errors as Go", () => {
  const errors: Record<string, string> = {
    "(?P<n>": "missing closing ): `(?P<n>`",
    "a**": "invalid nested repetition operator: `**`",
    "\\": "trailing backslash at end of expression: ``",
    "(?P<n>[a": "missing closing ]: `[a`",
    "(?>a)(?<b>": "invalid or unsupported Perl syntax: `(?>`",
    "(?<b>)(?>a)": "invalid or unsupported Perl syntax: `(?<`",
    "\udcff": "invalid UTF-8: `\udcff`",
    "(a\udcffb": "invalid UTF-8: `\udcffb`",
    "[z-a]\udcff": "invalid character class range: `z-a`",
    "(?P<n\udcff>b": "invalid UTF-8: `\udcff`",
    "(?P<n\udcffb": "invalid UTF-8: `\udcffb`",
  };
  for (const [pattern, message] of Object.entries(errors)) {
    throws(() => compileRegexp(pattern), { kind: "template", message: `error parsing regexp: ${message}` });
  }
  equal(mustCompileMessage("`(", new Error("x")), 'regexp: Compile("`("): x');
});

Deno.test("matching takes linear time", () => {
  const text = "a".repeat(20000);
  const before = performance.now();
  equal(compileRegexp("^(a+)+$").matches(text + "b"), false);
  equal(compileRegexp("(a*)*(a*)*b").matches(text), false);
  equal(performance.now() - before < 5000, true);
});

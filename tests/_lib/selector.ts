/**
 * Label and field selectors, as far as servers of tests are asked with them.
 *
 * @module
 */

type Test = (values: Readonly<Record<string, string>>) => boolean;

/** Returns the test for a selector of terms `a=b`, `a!=b`, `a in (b,c)` and `a notin (b,c)`. */
export function selectorTest(selector: string | null): Test {
  // Not at the commas between parentheses.
  const terms = (selector ?? "").split(/,(?![^(]*\))/).filter((term) => term !== "").map(termTest);
  return (values) => terms.every((test) => test(values));
}

function termTest(term: string): Test {
  const [, key = "", operator = "", text = ""] = /^([^ !=]+) *(!=|=|(?:not)?in) *(.*)$/.exec(term) ?? [];
  if (operator === "") throw new Error(`a selector that tests do not know: ${term}`);
  const listed = text.replace(/[()]/g, "").split(",");
  const isWanted = operator === "=" || operator === "in";
  return (values) => (values[key] !== undefined && listed.includes(values[key])) === isWanted;
}

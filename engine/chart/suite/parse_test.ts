import { deepEqual, equal, throws } from "node:assert/strict";
import { parseSuites } from "./parse.ts";

const OPTIONS = { file: "tests/a_test.yaml", route: "web" };

function suiteText(more = "", assert = "isKind: {of: Pod}"): string {
  return `suite: a\n${more}\ntests:\n- it: works\n  asserts:\n  - ${assert}\n`;
}

Deno.test("parseSuites() reads one suite for each document, and none for empty ones", () => {
  const suites = parseSuites(
    `---\n${suiteText()}---\n# nothing\n---\n${suiteText().replace("suite: a", "suite: b")}`,
    OPTIONS,
  );
  deepEqual(suites.map(({ name }) => name), ["a", "b"]);
});

Deno.test("parseSuites() refuses suites without tests, and tests without asserts", () => {
  throws(() => parseSuites("suite: a\n", OPTIONS), { message: "no tests found" });
  throws(() => parseSuites("suite: a\ntests: [{it: x}]\n", OPTIONS), { message: "no asserts found" });
});

Deno.test("parseSuites() refuses unknown and doubled asserts", () => {
  throws(() => parseSuites(suiteText("", "isKid: {}"), OPTIONS), { message: "Assertion type `isKid` is invalid" });
  throws(() => parseSuites(suiteText("", "{isKind: {of: a}, exists: {path: a}}"), OPTIONS), {
    message: "assertion type `isKind` and `exists` is declared duplicately",
  });
});

Deno.test("parseSuites() refuses unknown keys only when strict", () => {
  equal(parseSuites(suiteText("sets: {}"), OPTIONS).length, 1);
  throws(() => parseSuites(suiteText("sets: {}"), { ...OPTIONS, strict: true }), {
    message: "yaml: unmarshal errors:\n  line 2: field sets not found in type unittest.TestSuite",
  });
});

Deno.test("parseSuites() skips a suite for its reason, or for a newer version of the format", () => {
  equal(parseSuites(suiteText("skip: {reason: later}"), OPTIONS)[0]?.jobs[0]?.skip, "later");
  equal(parseSuites(suiteText("skip: {minimumVersion: 0.9.0}"), OPTIONS)[0]?.skip, "");
  equal(
    parseSuites(suiteText("skip: {minimumVersion: 9.0.0}"), OPTIONS)[0]?.skip,
    "Test suite requires minimum unittest plugin version 9.0.0, but current version is 1.0.3",
  );
});

Deno.test("parseSuites() reads versions as text or number, and null as no API versions", () => {
  const [suite] = parseSuites(
    suiteText("capabilities: {majorVersion: 1, minorVersion: '16+', apiVersions: null}"),
    OPTIONS,
  );
  deepEqual(suite?.capabilities, { majorVersion: "1", minorVersion: "16+", apiVersions: null });
});

Deno.test("parseSuites() mends escapes in double quotes that YAML does not know", () => {
  const [suite] = parseSuites(suiteText("", 'matchRegex: {path: a, pattern: "a\\.b"}'), OPTIONS);
  equal(suite?.jobs[0]?.asserts[0]?.params["pattern"], "a\\.b");
});

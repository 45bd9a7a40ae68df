import { deepEqual, equal, match } from "node:assert/strict";
import { readLabelSelector, selectorOf } from "../selectors.ts";
import {
  configKey,
  dns1035Label,
  dnsLabel,
  dnsSubdomain,
  labelValue,
  pathSegment,
  portName,
  qualifiedName,
} from "./names.ts";

const GOOD: [(text: string) => string[], string[]][] = [
  [dnsLabel, ["a", "a-1", "1a"]],
  [dnsSubdomain, ["a", "a.b-c", "1.2"]],
  [dns1035Label, ["a", "a-1"]],
  [pathSegment, ["system:x", "A b"]],
  [qualifiedName, ["a", "a.b/c_D", "X"]],
  [labelValue, ["", "a.B_c"]],
  [configKey, ["a.b", "_A-"]],
  [portName, ["http", "a-1"]],
];
const BAD: [(text: string) => string[], string[]][] = [
  [dnsLabel, ["", "A", "a.b", "-a", "a".repeat(64)]],
  [dnsSubdomain, ["", "A", "a..b", "a_b", "a".repeat(254)]],
  [dns1035Label, ["1a", "A", "a."]],
  [pathSegment, [".", "..", "a/b", "a%b"]],
  [qualifiedName, ["", "a/b/c", "/a", "a/", "a b"]],
  [labelValue, ["-a", "a b", "a".repeat(64)]],
  [configKey, ["", "a/b", ".", "..", "..a"]],
  [portName, ["", "80", "HTTP", "a--b", "a-name-too-long-x"]],
];

for (const [test, names] of GOOD) {
  Deno.test(`${test.name}() takes ${names.join(", ")}`, () => deepEqual(names.flatMap(test), []));
}
for (const [test, names] of BAD) {
  Deno.test(`${test.name}() refuses what is none`, () => {
    for (const name of names) equal(test(name).length > 0, true, name);
  });
}

Deno.test("messages give examples as Go writes them", () => {
  match(dnsLabel("A")[0] ?? "", /\(e\.g\. 'my-name', {2}or '123-abc', regex used for validation is '.*'\)$/);
});

Deno.test("readLabelSelector() understands sets, equality and existence", () => {
  const test = readLabelSelector("a=1,b!=2,c in (x,y),d notin (z),e,!f,g>3");
  const fitting = { a: "1", b: "3", c: "x", e: "", g: "4" };
  equal(test(fitting), true);
  equal(test({ ...fitting, f: "" }), false);
  equal(test({ ...fitting, g: "3" }), false);
});

Deno.test("selectorOf() wants nothing without a selector, and everything with an empty one", () => {
  equal(selectorOf(undefined)({ a: "b" }), false);
  equal(selectorOf({})({ a: "b" }), true);
});

import { deepEqual, equal, throws } from "node:assert/strict";
import { Int } from "../golang/mod.ts";
import { decodeCurrentYaml, encodeCurrentYaml, yamlLines } from "./mod.ts";

Deno.test("decodeCurrentYaml() tells integers from floats, and leaves the words of YAML 1.1 as texts", () => {
  const read = decodeCurrentYaml("a: 1\nb: 1.5\nc: yes\nd: true\ne: 0x10\nf: ~\n") as Record<string, unknown>;
  deepEqual({ ...read }, { a: new Int("int64", 1n), b: 1.5, c: "yes", d: true, e: new Int("int64", 16n), f: null });
});

Deno.test("decodeCurrentYaml() refuses repeated keys, with both lines", () => {
  throws(() => decodeCurrentYaml("a: 1\nb:\n  x: 1\n  y: 2\n  x: 3\n"), {
    message: 'yaml: unmarshal errors:\n  line 5: mapping key "x" already defined at line 3',
  });
});

Deno.test("encodeCurrentYaml() indents lists, folds no lines, and quotes what would read as something else", () => {
  const long = "word ".repeat(40).trim();
  equal(
    encodeCurrentYaml({ b: ["yes", [1.5, []]], a: { k: {} }, c: long }),
    `a:\n  k: {}\nb:\n  - "yes"\n  - - 1.5\n    - []\nc: ${long}\n`,
  );
  equal(encodeCurrentYaml({ t: "a\n\tb\n" }), "t: |\n  a\n  \tb\n");
  equal(encodeCurrentYaml("x\ny"), "|-\n  x\n  y\n");
  equal(encodeCurrentYaml(null), "null\n");
});

Deno.test("yamlLines() finds the lines of keys and items", () => {
  const lines = yamlLines("a:\n  # note\n  b: 1\n  'c d':\n  - x\n  - y: 2\ne: 3\n");
  equal(lines(["a", "b"]), 3);
  equal(lines(["a", "c d", 1, "y"]), 6);
  equal(lines(["a", "c d", 0]), 5);
  equal(lines(["e"]), 7);
  equal(lines(["none"]), undefined);
  equal(yamlLines("a: [")(["a"]), undefined);
});

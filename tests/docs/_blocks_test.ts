import { deepEqual, equal } from "node:assert/strict";
import { blocksOf, callsOf, hasForm } from "./_blocks.ts";

Deno.test("blocksOf() finds fenced blocks, indented ones and hidden commands", () => {
  const document =
    "a\n```sh fails\nskeg x\n```\n1. b\n   ```yaml file=v.yaml\n   a:\n     b: 1\n   ```\n<!-- run\nskeg y\n-->\n<!-- run needs-kubectl\nkubectl z\n-->\n";
  deepEqual(blocksOf(document), [
    { line: 2, language: "sh", words: ["fails"], text: "skeg x" },
    { line: 6, language: "yaml", words: ["file=v.yaml"], text: "a:\n  b: 1" },
    { line: 10, language: "sh", words: [], text: "skeg y" },
    { line: 13, language: "sh", words: ["needs-kubectl"], text: "kubectl z" },
  ]);
});

Deno.test("hasForm() compares words, and lets … stand for any text", () => {
  equal(hasForm("NAME  REVISION\nweb   1   Mon\n", "NAME REVISION\nweb 1 …"), true);
  equal(hasForm("NAME  REVISION\nweb   2   Mon\n", "NAME REVISION\nweb 1 …"), false);
  equal(hasForm("Error: a (b)?", "Error: a (b)?"), true);
  equal(hasForm("Error: a b\nmore", "Error: a b"), false);
});

Deno.test("callsOf() parts commands from what they print, and joins lines that go on", () => {
  deepEqual(callsOf("$ skeg list \\\n  --all\nNAME\nweb\n$ skeg home"), [
    { command: "skeg list \\\n  --all", output: "NAME\nweb\n" },
    { command: "skeg home", output: "" },
  ]);
});

import { equal, notEqual } from "node:assert/strict";
import { nameProblem } from "./file_name.ts";

Deno.test("nameProblem() accepts names of charts and archives", () => {
  for (
    const name of [
      "web",
      "web-1.2.3.tgz",
      "WEB_2",
      "console",
      "com",
      "nul-1.0.0.tgz",
      "a+b",
      "-x",
      "é",
      "x".repeat(255),
    ]
  ) {
    equal(nameProblem(name), undefined, name);
  }
});

const refused: readonly (readonly [string, readonly string[]])[] = [
  ["it is empty", [""]],
  ["it contains a path separator", ["a/b", "/etc/x", "a\\b", "..\\x", "c:x", "a:stream", "/"]],
  ["it begins with a dot", [".", "..", ".git", ".bashrc", "..."]],
  ["it holds a control character", ["a\nb", "a\0", "\x1b[2J", "a\x7f", "a\u009b", "a\u2028b"]],
  ["it is not UTF-8", ["a\udcffb"]],
  ["it ends in a dot or a blank, which Windows cuts off", ["web.", "web "]],
  ["it is the name of a device on Windows", ["con", "NUL", "aux.tgz", "com1", "LPT9.x", "COM¹", "conin$"]],
  ["it is longer than 255 bytes", ["x".repeat(256), "é".repeat(128)]],
];
for (const [problem, names] of refused) {
  Deno.test(`nameProblem() refuses a name: ${problem}`, () => {
    for (const name of names) equal(nameProblem(name), problem, JSON.stringify(name));
  });
}

Deno.test("nameProblem() refuses every single character that is no part of a name", () => {
  for (let code = 0; code < 0x20; code++) notEqual(nameProblem(`a${String.fromCharCode(code)}b`), undefined, `${code}`);
});

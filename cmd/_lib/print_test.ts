import { equal } from "node:assert/strict";
import { memoryPrinter, messageOf, say } from "./print.ts";

Deno.test("a printer masks credentials on standard error, and leaves standard output alone", () => {
  const print = memoryPrinter();
  print.err("Error: http://ann:pw@h.io/\n");
  print.out("repository: http://ann:pw@h.io/\n");
  equal(print.stderr, "Error: http://ann:***@h.io/\n");
  equal(print.stdout, "repository: http://ann:pw@h.io/\n");
});

Deno.test("say() masks credentials of a message on standard output", () => {
  const print = memoryPrinter();
  say(print, "Downloading web from repo http://ann:pw@h.io/\n");
  equal(print.stdout, "Downloading web from repo http://ann:***@h.io/\n");
});

Deno.test("a printer spells out control characters for the stream that is a terminal", () => {
  for (const [watched, terminal] of [[true, false], [false, true], [false, false]] as const) {
    const print = memoryPrinter({ watched, terminal });
    print.out("a\u001b[2J\n");
    print.err("b\u001b[2J\n");
    equal(print.stdout, terminal ? "a\\x1b[2J\n" : "a\u001b[2J\n");
    equal(print.stderr, watched ? "b\\x1b[2J\n" : "b\u001b[2J\n");
  }
});

Deno.test("a printer adds the program's own sequences around a text, and takes none from it", () => {
  const print = memoryPrinter({ watched: true });
  print.err("one\u001b[31m\n", { colour: "yellow" });
  print.err("", { wipe: true });
  print.err("two", { colour: "dim", wipe: true });
  equal(print.stderr, "\u001b[33mone\\x1b[31m\u001b[0m\n\r\u001b[K\r\u001b[K\u001b[2mtwo\u001b[0m");
});

Deno.test("messageOf() masks credentials", () => {
  equal(messageOf(new TypeError("Invalid URL: 'http://ann:pw@h.io:x'")), "Invalid URL: 'http://ann:***@h.io:x'");
  equal(messageOf("--password pw"), "--password ***");
});

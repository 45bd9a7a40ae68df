import { deepEqual, equal } from "node:assert/strict";
import { inDocument, inSource } from "./word_list.ts";

/** Sentences with one habit each. */
const SENTENCES = [
  "Written when somebody asks.",
  "Someone else holds the lock.",
  "Nobody reads it.",
  "No one waits here.",
  "Whoever comes first wins.",
  "Whosoever calls it waits.",
  "The text that stands for it.",
  "One name stands for them all.",
  "Is told of every change.",
  "Both are told of the end.",
  "A file in the room of charts.",
];

const linesOf = (found: readonly { line: number }[]): number[] => found.map(({ line }) => line);

for (const sentence of SENTENCES) {
  Deno.test(`inSource() and inDocument() find the habit in: ${sentence}`, () => {
    equal(inSource("a.ts", `// ${sentence}\nf();\n`).length, 1);
    equal(inSource("a.ts", `/** ${sentence} */\nf();\n`).length, 1);
    equal(inDocument("a.md", `# A title\n\n- ${sentence}\n`).length, 1);
  });
}

Deno.test("inSource() reports the path, the line, the text and the advice", () => {
  deepEqual(inSource("a/b.ts", "f();\n\n/** Nobody reads it. */\ng();\n"), [{
    path: "a/b.ts",
    line: 3,
    text: "Nobody reads it.",
    instead: "say what does not happen, with its subject",
  }]);
});

Deno.test("inSource() looks at every line of a comment, at the end of a line, and at indented ones", () => {
  const text = [
    "/**",
    " * Returns the name.",
    " *",
    " * Nobody else changes it.",
    " */",
    "f(); // for whoever calls",
    "  // As somebody asked.",
    "/* No one waits. */",
  ];
  deepEqual(linesOf(inSource("a.ts", text.join("\n"))), [4, 6, 7, 8]);
});

Deno.test("inSource() finds doc comments that begin with What or Whether, and leaves these words alone elsewhere", () => {
  deepEqual(linesOf(inSource("a.ts", "/** What is read. */\nf();\n/** Whether it runs. */\n")), [1, 3]);
  deepEqual(linesOf(inSource("a.ts", "/**\n * What is read.\n *\n * Whether it runs.\n */\n")), [2]);
  deepEqual(inSource("a.ts", "// What Go does.\n/* Whether it runs. */\n/** Returns what is read. */\n"), []);
  deepEqual(inSource("a.ts", "/** Whatever Go does. */\n"), []);
  deepEqual(inDocument("a.md", "What is skeg?\n"), []);
});

Deno.test("inSource() leaves strings, addresses and code alone", () => {
  deepEqual(inSource("a.ts", 'throw new Error("nobody answered, whoever asked");\n'), []);
  deepEqual(inSource("a.ts", 'get("https://somebody.example/");\n'), []);
  deepEqual(inSource("a.ts", "const nobody = whoever;\n"), []);
  deepEqual(inSource("a.ts", "const text = `\nsomebody\n`;\n"), []);
});

Deno.test("inDocument() leaves code alone, and goes on after it", () => {
  const text = ["Run `id nobody` first.", "```sh", "sudo -u nobody id", "```", "Nobody else may run it."];
  deepEqual(linesOf(inDocument("a.md", text.join("\n"))), [5]);
});

Deno.test("a text without habits gives no finding", () => {
  const text = "Returns the name. A wish of everybody, in someones, is a nobodyness.";
  deepEqual(inSource("a.ts", `/** ${text} */\n`), []);
  deepEqual(inDocument("a.md", text), []);
});

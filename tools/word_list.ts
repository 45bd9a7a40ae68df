/**
 * Checks that comments and documents are plain English: the words below have
 * to be decoded by readers whose first language is another.
 *
 * Run: `deno run -R tools/word_list.ts`; prints each place and exits 1 when there is one.
 *
 * @module
 */
import { join } from "node:path";

/** One habit, and what to write instead. */
interface Habit {
  readonly pattern: RegExp;
  readonly instead: string;
}

/** In comments and documents. */
const WORDS: readonly Habit[] = [
  { pattern: /\bsome(?:body|one)\b/i, instead: "name the person, the client or the command" },
  { pattern: /\bnobody\b|\bno one\b/i, instead: "say what does not happen, with its subject" },
  { pattern: /\bwho(?:so)?ever\b/i, instead: "name the person or the program" },
  { pattern: /\bstands for (?:it|them)\b/i, instead: '"replaces it" or "means"' },
  { pattern: /\b(?:is|are) told of\b/i, instead: '"receives" or "is called with"' },
  { pattern: /\bthe room of\b/i, instead: "the room's name" },
];

/** At the beginning of a doc comment. */
const BEGINNINGS: readonly Habit[] = [
  { pattern: /^What\b/, instead: 'begin with the noun, or with a verb such as "Returns"' },
  { pattern: /^Whether\b/, instead: '"True if …", or a verb' },
];

/** Sources that quote the habits. */
const QUOTING: ReadonlySet<string> = new Set(["tools/word_list.ts", "tools/word_list_test.ts"]);

const ROOT = join(import.meta.dirname ?? ".", "..");
const SOURCES = ["app", "cmd", "engine", "storage", "tools", "bench", "tests", "examples"];
const DOCUMENTS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];

/** A place where a habit was found. */
export interface Finding {
  /** From the root. */
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
  readonly instead: string;
}

/** Finds habits in the comments of a TypeScript source. */
export function inSource(path: string, text: string): Finding[] {
  const found: Finding[] = [];
  // Strings are left out: many are Helm's own words.
  for (const { 0: comment, index } of text.matchAll(/\/\*\*?[^]*?\*\/|(?<=^|\s)\/\/ [^\n]*/g)) {
    const first = text.slice(0, index).split("\n").length;
    const lines = comment.split("\n");
    for (const [at, line] of lines.entries()) {
      const body = line.replace(/^\s*(?:\/\*\*?|\*\/|\*|\/\/)\s?/, "").replace(/\s*\*\/$/, "").trim();
      const habits = comment.startsWith("/**") && at === (lines.length === 1 ? 0 : 1)
        ? [...WORDS, ...BEGINNINGS]
        : WORDS;
      found.push(...inLine(path, first + at, body, habits));
    }
  }
  return found;
}

/** Finds habits in a Markdown document; code is left out. */
export function inDocument(path: string, text: string): Finding[] {
  let isCode = false;
  return text.split("\n").flatMap((line, at) => {
    if (line.startsWith("```")) isCode = !isCode;
    return isCode ? [] : inLine(path, at + 1, line.replace(/`[^`]*`/g, ""), WORDS);
  });
}

function inLine(path: string, line: number, text: string, habits: readonly Habit[]): Finding[] {
  return habits.filter(({ pattern }) => pattern.test(text)).map(({ instead }) => ({ path, line, text, instead }));
}

function* files(folder: string, ending: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(join(ROOT, folder))) {
    // Programs of others are not ours to read.
    if (name === "node_modules") continue;
    if (isDirectory) yield* files(`${folder}/${name}`, ending);
    else if (name.endsWith(ending)) yield `${folder}/${name}`;
  }
}

/** Looks at the whole project. */
export function findHabits(): Finding[] {
  const read = (path: string): string => Deno.readTextFileSync(join(ROOT, path));
  const sources = [
    "main.ts",
    "mod.ts",
    "errors.ts",
    ...SOURCES.flatMap((folder) => [...files(folder, ".ts")]),
    ...files("ui", ".js"),
  ];
  const documents = [...DOCUMENTS, ...files("docs", ".md")];
  return [
    ...sources.filter((path) => !QUOTING.has(path)).flatMap((path) => inSource(path, read(path))),
    ...documents.flatMap((path) => inDocument(path, read(path))),
  ];
}

if (import.meta.main) {
  const found = findHabits();
  const write = (text: string): void => void Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
  for (const { path, line, text, instead } of found) write(`${path}:${line}: ${text}\n    instead: ${instead}`);
  if (found.length > 0) write(`${found.length} places`);
  Deno.exit(found.length > 0 ? 1 : 0);
}

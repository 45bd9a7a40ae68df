/**
 * Mistakes that people make, and what the program says to them: message, advice and exit status, word for word.
 *
 * `mistakes.txt` is the table. Lines that begin with `$ ` are command lines; below each stand standard error and, in
 * brackets, the exit status. `SKEG_MISTAKES=write` writes the answers anew; read them all before you commit them.
 */
import { equal, ok } from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inFolder } from "../_lib/folder.ts";
import { type Outcome, program } from "../_lib/program.ts";
import { FILES } from "./_files.ts";

const TABLE = join(import.meta.dirname ?? ".", "mistakes.txt");

/** Splits a command line at blanks; single and double quotes keep words together. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/["']/g, ""));
}

async function answers(folder: string, lines: readonly string[]): Promise<string> {
  const home = join(folder, "home");
  const run = (line: string): Promise<Outcome> => {
    const words = wordsOf(line.replaceAll("DIR", folder));
    // Words with an equals sign before the command set variables.
    const start = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
    const variables = Object.fromEntries(words.slice(0, start).map((word) => word.split("=", 2)));
    const sandbox = join(folder, "state.db");
    return program(words.slice(start), {
      own: true,
      variables: { HELM_HOME: home, HOME: folder, SKEG_SANDBOX: sandbox, TZ: "UTC", ...variables },
    });
  };
  for (const line of SET_UP) await run(line);
  let text = "";
  for (const line of lines) {
    const { code, stderr } = await run(line);
    // The whole help has tests of its own.
    const shown = stderr.replaceAll(folder, "DIR").replace(/\nAvailable Commands:\n[^]*$/, "\n…\n");
    text += `$ ${line}\n${shown}[${code}]\n\n`;
  }
  return text;
}

/** A release with two revisions, one that failed, one that is deleted. */
const SET_UP = [
  "install DIR/web --name base",
  "upgrade base DIR/web --set a=2",
  "install DIR/wrong-type --name broken",
  "install DIR/web --name gone --set name=other",
  "delete gone",
];

Deno.test("every mistake of the table gets its message, its advice and its exit status", () =>
  inFolder(FILES, async (folder) => {
    await mkdir(join(folder, "home", "plugins"), { recursive: true });
    const table = await readFile(TABLE, "utf8");
    const lines = table.split("\n").filter((line) => line.startsWith("$ ")).map((line) => line.slice(2));
    ok(lines.length >= 120, `${lines.length} mistakes`);
    const found = await answers(folder, lines);
    if (Deno.env.get("SKEG_MISTAKES") === "write") return await writeFile(TABLE, found);
    equal(found, table);
  }));

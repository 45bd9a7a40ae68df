/**
 * Code blocks of documents, and how each of them is run. The words after the language say it:
 *
 * | block | how it is run |
 * |---|---|
 * | `sh` | by bash, in the document's folder; must succeed |
 * | `sh fails` | the last command must fail |
 * | `console` | lines that begin with `$ ` are run; the lines below each are compared with its output, as in `text output` |
 * | `console elsewhere` | not run: what another program prints |
 * | `sh published` | not run here: it needs a published version. `tests/package/published_test.ts` runs the lines of npm and those of the one file, with servers on this machine. Lines of brew, scoop, docker, gh, Helm 2's image and helm3 need what only the internet has. Addresses are compared with `tools/project.ts` |
 * | `sh clone` | by `.ci/run readme`, in a fresh clone on a machine without Deno |
 * | `sh needs-kubectl` | as `sh`, if `kubectl` is on the PATH; else it is left out |
 * | `sh needs-postgres` | as `sh`, if PostgreSQL is installed, with the address of a new server for the one of the text |
 * | `sh needs-helmfile` | not run: it needs a helmfile of the time of Helm 2 |
 * | `text output` | compared with the output of the block before; `…` stands for any text |
 * | `LANGUAGE file=NAME` | written to that file in the document's folder |
 * | `yaml workflow`, `yaml gitlab`, `groovy jenkins` | their commands are run as `sh` |
 * | `ts` | by `deno test --doc` |
 * | `ts ignore` | with the sources in place of the npm package `skeg`; left out if it imports another package, which `tests/package` covers |
 *
 * A comment `<!-- run` … `-->` holds commands that readers do not see, such as a Tiller's work of 2019. Words after `run`
 * mean the same as after `sh`.
 *
 * @module
 */

/** A code block. */
export interface Block {
  /** Line of its first line in the document, from 1. */
  readonly line: number;
  readonly language: string;
  readonly words: readonly string[];
  readonly text: string;
}

/** Returns the blocks of a document, in order; hidden commands count as `sh`. */
export function blocksOf(document: string): Block[] {
  const lines = document.split("\n");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const fence = /^ {0,3}(`{3,})(.*)$/.exec(lines[at] ?? "");
    const hidden = /^<!-- run\b(.*)$/.exec(lines[at] ?? "");
    if (fence === null && hidden === null) continue;
    const end = hidden === null ? fence?.[1] ?? "" : "-->";
    const [language = "", ...words] = (hidden === null ? fence?.[2] ?? "" : `sh ${hidden[1]}`).trim().split(/\s+/);
    const indent = /^ */.exec(lines[at] ?? "")?.[0].length ?? 0;
    const start = at + 1;
    while (++at < lines.length && lines[at]?.trim() !== end);
    const text = lines.slice(start, at).map((line) => line.slice(Math.min(indent, line.search(/\S|$/)))).join("\n");
    blocks.push({ line: start, language, words, text });
  }
  return blocks;
}

/** One command of a `console` block, and what it prints. */
export interface Call {
  readonly command: string;
  /** Empty: the output is not shown. */
  readonly output: string;
}

/** Returns the commands of a `console` block. A line that ends with a backslash goes on in the next. */
export function callsOf(text: string): Call[] {
  const calls: { command: string; output: string }[] = [];
  let isOpen = false;
  for (const line of text.split("\n")) {
    const last = calls.at(-1);
    if (line.startsWith("$ ")) calls.push({ command: line.slice(2), output: "" });
    else if (last === undefined) throw new Error(`a console block begins with a command: ${line}`);
    else if (isOpen) last.command += `\n${line}`;
    else last.output += `${line}\n`;
    isOpen = (isOpen || line.startsWith("$ ")) && line.endsWith("\\");
  }
  return calls;
}

/**
 * True if `output` has the form of `expected`, in which `…` stands for any text, and blanks for any blanks. The program
 * may call itself by either of its names.
 */
export function hasForm(output: string, expected: string): boolean {
  const form = named(expected).trim().split("…").map((part) =>
    part.trim().split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("\\s+")
  ).join("[\\s\\S]*");
  return new RegExp(`^${form}$`).test(named(output).trim());
}

/** The text with the program's name as in the documents. */
function named(text: string): string {
  return text.replaceAll(/\bhelm(?= [a-z-])/g, "skeg");
}

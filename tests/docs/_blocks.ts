/**
 * Code blocks of documents, and how each of them is run. The words after the language say it:
 *
 * | block | how it is run |
 * |---|---|
 * | `sh` | by bash, in the document's folder; must succeed |
 * | `sh fails` | the last command must fail |
 * | `sh published` | not run: it needs a published version. Its addresses are compared with `tools/project.ts` |
 * | `text output` | compared with the output of the block before; `…` stands for any text |
 * | `LANGUAGE file=NAME` | written to that file in the document's folder |
 * | `yaml workflow`, `yaml gitlab`, `groovy jenkins` | their commands are run as `sh` |
 * | `ts` | by `deno test --doc` |
 *
 * A comment `<!-- run` … `-->` holds commands that readers do not see, such as a Tiller's work of 2019.
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
    const isHidden = lines[at] === "<!-- run";
    if (fence === null && !isHidden) continue;
    const end = isHidden ? "-->" : fence?.[1] ?? "";
    const [language = "", ...words] = isHidden ? ["sh", "hidden"] : (fence?.[2] ?? "").trim().split(/\s+/);
    const indent = /^ */.exec(lines[at] ?? "")?.[0].length ?? 0;
    const start = at + 1;
    while (++at < lines.length && lines[at]?.trim() !== end);
    const text = lines.slice(start, at).map((line) => line.slice(Math.min(indent, line.search(/\S|$/)))).join("\n");
    blocks.push({ line: start, language, words, text });
  }
  return blocks;
}

/** True if `output` has the form of `expected`, in which `…` stands for any text, and blanks for any blanks. */
export function hasForm(output: string, expected: string): boolean {
  const form = expected.trim().split("…").map((part) =>
    part.split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("\\s+")
  ).join("[\\s\\S]*?");
  return new RegExp(`^${form}$`).test(output.trim());
}

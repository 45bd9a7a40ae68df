/** Links of all documents: files and headings that they name exist, and addresses are the project's. */
import { deepEqual, ok } from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { IMAGE, REPOSITORY, SITE } from "../../tools/project.ts";

const ROOT = join(import.meta.dirname ?? ".", "..", "..");

/** Folders with documents; others hold data, or what others made. */
const FOLDERS = [".", "docs", "docs/commands", "docs/decisions", "examples", "bench", "npm", ".github"];

async function documents(): Promise<string[]> {
  const found = await Promise.all(
    FOLDERS.map(async (folder) =>
      (await readdir(join(ROOT, folder)).catch(() => [])).filter((name) => name.endsWith(".md")).map((name) =>
        join(folder, name)
      )
    ),
  );
  return found.flat().sort();
}

const read = (path: string): Promise<string> => readFile(join(ROOT, path), "utf8");

/** The text without code, in which brackets are no links. */
function withoutCode(text: string): string {
  return text.replace(/^ *(`{3,})[\s\S]*?^ *\1$/gm, "").replace(/`[^`\n]*`/g, "");
}

/** The anchors of a document's headings, as the site of the repository makes them. */
function anchorsOf(text: string): Set<string> {
  const headings = text.replace(/^ *(`{3,})[\s\S]*?^ *\1$/gm, "").match(/^#+ .*$/gm) ?? [];
  return new Set(
    headings.map((heading) =>
      heading.replace(/^#+ /, "").toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
    ),
  );
}

/** The targets of a document's links. */
function linksOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^()\s]+)\)/g)].map((match) => match[1] ?? "");
}

Deno.test("every link of every document leads to a file and a heading that exist", async () => {
  const dead: string[] = [];
  let count = 0;
  for (const path of await documents()) {
    for (const link of linksOf(await read(path))) {
      if (/^(?:https?|mailto):/.test(link)) continue;
      count++;
      const [target = "", anchor] = link.split("#");
      const file = target === "" ? path : relative(ROOT, join(ROOT, dirname(path), target));
      const exists = await stat(join(ROOT, file)).then(() => true, () => false);
      const hasAnchor = !exists || anchor === undefined || anchorsOf(await read(file)).has(anchor);
      if (!exists || !hasAnchor) dead.push(`${path}: ${link}`);
    }
  }
  deepEqual(dead, []);
  ok(count > 100);
});

Deno.test("every page of docs is reachable from the index, and every command from the index of commands", async () => {
  const index = new Set(linksOf(await read("docs/README.md")));
  const pages = (await readdir(join(ROOT, "docs"))).filter((name) => name.endsWith(".md") && name !== "README.md");
  deepEqual(pages.filter((name) => !index.has(name)), []);
  ok(index.has("commands/README.md"));
  const commands = new Set(linksOf(await read("docs/commands/README.md")));
  const names = (await readdir(join(ROOT, "docs/commands"))).filter((name) => name !== "README.md");
  deepEqual(names.filter((name) => !commands.has(name)), []);
});

Deno.test("addresses of the project are those of tools/project.ts", async () => {
  const [, owner] = new URL(REPOSITORY).pathname.split("/");
  const others: string[] = [];
  for (const path of [...await documents(), "action.yml", "deno.json", "Containerfile"]) {
    const text = await read(path).catch(() => "");
    for (const [found] of text.matchAll(/(?:github\.com|ghcr\.io)\/[\w.-]+\/skeg\b/g)) {
      if (![REPOSITORY, IMAGE].some((address) => address.endsWith(found))) others.push(`${path}: ${found}`);
    }
    for (const [found, name] of text.matchAll(/\b([\w-]+)\.github\.io\/[\w-]*/g)) {
      if (name === owner && !SITE.includes(found)) others.push(`${path}: ${found}`);
    }
  }
  deepEqual(others, []);
});

/**
 * The documents as pages of the site.
 *
 * @module
 */
import { readdir, stat } from "node:fs/promises";
import { join, posix } from "node:path";
import { REPOSITORY } from "./project.ts";

/** Folders whose documents are pages; of the first and of `bench` and `examples` only some. */
const FOLDERS = ["docs", "docs/commands", "docs/decisions"];
const ALONE = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "SECURITY.md",
  "SUPPORT.md",
  "CODE_OF_CONDUCT.md",
  "examples/README.md",
  "bench/README.md",
];

/** Returns the paths of the documents that are pages, relative to the repository. */
export async function pagePaths(root: string): Promise<string[]> {
  const found = await Promise.all(
    FOLDERS.map(async (folder) =>
      (await readdir(join(root, folder))).filter((name) => name.endsWith(".md")).map((name) => posix.join(folder, name))
    ),
  );
  return [...ALONE, ...found.flat()];
}

/** A document: its path relative to the repository's folder `root`. */
export interface PagePlace {
  readonly path: string;
  readonly root: string;
}

/** Returns the text of a document for the generator. */
export async function forSite(text: string, { path, root }: PagePlace): Promise<string> {
  const pages = new Set(await pagePaths(root));
  const plain = text.replace(/^<!--[\s\S]*?-->\n/gm, "");
  const parts = plain.split(/^( *`{3,}[\s\S]*?^ *`{3,}$)/m);
  const done = await Promise.all(parts.map((part, index) =>
    // Every second part is a block of code, of which the words after the language are ours.
    index % 2 === 1 ? part.replace(/^( *`{3,})([\w-]*).*$/m, "$1$2") : withLinks(part, { path, root, pages })
  ));
  return done.join("");
}

async function withLinks(text: string, place: PagePlace & { readonly pages: ReadonlySet<string> }): Promise<string> {
  const targets = new Map<string, string>();
  for (const [, link = ""] of text.matchAll(/\]\(([^()\s]+)\)/g)) targets.set(link, await targetOf(link, place));
  return text.replace(/\]\(([^()\s]+)\)/g, (_all, link) => `](${targets.get(link) ?? link})`);
}

async function targetOf(
  link: string,
  { path, root, pages }: PagePlace & { pages: ReadonlySet<string> },
): Promise<string> {
  if (/^(?:[a-z]+:|#)/.test(link)) return link;
  const [target = "", anchor] = link.split("#");
  const file = posix.normalize(posix.join(posix.dirname(path), target));
  const hash = anchor === undefined ? "" : `#${anchor}`;
  if (file.endsWith(".svg")) return link.startsWith(".") ? link : `./${link}`;
  if (pages.has(file)) return `/${file.replace(/(^|\/)README\.md$/, "$1index.md")}${hash}`;
  const isFolder = await stat(join(root, file)).then((about) => about.isDirectory(), () => false);
  return `${REPOSITORY}/${isFolder ? "tree" : "blob"}/main/${file}${hash}`;
}

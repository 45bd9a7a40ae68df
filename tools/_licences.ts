/**
 * The licences of the packages in the bundle, which must be distributed with it.
 *
 * @module
 */
import { join } from "node:path";

/** Packages that only the tests and the type checker use. */
const NOT_BUNDLED = /^(@types\/|fast-check$|js-yaml$)/;

/** Packages that only the npm library contains: `npm/library/missing.ts`. */
const LIBRARY_ONLY = ["core-js"];

/**
 * Returns name, version and licence of every package that is in the bundle.
 *
 * @param root The repository's folder, with `node_modules`.
 * @param options `library`: also of those that only the npm library contains.
 */
export async function thirdPartyLicences(root: string, { library = false } = {}): Promise<string> {
  const names = Object.keys(await bundledPackages(root, { library }));
  const folders = new Map<string, string>();
  for (const name of names) await withDependencies(name, join(root, "node_modules"), folders);
  const found = [...folders].sort(([a], [b]) => a < b ? -1 : 1);
  const texts = await Promise.all(found.map(([name, folder]) => licenceOf(name, folder)));
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

/** Adds a package of the folder `modules`, and all that it depends on, to `folders` by name. */
async function withDependencies(name: string, modules: string, folders: Map<string, string>): Promise<void> {
  if (folders.has(name)) return;
  const folder = await Deno.realPath(join(modules, name));
  folders.set(name, folder);
  const { dependencies = {} } = JSON.parse(await Deno.readTextFile(join(folder, "package.json"))) as {
    dependencies?: Record<string, string>;
  };
  // Links lead to a folder that has the package's dependencies beside it.
  const beside = folder.slice(0, -name.length - 1);
  for (const needed of Object.keys(dependencies)) await withDependencies(needed, beside, folders);
}

/**
 * Returns the versions of the packages that are in the bundle, by name.
 *
 * @param options `library`: also of those that only the npm library contains.
 */
export async function bundledPackages(root: string, { library = true } = {}): Promise<Record<string, string>> {
  const { imports } = JSON.parse(await Deno.readTextFile(join(root, "deno.json"))) as {
    imports: Record<string, string>;
  };
  const bundled = Object.entries(imports).filter(([name]) =>
    !NOT_BUNDLED.test(name) && (library || !LIBRARY_ONLY.includes(name))
  );
  return Object.fromEntries(bundled.map(([name, specifier]) => [name, specifier.slice(`npm:${name}@`.length)]));
}

async function licenceOf(name: string, folder: string): Promise<string> {
  const about = JSON.parse(await Deno.readTextFile(join(folder, "package.json"))) as {
    version: string;
    license: string;
    author?: string | { name?: string };
    homepage?: string;
  };
  const names = (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name);
  const file = names.find((each) => /^licen[cs]e/i.test(each));
  const author = typeof about.author === "string" ? about.author : about.author?.name ?? "";
  const text = file === undefined
    ? `${about.license} ${author} ${about.homepage ?? ""}`.trim()
    : await Deno.readTextFile(join(folder, file));
  return `${name} ${about.version} (${about.license})\n\n${text.trim()}\n`;
}

/** Typographic quotes, and the plain ones that a bundle has in their place. */
const QUOTES: Readonly<Record<string, string>> = { "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"' };

/**
 * The same as a comment that can follow a program.
 *
 * A single character above U+00FF makes V8 keep the whole program in two bytes
 * a character, which costs every start 2.5 ms: quotes become plain ones, and
 * other such characters are written as escapes.
 */
export function asComment(licences: string): string {
  const narrow = licences.replaceAll("*/", "* /").replace(
    /[^\0-\xff]/gu,
    (character) => QUOTES[character] ?? `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  return `/*\nThis file contains packages of others, under these licences:\n\n${narrow}*/\n`;
}

/**
 * The licences of the packages in the bundle, which must be distributed with it.
 *
 * @module
 */
import { join } from "node:path";

/** Packages that only the tests and the type checker use. */
const NOT_BUNDLED = /^(@types\/|fast-check$)/;

/**
 * Returns name, version and licence of every package that is in the bundle.
 *
 * @param root The repository's folder, with `node_modules`.
 */
export async function thirdPartyLicences(root: string): Promise<string> {
  const { imports } = JSON.parse(await Deno.readTextFile(join(root, "deno.json"))) as {
    imports: Record<string, string>;
  };
  const bundled = Object.keys(imports).filter((name) => !NOT_BUNDLED.test(name));
  const texts = await Promise.all(bundled.map((name) => licenceOf(name, join(root, "node_modules", name))));
  return texts.join(`\n${"-".repeat(80)}\n\n`);
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

/** Returns the licences as a comment for the end of a program. */
export function asComment(licences: string): string {
  return `/*\nThis file contains packages of others, under these licences:\n\n${licences.replaceAll("*/", "* /")}*/\n`;
}

/**
 * Late imports of the split build.
 *
 * Deno reads every file that an import expression names by a plain string when
 * the program starts, needed or not. In parentheses the string is found only
 * when the import is reached.
 *
 * @module
 */
import { posix } from "node:path";

/** The part of the bundler's description of an output file that is used here. */
export interface Output {
  readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
}

/**
 * Returns the text of an output file with its late imports in parentheses.
 *
 * @param path Path of the file, as the bundler's description names it.
 * @param text Its text, minified by the bundler.
 * @param output Its description.
 * @throws Error when an import is not in the text the way it is expected.
 */
export function withLateImports(path: string, text: string, { imports }: Output): string {
  const late = imports.filter(({ kind, external }) => kind === "dynamic-import" && external !== true);
  let result = text;
  for (const target of new Set(late.map((imported) => imported.path))) {
    const relative = posix.relative(posix.dirname(path), target);
    const name = JSON.stringify(relative.startsWith(".") ? relative : `./${relative}`);
    const changed = result.replaceAll(`import(${name})`, `import((${name}))`);
    if (changed === result) throw new Error(`${path} has no import of ${name}`);
    result = changed;
  }
  return result;
}

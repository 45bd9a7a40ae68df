/**
 * Measures the sources: sizes, functions, comments, cycles, casts, repeats.
 *
 * Run: `deno test -R --no-check tools/house_figures.ts -- [ROOT]`; prints a Markdown table per room and the totals. It
 * runs in `deno test`, because the linter's syntax tree is only available there.
 * Tests and generated files are left out.
 *
 * @module
 */
import { dirname, join, relative } from "node:path";

/** One function of a source file. */
interface FunctionSize {
  readonly place: string;
  readonly lines: number;
}

/** The figures of one file. */
interface FileFigures {
  readonly path: string;
  readonly room: string;
  readonly lines: number;
  readonly codeLines: number;
  readonly commentLines: number;
  readonly functions: readonly FunctionSize[];
  readonly exports: number;
  readonly documentedExports: number;
  readonly exportedTypes: readonly string[];
  readonly casts: number;
  readonly lintIgnores: number;
  /** One-line doc comments that begin with "What" or "Whether". */
  readonly vagueComments: number;
  readonly imports: readonly { readonly target: string; readonly isType: boolean }[];
}

/** Functions longer than this are listed. */
const LONG_LINES = 60;
/** A repeat is a run of this many lines of code. */
const REPEAT_LINES = 6;

const root = Deno.args[0] ?? join(import.meta.dirname ?? ".", "..");

function* sources(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(join(root, folder))) {
    const path = folder === "." ? name : `${folder}/${name}`;
    if (isDirectory) yield* sources(path);
    else if (/\.ts$/.test(name) && !/_test\.ts$/.test(name)) yield path;
  }
}

function roomOf(path: string): string {
  const parts = path.split("/");
  if (parts.length === 1) return "(root)";
  for (let length = parts.length - 1; length > 1; length--) {
    const room = parts.slice(0, length).join("/");
    try {
      if (Deno.statSync(join(root, room, "mod.ts")).isFile) return room;
    } catch {
      // There is no front door here; the room is a folder above.
    }
  }
  return parts.slice(0, parts[0] === "cmd" ? 2 : 1).join("/").replace(/\.ts$/, "");
}

/** Returns the figures of a file. Uses the linter's syntax tree, which separates strings and comments from code. */
function figuresOf(path: string): FileFigures {
  const text = Deno.readTextFileSync(join(root, path));
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const lineOf = (offset: number): number => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const functions: FunctionSize[] = [];
  const exportedTypes: string[] = [];
  const imports: { target: string; isType: boolean }[] = [];
  const counts = { exports: 0, documented: 0, casts: 0 };
  const size = (node: Deno.lint.Node): void => {
    const [start, end] = node.range;
    const first = lineOf(start);
    functions.push({ place: `${path}:${first + 1}`, lines: lineOf(end) - first + 1 });
  };
  const from = (source: unknown, isType: boolean): void => {
    const value = (source as { value?: unknown } | null)?.value;
    if (typeof value === "string" && value.startsWith(".")) {
      imports.push({ target: join(dirname(path), value), isType });
    }
  };
  const plugin: Deno.lint.Plugin = {
    name: "figures",
    rules: {
      count: {
        create: () => ({
          FunctionDeclaration: size,
          FunctionExpression: size,
          ArrowFunctionExpression: size,
          TSAsExpression: (node) => {
            const type = text.slice(...node.typeAnnotation.range);
            if (type !== "const") counts.casts++;
          },
          ImportDeclaration: (node) =>
            from(
              node.source,
              node.importKind === "type" ||
                node.specifiers.length > 0 &&
                  node.specifiers.every((each) => each.type === "ImportSpecifier" && each.importKind === "type"),
            ),
          ExportAllDeclaration: (node) => from(node.source, node.exportKind === "type"),
          ExportNamedDeclaration: (node) => {
            if (node.source !== null) return from(node.source, node.exportKind === "type");
            counts.exports++;
            if (/\*\/\s*$/.test(text.slice(0, node.range[0]))) counts.documented++;
            const { declaration } = node;
            if (
              declaration?.type === "TSInterfaceDeclaration" || declaration?.type === "TSTypeAliasDeclaration"
            ) exportedTypes.push(declaration.id.name);
          },
        }),
      },
    },
  };
  Deno.lint.runPlugin(plugin, join(root, path), text);
  const lines = text.split("\n");
  const kinds = kindsOf(lines);
  return {
    path,
    room: roomOf(path),
    lines: lines.length - 1,
    codeLines: kinds.filter((kind) => kind === "code").length,
    commentLines: kinds.filter((kind) => kind === "comment").length,
    functions,
    exports: counts.exports,
    documentedExports: counts.documented,
    exportedTypes,
    casts: counts.casts,
    lintIgnores: text.match(/deno-lint-ignore/g)?.length ?? 0,
    vagueComments: text.match(/\/\*\* (?:What|Whether) [^\n]*\*\//g)?.length ?? 0,
    imports,
  };
}

function kindsOf(lines: readonly string[]): ("code" | "comment" | "blank")[] {
  let isInside = false;
  return lines.map((line) => {
    const bare = line.trim();
    if (bare === "") return "blank";
    const opens = bare.startsWith("/*");
    const isComment = isInside || opens || bare.startsWith("//");
    if (opens) isInside = !bare.includes("*/");
    else if (isInside && bare.includes("*/")) isInside = false;
    return isComment ? "comment" : "code";
  });
}

/** Groups of files that import each other in a circle: Tarjan's strongly connected components. */
function cycles(files: readonly FileFigures[], withTypes: boolean): string[][] {
  const next = new Map(
    files.map(({ path, imports }) => [
      path,
      imports.filter(({ isType }) => withTypes || !isType).map(({ target }) => target),
    ]),
  );
  const [index, low, stack, found] = [new Map<string, number>(), new Map<string, number>(), [] as string[], []] as [
    Map<string, number>,
    Map<string, number>,
    string[],
    string[][],
  ];
  const visit = (path: string): void => {
    index.set(path, index.size);
    low.set(path, index.get(path) ?? 0);
    stack.push(path);
    for (const target of next.get(path) ?? []) {
      if (!next.has(target)) continue;
      if (!index.has(target)) visit(target);
      if (stack.includes(target)) low.set(path, Math.min(low.get(path) ?? 0, low.get(target) ?? 0));
    }
    if (low.get(path) !== index.get(path)) return;
    const group = stack.splice(stack.indexOf(path));
    if (group.length > 1) found.push(group.toSorted());
  };
  for (const { path } of files) if (!index.has(path)) visit(path);
  return found;
}

/** Returns a source without its imports and re-exports: lists of names are no logic that repeats. */
function withoutModuleLists(text: string): string {
  return text.replaceAll(/^(?:import|export)\s(?:type )?(?:\{[^{}]*\}|\*[^;{}]*|[\w$]+)\s+from\s"[^"]+";$/gm, "");
}

/** Returns the number of distinct runs of code lines that occur more than once. */
function repeats(files: readonly FileFigures[]): number {
  const seen = new Map<string, number>();
  for (const { path } of files) {
    const lines = withoutModuleLists(Deno.readTextFileSync(join(root, path))).split("\n");
    const kinds = kindsOf(lines);
    const code = lines.filter((_, at) => kinds[at] === "code").map((line) => line.trim());
    for (let at = 0; at + REPEAT_LINES <= code.length; at++) {
      const run = code.slice(at, at + REPEAT_LINES);
      // Runs of closing brackets repeat everywhere.
      if (run.filter((line) => /\w/.test(line)).length < REPEAT_LINES - 1) continue;
      const key = run.join("\n");
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
  }
  return [...seen.values()].filter((count) => count > 1).length;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? 0;
}

const GENERATED = /(?:zone_names|eta_package|generated)[^/]*\.ts$|sandbox\/schemas\//;
const files = ["main.ts", "mod.ts", "errors.ts", "skeg.ts", "skeg_options.ts"].filter((path) => {
  try {
    return Deno.statSync(join(root, path)).isFile;
  } catch {
    return false;
  }
}).concat(["app", "cmd", "engine", "model", "storage"].flatMap((folder) => {
  try {
    return [...sources(folder)];
  } catch {
    return [];
  }
})).filter((path) => !GENERATED.test(path)).map((path) => figuresOf(relative(".", path)));

const print = (text: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
print("| room | files | median lines | longest | comments per code line | longest function |");
print("|---|---|---|---|---|---|");
for (const [room, own] of [...Map.groupBy(files, ({ room }) => room)].sort(([a], [b]) => a < b ? -1 : 1)) {
  const sizes = own.map(({ lines }) => lines);
  const code = own.reduce((sum, { codeLines }) => sum + codeLines, 0);
  const comments = own.reduce((sum, { commentLines }) => sum + commentLines, 0);
  const longest = Math.max(0, ...own.flatMap(({ functions }) => functions.map(({ lines }) => lines)));
  print(
    `| ${room} | ${own.length} | ${median(sizes)} | ${Math.max(...sizes)} | ${
      (comments / Math.max(1, code)).toFixed(2)
    } | ${longest} |`,
  );
}
const total = (of: (file: FileFigures) => number): number => files.reduce((sum, file) => sum + of(file), 0);
const functions = files.flatMap((file) => file.functions);
const names = Map.groupBy(
  files.flatMap((file) => file.exportedTypes.map((name) => ({ name, room: file.room }))),
  (each) => each.name,
);
print(`
files ${files.length}, lines ${total(({ lines }) => lines)}
functions ${functions.length}, median ${median(functions.map(({ lines }) => lines))} lines, over ${LONG_LINES}: ${
  functions.filter(({ lines }) => lines > LONG_LINES).length
}
exports ${total((file) => file.exports)}, documented ${total((file) => file.documentedExports)}
import cycles: ${cycles(files, false).length} at run time, ${cycles(files, true).length} with types
casts ${total(({ casts }) => casts)}, lint-ignores ${total(({ lintIgnores }) => lintIgnores)}
runs of ${REPEAT_LINES} lines that repeat: ${repeats(files)}
type names exported in more than one room: ${
  [...names.values()].filter((each) => new Set(each.map(({ room }) => room)).size > 1).length
}
one-line doc comments that begin with What or Whether: ${total(({ vagueComments }) => vagueComments)}`);
for (const group of cycles(files, true)) print(`cycle: ${group.join(", ")}`);
for (
  const { place, lines } of functions.filter((each) => each.lines > LONG_LINES).toSorted((a, b) => b.lines - a.lines)
) {
  print(`long: ${place} ${lines}`);
}

/**
 * Lint rules of this project: who may import whom, and that the web page shows text as text.
 *
 * The tables below must equal those of ARCHITECTURE.md. Editors and `deno lint`
 * load this file through `deno.json`.
 *
 * @module
 */

/** The ground floor: every room may import it, `errors.ts` too, and it imports nothing. */
const GROUND = "engine/base";

/** Rooms and the rooms they may import, besides `errors.ts` and `engine/base`. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  "engine/model": [],
  [GROUND]: [],
  "engine/net/download": [],
  "engine/lang/golang": [],
  "engine/lang/semver": [],
  "engine/lang/yaml": ["engine/lang/golang"],
  "engine/lang/template": ["engine/lang/yaml", "engine/lang/golang", "engine/lang/semver"],
  "engine/chart/load": [
    "engine/net/download",
    "engine/lang/yaml",
    "engine/lang/golang",
    "engine/lang/semver",
    "engine/model",
  ],
  "engine/chart/values": [
    "engine/net/download",
    "engine/net",
    "engine/chart/load",
    "engine/lang/yaml",
    "engine/lang/golang",
    "engine/lang/semver",
    "engine/model",
  ],
  "engine/chart/render": [
    "engine/lang/template",
    "engine/chart/values",
    "engine/lang/yaml",
    "engine/lang/golang",
    "engine/lang/semver",
    "engine/model",
  ],
  "engine/chart/helm3": [
    "engine/lang/template",
    "engine/chart/load",
    "engine/chart/values",
    "engine/chart/render",
    "engine/lang/yaml",
    "engine/lang/golang",
    "engine/lang/semver",
    "engine/model",
  ],
  "engine/chart/lint": [
    "engine/chart/load",
    "engine/chart/values",
    "engine/chart/render",
    "engine/lang/yaml",
    "engine/lang/golang",
    "engine/lang/semver",
    "engine/model",
  ],
  "engine/chart/suite": [
    "engine/chart/values",
    "engine/chart/render",
    "engine/lang/yaml",
    "engine/lang/golang",
    "engine/lang/semver",
    "engine/model",
  ],
  "engine/chart/why": [
    "engine/chart/values",
    "engine/chart/render",
    "engine/lang/yaml",
    "engine/lang/golang",
    "engine/model",
  ],
  "engine/net": [],
  "engine/chart/repo": [
    "engine/net/download",
    "engine/net",
    "engine/chart/load",
    "engine/lang/yaml",
    "engine/lang/semver",
    "engine/model",
  ],
  "engine/chart/oci": ["engine/net/download", "engine/net", "engine/chart/load", "engine/lang/semver", "engine/model"],
  "engine/chart/package": [
    "engine/net/download",
    "engine/chart/load",
    "engine/lang/yaml",
    "engine/lang/golang",
    "engine/lang/semver",
    "engine/model",
  ],
  "engine/chart/plugin": [
    "engine/net/download",
    "engine/chart/load",
    "engine/lang/yaml",
    "engine/lang/golang",
    "engine/lang/semver",
    "engine/model",
  ],
  "engine/kube/served": ["engine/lang/yaml", "engine/model"],
  "engine/kube/ready": ["engine/lang/yaml", "engine/model"],
  "engine/kube/defaults": ["engine/model"],
  "engine/kube": [
    "engine/net",
    "engine/kube/defaults",
    "engine/kube/ready",
    "engine/kube/served",
    "engine/lang/yaml",
    "engine/model",
  ],
  "engine/kube/explain": ["engine/kube", "engine/model"],
  "storage": ["engine/model"],
  "engine/sandbox": ["engine/kube", "engine/kube/defaults", "engine/lang/yaml", "engine/model"],
  "engine/release": [
    "engine/chart/render",
    "engine/chart/helm3",
    "engine/chart/values",
    "engine/kube",
    "engine/kube/served",
    "engine/kube/explain",
    "engine/chart/load",
    "engine/chart/package",
    "engine/lang/yaml",
    "storage",
    "engine/model",
  ],
};

/** Rooms at the top of the house: they may import every room below them. `cmd` stands on `app/ui`, and that on `app`. */
const TOP = ["cmd", "app/ui", "app"];

/**
 * Rooms whose files may all be imported from outside. A single front door would load everything that commands and the
 * library share at every start.
 */
const OPEN = ["app"];

/** Files that are a second front door of their room: small tables that every start reads, and types of the page's data. */
const LIGHT = ["storage/kinds.ts", "app/ui/types.ts"];

/** The web page. It runs in a browser, so it imports only itself and packages; the program sends it as files. */
const PAGE = "ui/";

/** Folders outside the house: tests, tools and benches may import anything by its front door. */
const OUTSIDE = ["tests", "tools", "bench", "examples", "docs", "npm"];

/** Rooms by descending length of name. Rooms can be nested, so the longest matching name is used. */
const BY_LENGTH = [...Object.keys(ROOMS), ...TOP].sort((left, right) => right.length - left.length);

/** The position of a file in the project. */
export interface Place {
  /** A room, `""` for files at the root, or `undefined` for files of no room. */
  readonly room: string | undefined;
  /** Path below the room. */
  readonly file: string;
}

/** Returns the room for a path that is relative to the project's root. */
export function placeOf(path: string): Place {
  for (const room of BY_LENGTH) {
    if (path.startsWith(`${room}/`)) return { room, file: path.slice(room.length + 1) };
  }
  if (!path.includes("/")) return { room: "", file: path };
  return { room: undefined, file: path };
}

/** Resolves a relative specifier against the importing file; both relative to the root. */
export function resolveFrom(importer: string, specifier: string): string | undefined {
  if (!specifier.startsWith("./") && !specifier.startsWith("../")) return undefined;
  const parts = importer.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

const isTest = (file: string): boolean => /_(?:test|bench)\.tsx?$/.test(file);

/**
 * Returns the problem of one import, or `undefined`.
 *
 * @param importer Path of the importing file, relative to the root.
 * @param specifier The specifier of the import.
 */
export function importProblem(importer: string, specifier: string): string | undefined {
  const target = resolveFrom(importer, specifier);
  if (target === undefined) return undefined;
  if (importer.startsWith(PAGE)) {
    return target.startsWith(PAGE) || isTest(importer)
      ? undefined
      : "The page runs in a browser: it imports nothing of the program but types.";
  }
  if (target.startsWith(PAGE) && !OUTSIDE.some((each) => importer.startsWith(`${each}/`))) {
    return "The page is sent as files; the program does not import it.";
  }
  const [from, to] = [placeOf(importer), placeOf(target)];
  if (to.room === undefined || from.room === undefined && !OUTSIDE.some((each) => importer.startsWith(`${each}/`))) {
    return undefined;
  }
  if (to.room === "") return rootProblem(importer, from, to);
  if (from.room === to.room) {
    if (to.file !== "mod.ts" || isTest(from.file)) return undefined;
    return `A file inside ${to.room}/ imports its neighbours directly, never its own mod.ts.`;
  }
  if (!mayImport(from, to.room, importer)) return `${from.room || importer} may not import ${to.room}.`;
  if (to.file !== "mod.ts" && !OPEN.includes(to.room ?? "") && !LIGHT.includes(`${to.room}/${to.file}`)) {
    return `Other rooms import ${to.room}/mod.ts and nothing else of ${to.room}/.`;
  }
  return undefined;
}

/** Returns the problem of an import by a file at the root. */
function rootProblem(importer: string, from: Place, to: Place): string | undefined {
  if (to.file === "errors.ts") {
    const { room } = from;
    return room === "engine/model" || room === GROUND
      ? `${room} may not import errors.ts: it imports nothing.`
      : undefined;
  }
  if (from.room === undefined || isTest(importer)) return undefined;
  if (from.room === "" && importer !== "errors.ts") return undefined;
  return `${from.room || importer} may not import ${to.file}, which stands above it.`;
}

function mayImport(from: Place, room: string, importer: string): boolean {
  if (from.room === undefined || from.room === "cmd") return true;
  if (from.room === "app/ui") return room !== "cmd";
  if (from.room === "app") return room !== "cmd" && room !== "app/ui";
  if (from.room === "") return importer !== "errors.ts" || room === GROUND;
  if (room === GROUND) return from.room !== "engine/model";
  // A test may import rooms above the file that it tests, but no commands.
  if (isTest(from.file)) return !TOP.includes(room);
  return ROOMS[from.room]?.includes(room) ?? false;
}

/** Names of the browser and of preact that make elements from text. */
const FROM_TEXT =
  /\b(?:innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|createContextualFragment|srcdoc|DOMParser|setHTML\w*|parseHTML\w*|document\.write(?:ln)?)\b/;

/**
 * Returns the problem of a name, a string or a template in the page's code, or `undefined`.
 *
 * @param path Path of the file, relative to the root.
 * @param text Such as `innerHTML`.
 */
export function pageTextProblem(path: string, text: string): string | undefined {
  const name = path.startsWith(PAGE) ? FROM_TEXT.exec(text)?.[0] : undefined;
  return name === undefined ? undefined : `${name} makes elements from text.`;
}

/** Returns the path of a linted file relative to the project's root, with `/`. */
function relative(path: string): string {
  const root = new URL("..", import.meta.url);
  const base = decodeURIComponent(root.pathname).replace(/^\/([A-Za-z]:)/, "$1");
  const given = path.replaceAll("\\", "/");
  return given.startsWith(base) ? given.slice(base.length) : given;
}

/** Returns the specifier of `import("…")` in code or types. */
function literal(node: unknown): string | undefined {
  const value = (node as { value?: unknown } | null | undefined)?.value;
  return typeof value === "string" ? value : undefined;
}

const plugin: Deno.lint.Plugin = {
  name: "skeg",
  rules: {
    "import-direction": {
      create(context) {
        const check = (node: Deno.lint.Node, source: unknown) => {
          const specifier = literal(source);
          if (specifier === undefined) return;
          const problem = importProblem(relative(context.filename), specifier);
          if (problem !== undefined) {
            context.report({
              node,
              message: problem,
              hint: "ARCHITECTURE.md shows the rooms and the arrows between them.",
            });
          }
        };
        return {
          ImportDeclaration: (node) => check(node, node.source),
          ExportNamedDeclaration: (node) => check(node, node.source),
          ExportAllDeclaration: (node) => check(node, node.source),
          ImportExpression: (node) => check(node, node.source),
        };
      },
    },
    "page-text": {
      create(context) {
        const check = (node: Deno.lint.Node, text: string) => {
          const message = pageTextProblem(relative(context.filename), text);
          if (message === undefined) return;
          context.report({ node, message, hint: "Use html`…`: what it is given becomes text nodes." });
        };
        return {
          Identifier: (node) => check(node, node.name),
          Literal: (node) => check(node, literal(node) ?? ""),
          TemplateElement: (node) => check(node, node.raw),
          MemberExpression: (node) => {
            if (node.object.type === "Identifier" && node.object.name === "document") {
              check(node, `document.${node.property.type === "Identifier" ? node.property.name : ""}`);
            }
          },
        };
      },
    },
  },
};

export default plugin;

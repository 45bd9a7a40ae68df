/**
 * How the bundles find the runtime's `node:` modules: when something of them
 * is first used, and not when the program starts.
 *
 * `node:fs` takes 20 ms of CPU time to load and `node:path` 6, as much as all
 * of `version`. What the sources use of these two most often is answered by
 * the stand-ins in `tools/stand_ins/` (measured in `docs/decisions/bundle.md`).
 *
 * @module
 */
import { builtinModules } from "node:module";
import { join } from "node:path";

/** The part of the bundler's interface for plugins that is used. */
export interface Plugin {
  readonly name: string;
  setup(bundle: PluginBuild): void;
}

/** The bundler's API for a plugin. */
export interface PluginBuild {
  onResolve(options: { filter: RegExp }, call: (found: Found) => unknown): void;
  onLoad(options: { filter: RegExp; namespace: string }, call: (found: Found) => unknown): void;
  resolve(path: string, options: Record<string, unknown>): Promise<unknown>;
}

/** An import that the bundler met. */
export interface Found {
  readonly path: string;
  readonly kind: string;
  readonly importer: string;
  readonly pluginData: unknown;
}

/** Files in `tools/stand_ins/` by the module they stand in for. */
const STAND_INS: Readonly<Record<string, string>> = {
  "node:path": "path.ts",
  "node:fs": "fs.ts",
  "node:fs/promises": "fs_promises.ts",
};

/** The runtime's modules, as our sources name them and as older packages do. */
const BUILTIN = new RegExp(`^(node:.*|${builtinModules.join("|")})$`);

/** Optional parts of packages that are compiled for one system, and loaded only when a program asks for them. */
const LEFT_OUT = /^pg-native$/;

/** Our own sources name what they use of a module; packages may do with it what only the module itself can. */
function isLate({ path, kind, importer }: Found): boolean {
  return kind === "import-statement" && path !== "node:process" && !importer.includes("node_modules");
}

/** The plugin. `root` is the repository's folder. */
export function builtins(root: string): Plugin {
  const lookUp = (path: string): string => `process.getBuiltinModule(${JSON.stringify(path)})`;
  return {
    name: "builtins",
    setup(bundle) {
      bundle.onResolve({ filter: BUILTIN }, (found) => {
        const path = /^(node:|module$)/.test(found.path) ? found.path : `node:${found.path}`;
        // A late import stays one: a look-up would load `process` and `module` as well.
        if (found.kind === "dynamic-import") return { path, external: true };
        return { path, namespace: isLate({ ...found, path }) ? "late-builtin" : "builtin" };
      });
      bundle.onResolve({ filter: LEFT_OUT }, ({ path }) => ({ path, namespace: "left-out" }));
      bundle.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
        contents: `throw new Error(${JSON.stringify(`${path} is not included`)});`,
        loader: "js",
      }));
      bundle.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
        contents: `module.exports = ${lookUp(path)};`,
        loader: "js",
      }));
      bundle.onLoad({ filter: /.*/, namespace: "late-builtin" }, async ({ path }) => {
        const names = Object.keys(await import(path)).filter((name) => name !== "default");
        const file = STAND_INS[path];
        const own = file === undefined ? "{}" : `require(${JSON.stringify(join(root, "tools", "stand_ins", file))})`;
        const contents = `const own = ${own};
        for (const name of ${JSON.stringify(names)}) {
          Object.defineProperty(exports, name, { enumerable: true, get: () => (name in own ? own : ${
          lookUp(path)
        })[name] });
        }`;
        return { contents, loader: "js", resolveDir: root };
      });
    },
  };
}

/** Packages are named in full in the sources (`npm:…`); for the bundler they are in `node_modules`. */
export function packages(root: string): Plugin {
  return {
    name: "packages",
    setup(bundle) {
      bundle.onResolve({ filter: /^npm:/ }, ({ path, kind, pluginData }) => {
        const bare = path.replace(/^npm:(@[^/@]+\/[^/@]+|[^/@]+)(@[^/]+)?/, "$1");
        return bundle.resolve(bare, { kind, resolveDir: root, pluginData });
      });
    },
  };
}

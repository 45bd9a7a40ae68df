/**
 * Makes `dist/skeg.js`: the whole program in one self-contained file.
 *
 * Every byte of code in that file is read at every start. So only the modules
 * that `version`, `template` and `lint` need are plain code. The rest is
 * compressed text, grouped into units by the imports that lead to it; a unit is
 * unpacked when one of its modules is first imported. The runtime's own modules
 * (`node:zlib` …) are also looked up late, when the importing room is evaluated;
 * plain imports would load all of them at every start.
 *
 * @module
 */
import { join, relative } from "node:path";
import { deflateRawSync } from "node:zlib";
import { asComment, thirdPartyLicences } from "./_licences.ts";
import { divide, type Metafile, type Unit } from "./_units.ts";

/** The used functions of the bundler. It is fetched only when a bundle is made, so tests do not need it. */
interface Bundler {
  build(options: Record<string, unknown>): Promise<Built>;
  stop(): Promise<void>;
}
interface Built {
  readonly metafile: Metafile;
  readonly outputFiles: readonly { readonly text: string }[];
}
interface Plugin {
  readonly name: string;
  setup(bundle: PluginBuild): void;
}
interface PluginBuild {
  onResolve(options: { filter: RegExp; namespace?: string }, call: (found: Found) => unknown): void;
  onLoad(options: { filter: RegExp; namespace: string }, call: (found: Found) => unknown): void;
  resolve(path: string, options: Record<string, unknown>): Promise<Resolved>;
}
interface Found {
  readonly path: string;
  readonly kind: string;
  readonly importer: string;
  readonly namespace: string;
  readonly resolveDir: string;
  readonly pluginData: unknown;
}
interface Resolved {
  readonly path: string;
  readonly namespace: string;
  readonly errors: readonly unknown[];
}

/** Commands that must start fast; each stays plain code, with everything that it imports. */
const AT_HAND = ["cmd/client/version.ts", "cmd/chart/template.ts", "cmd/chart/lint.ts"];

const bundler = "npm:esbuild@0.28.2";
const { build, stop } = await import(bundler) as Bundler;
const root = join(import.meta.dirname ?? ".", "..");
const keyOf = (path: string): string => relative(root, path).replaceAll("\\", "/");

/** Resolves packages, which the sources import by their full specifier, in `node_modules`. */
const packages: Plugin = {
  name: "packages",
  setup(bundle) {
    bundle.onResolve({ filter: /^npm:/ }, ({ path, kind, pluginData }) => {
      const bare = path.replace(/^npm:(@[^/@]+\/[^/@]+|[^/@]+)(@[^/]+)?/, "$1");
      return bundle.resolve(bare, { kind, resolveDir: root, pluginData });
    });
  },
};

/** `import { gunzipSync } from "node:zlib"` becomes a look-up when the importing room is evaluated. */
const builtins: Plugin = {
  name: "builtins",
  setup(bundle) {
    bundle.onResolve(
      { filter: /^(node:.*|module)$/ },
      // A dynamic import stays an import, because a look-up would also load `process` and `module`.
      ({ path, kind }) => kind === "dynamic-import" ? { path, external: true } : { path, namespace: "builtin" },
    );
    bundle.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      loader: "js",
    }));
  },
};

/** Stand-ins: module → file name in `tools/stand_ins`. */
type StandIns = Readonly<Record<string, string>>;

/** Modules that stand-ins replace completely for the core. */
const CORE_STAND_INS: StandIns = {
  "node:path": "path.ts",
  "node:fs": "fs.ts",
  "node:fs/promises": "fs_promises.ts",
};

/** Modules whose most used functions have stand-ins for units; other functions load the module. */
const UNIT_STAND_INS: StandIns = {
  "node:path": "unit_path.ts",
  "node:fs": "unit_fs.ts",
  "node:fs/promises": "unit_fs_promises.ts",
};

/** True if a stand-in can be used: skeg's sources import named functions, but packages may need the real module object. */
function isLate({ path, kind, importer }: Found): boolean {
  return kind === "import-statement" && path !== "node:process" && !importer.includes("node_modules");
}

/** Replaces imports that match `isFor` by stand-ins, and by look-ups that wait until the module is used. */
const lateBuiltins = (standIns: StandIns, isFor: (found: Found) => boolean): Plugin => ({
  name: "late-builtins",
  setup(bundle) {
    bundle.onResolve(
      { filter: /^node:/ },
      (found) => {
        if (found.kind === "dynamic-import") return { path: found.path, external: true };
        return isFor(found) ? { path: found.path, namespace: "late-builtin" } : undefined;
      },
    );
    bundle.onLoad({ filter: /.*/, namespace: "late-builtin" }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== "default");
      const file = standIns[path];
      const own = file === undefined ? "{}" : `require(${JSON.stringify(join(root, "tools", "stand_ins", file))})`;
      const find = `process.getBuiltinModule(${JSON.stringify(path)})`;
      // Functions that a stand-in lacks come from the runtime's module.
      const contents = `const own = ${own};
      for (const name of ${JSON.stringify(names)}) {
        Object.defineProperty(exports, name, { enumerable: true, get: () => (name in own ? own : ${find})[name] });
      }`;
      return { contents, loader: "js", resolveDir: root };
    });
  },
});

const WITHIN = Symbol("asked by the plugin itself");

/** Replaces imports of modules in other units by calls of `find` (the text of a function) with their path. */
function elsewhere(isHere: (path: string) => boolean, find: string): Plugin {
  return {
    name: "elsewhere",
    setup(bundle) {
      bundle.onResolve({ filter: /.*/ }, async ({ path, kind, importer, resolveDir, namespace, pluginData }) => {
        if (pluginData === WITHIN || kind === "entry-point" || /^(node:|module$)/.test(path)) return undefined;
        const found = await bundle.resolve(path, { kind, importer, resolveDir, namespace, pluginData: WITHIN });
        if (found.errors.length > 0 || found.namespace !== "file" || isHere(keyOf(found.path))) return found;
        // The ending tells the bundler that this is CommonJS and not a module with exports.
        return { path: `${keyOf(found.path)}.cjs`, namespace: "elsewhere" };
      });
      bundle.onLoad({ filter: /.*/, namespace: "elsewhere" }, ({ path }) => ({
        contents: `module.exports = ${find}(${JSON.stringify(path.replace(/\.cjs$/, ""))});`,
        loader: "js",
        resolveDir: root,
      }));
    },
  };
}

const common = {
  bundle: true,
  platform: "neutral",
  mainFields: ["module", "main"],
  conditions: ["deno", "import", "module"],
  target: "esnext",
  minify: true,
  legalComments: "none",
  absWorkingDir: root,
  logLevel: "warning",
  write: false,
};

/** Returns the text `{ "path": () => module }` for modules that are found by path. */
function table(paths: Iterable<string>): string {
  const entries = [...paths].sort().map((path) =>
    `${JSON.stringify(path)}: () => require(${JSON.stringify(join(root, path))})`
  );
  return `{ ${entries.join(", ")} }`;
}

/** Returns the text of a unit: the body of a function with the parameter `find` that returns the unit's table. */
async function unitText({ modules, doors }: Unit): Promise<string> {
  const { outputFiles } = await build({
    ...common,
    stdin: { contents: `module.exports = ${table(doors)};`, resolveDir: root, loader: "js" },
    format: "cjs",
    // A unit is not a module, but packages use `import.meta.url` to load the runtime's modules.
    define: { "import.meta.url": "Deno.mainModule" },
    plugins: [elsewhere((path) => modules.has(path), "find"), packages, lateBuiltins(UNIT_STAND_INS, isLate), builtins],
  });
  return `var module = { exports: {} };${outputFiles[0]?.text}return module.exports;`;
}

/** Smaller units stay plain text: skipping the text is faster than loading the decompressor. */
const PLAIN_MAX = 200_000;

function pack(text: string): string {
  return deflateRawSync(text, { level: 9 }).toString("base64");
}

/** Returns the module `skeg:finder`, which finds modules by path in the core, or in units, which it unpacks. */
function finderText(coreDoors: Iterable<string>, units: readonly { doors: Iterable<string>; text: string }[]): string {
  return `
    const tables = [${table(coreDoors)}];
    const packed = [${units.map(({ text }) => JSON.stringify(text.length < PLAIN_MAX ? text : pack(text))).join(", ")}];
    const units = { ${
    units.flatMap(({ doors }, index) => [...doors].map((path) => `${JSON.stringify(path)}: ${index + 1}`)).join(", ")
  } };
    function unpack(index) {
      let text = packed[index - 1];
      if (!text.startsWith("var ")) {
        const { inflateRawSync } = process.getBuiltinModule("node:zlib");
        text = inflateRawSync(Uint8Array.fromBase64(text)).toString();
      }
      return tables[index] = new Function("find", text)(find);
    }
    export function find(path) {
      const index = units[path] ?? 0;
      return (tables[index] ?? unpack(index))[path]();
    }
  `;
}

const { metafile } = await build({
  ...common,
  entryPoints: [join(root, "main.ts")],
  outfile: join(root, "dist", "skeg.js"),
  format: "esm",
  metafile: true,
  plugins: [packages, builtins],
});
/** The metafile's inputs without look-ups of the runtime's modules, because each unit has its own. */
const inputs = Object.fromEntries(Object.entries(metafile.inputs).filter(([path]) => !path.startsWith("builtin:")));
const { core, coreDoors, units } = divide({ inputs }, "main.ts", AT_HAND);
const unitTexts = await Promise.all(units.map(async (unit) => ({ doors: unit.doors, text: await unitText(unit) })));
const finder: Plugin = {
  name: "finder",
  setup(bundle) {
    bundle.onResolve({ filter: /^skeg:finder$/ }, ({ path }) => ({ path, namespace: "finder" }));
    bundle.onLoad({ filter: /.*/, namespace: "finder" }, () => ({
      contents: finderText([...coreDoors, ...standIns], unitTexts),
      loader: "js",
      resolveDir: root,
    }));
  },
};
const isCore = (path: string): boolean => core.has(path) || path.startsWith("tools/stand_ins/");
const standIns = Object.values(UNIT_STAND_INS).map((file) => `tools/stand_ins/${file}`);
const { outputFiles } = await build({
  ...common,
  entryPoints: [join(root, "main.ts")],
  outfile: join(root, "dist", "skeg.js"),
  format: "esm",
  plugins: [
    finder,
    elsewhere(isCore, "require('skeg:finder').find"),
    packages,
    lateBuiltins(CORE_STAND_INS, () => true),
  ],
});
await Deno.mkdir(join(root, "dist"), { recursive: true });
// At the end of the file, so that they do not slow down the start.
const licences = asComment(await thirdPartyLicences(root));
await Deno.writeTextFile(join(root, "dist", "skeg.js"), `${outputFiles[0]?.text ?? ""}${licences}`);
await stop();

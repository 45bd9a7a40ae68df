/**
 * Makes `dist/skeg.js`: the whole program in one file that runs with nothing
 * beside it. What is loaded lazily stays lazy: a room is evaluated when it is
 * first asked for, and so are the runtime's own modules (`node:zlib` …), which
 * a file with plain imports would all load at every start.
 *
 * @module
 */
import { join } from "node:path";

/** What is used of the bundler. It is fetched when a bundle is made, and not by everybody who runs the tests. */
interface Bundler {
  build(options: Record<string, unknown>): Promise<unknown>;
  stop(): Promise<void>;
}
interface Plugin {
  readonly name: string;
  setup(bundle: PluginBuild): void;
}
interface PluginBuild {
  onResolve(options: { filter: RegExp }, call: (found: Found) => unknown): void;
  onLoad(options: { filter: RegExp; namespace: string }, call: (found: Found) => unknown): void;
  resolve(path: string, options: { kind: string; resolveDir: string }): Promise<unknown>;
}
interface Found {
  readonly path: string;
  readonly kind: string;
}

const bundler = "npm:esbuild@0.28.2";
const { build, stop } = await import(bundler) as Bundler;
const root = join(import.meta.dirname ?? ".", "..");

/** Packages are named in full in the sources; here they are in `node_modules`. */
const packages: Plugin = {
  name: "packages",
  setup(bundle) {
    bundle.onResolve({ filter: /^npm:/ }, ({ path, kind }) => {
      const bare = path.replace(/^npm:(@[^/@]+\/[^/@]+|[^/@]+)(@[^/]+)?/, "$1");
      return bundle.resolve(bare, { kind, resolveDir: root });
    });
  },
};

/** `import { gunzipSync } from "node:zlib"` becomes a look-up when the importing room is evaluated. */
const builtins: Plugin = {
  name: "builtins",
  setup(bundle) {
    bundle.onResolve({ filter: /^(node:.*|module)$/ }, ({ path }) => ({ path, namespace: "builtin" }));
    bundle.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      loader: "js",
    }));
  },
};

await Deno.mkdir(join(root, "dist"), { recursive: true });
await build({
  entryPoints: [join(root, "main.ts")],
  outfile: join(root, "dist", "skeg.js"),
  bundle: true,
  format: "esm",
  platform: "neutral",
  mainFields: ["module", "main"],
  conditions: ["deno", "import", "module"],
  target: "esnext",
  minify: true,
  keepNames: false,
  legalComments: "none",
  absWorkingDir: root,
  plugins: [packages, builtins],
  logLevel: "warning",
});
await stop();

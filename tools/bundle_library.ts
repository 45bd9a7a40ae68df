/**
 * Makes `dist/library/`: the library as JavaScript for Node, Bun and Deno, split into chunks that are loaded when
 * they are needed. `docs/decisions/npm-library.md` says how it finds what only Deno has.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { packages } from "./_builtins.ts";

/** The used functions of the bundler. */
interface Bundler {
  build(options: Record<string, unknown>): Promise<{ outputFiles: readonly { path: string; text: string }[] }>;
  stop(): Promise<void>;
}

const bundler = "npm:esbuild@0.28.2";
const { build, stop } = await import(bundler) as Bundler;
const root = join(import.meta.dirname ?? ".", "..");
const folder = join(root, "dist", "library");

const { outputFiles } = await build({
  entryPoints: { skeg: join(root, "mod.ts"), testing: join(root, "testing.ts") },
  inject: [join(root, "npm", "library", "runtime.ts")],
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  mainFields: ["module", "main"],
  conditions: ["import", "module"],
  target: "node22",
  // Names stay, so that a stack trace can be read.
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: 160,
  legalComments: "none",
  chunkNames: "chunks/[name]-[hash]",
  absWorkingDir: root,
  outdir: folder,
  logLevel: "warning",
  write: false,
  plugins: [packages(root)],
});
await Deno.remove(folder, { recursive: true }).catch(() => undefined);
for (const { path, text } of outputFiles) {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
}
await stop();

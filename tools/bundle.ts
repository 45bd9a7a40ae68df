/**
 * Makes the two bundles from the sources.
 *
 * - `dist/modules/`: what the compiled program and the npm package run. It is
 *   split: `skeg.js` and `chunks/`, of which a command loads what it needs.
 * - `dist/skeg.js`: the whole program in one file, for scripts and for users who
 *   give Deno as few permissions as possible.
 *
 * `docs/decisions/bundle.md` says why there are two, and what each costs.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { builtins, packages } from "./_builtins.ts";
import { type Output, withLateImports } from "./_late_imports.ts";
import { asComment, thirdPartyLicences } from "./_licences.ts";
import { packedPage, pagePlugin } from "./_page.ts";

/** The used functions of the bundler. It is fetched only when a bundle is made, so tests do not need it. */
interface Bundler {
  build(options: Record<string, unknown>): Promise<Built>;
  stop(): Promise<void>;
}
interface Built {
  readonly outputFiles: readonly { readonly path: string; readonly text: string }[];
  /** Paths are relative to the repository. */
  readonly metafile: { readonly outputs: Readonly<Record<string, Output>> };
}

const bundler = "npm:esbuild@0.28.2";
const { build, stop } = await import(bundler) as Bundler;
const root = join(import.meta.dirname ?? ".", "..");
const dist = join(root, "dist");

const page = await packedPage(root, build as Parameters<typeof packedPage>[1]);

const common = {
  entryPoints: { skeg: join(root, "main.ts") },
  bundle: true,
  format: "esm",
  platform: "neutral",
  mainFields: ["module", "main"],
  conditions: ["deno", "module"],
  target: "esnext",
  minify: true,
  legalComments: "none",
  absWorkingDir: root,
  logLevel: "warning",
  metafile: true,
  write: false,
  plugins: [packages(root), builtins(root), pagePlugin(page)],
};

/** The split bundle, with the packages' licences beside it. */
async function split(licences: string): Promise<void> {
  const folder = join(dist, "modules");
  const { outputFiles, metafile } = await build({
    ...common,
    outdir: folder,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
  });
  await Deno.remove(folder, { recursive: true }).catch(() => undefined);
  await Deno.mkdir(join(folder, "chunks"), { recursive: true });
  for (const { path, text } of outputFiles) {
    const key = path.slice(root.length + 1).replaceAll("\\", "/");
    await Deno.writeTextFile(path, withLateImports(key, text, metafile.outputs[key] ?? { imports: [] }));
  }
  await Deno.writeTextFile(join(folder, "THIRD_PARTY_LICENSES"), licences);
}

/** The bundle in one file, which ends with the packages' licences. */
async function single(licences: string): Promise<void> {
  const { outputFiles: [file] } = await build({ ...common, outdir: dist });
  if (file === undefined) throw new Error("the bundler made no file");
  await Deno.mkdir(dirname(file.path), { recursive: true });
  await Deno.writeTextFile(file.path, `${file.text}${asComment(licences)}`);
}

const licences = await thirdPartyLicences(root);
await split(licences);
await single(licences);
await stop();

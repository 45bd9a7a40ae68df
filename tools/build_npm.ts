/**
 * Makes `dist/npm`, the npm package: the split bundle, a small script that starts
 * it, and a dependency on the Deno it was tested with. Run after `bundle.ts`.
 *
 * @module
 */
import { join } from "node:path";

/** The Deno that the package depends on. */
const DENO_VERSION = "2.9.6";

const root = join(import.meta.dirname ?? ".", "..");
const output = join(root, "dist", "npm");
const { version, license } = JSON.parse(await Deno.readTextFile(join(root, "deno.json"))) as {
  version: string;
  license: string;
};

await Deno.remove(output, { recursive: true }).catch(() => undefined);
await Deno.mkdir(join(output, "modules", "chunks"), { recursive: true });
const manifest = {
  name: "skeg",
  version,
  description: "Runs Helm 2 charts and releases without Tiller",
  keywords: ["helm", "helm2", "kubernetes", "tiller", "charts"],
  license,
  ...repository(),
  // Deno reads the files of a package as CommonJS unless it says what they are.
  type: "module",
  bin: { skeg: "skeg.cjs" },
  files: ["skeg.cjs", "modules", "LICENSE", "THIRD_PARTY_LICENSES", "README.md"],
  engines: { node: ">=18" },
  dependencies: { deno: DENO_VERSION },
};
await Deno.writeTextFile(join(output, "package.json"), JSON.stringify(manifest, undefined, 2) + "\n");
const modules = join("dist", "modules");
const chunks = (await Array.fromAsync(Deno.readDir(join(root, modules, "chunks")))).map(({ name }) => name);
const copies: readonly [string, string][] = [
  [join("npm", "skeg.cjs"), "skeg.cjs"],
  [join("npm", "README.md"), "README.md"],
  ["LICENSE", "LICENSE"],
  [join(modules, "THIRD_PARTY_LICENSES"), "THIRD_PARTY_LICENSES"],
  [join(modules, "skeg.js"), join("modules", "skeg.js")],
  ...chunks.map((name): [string, string] => [join(modules, "chunks", name), join("modules", "chunks", name)]),
];
for (const [from, to] of copies) await Deno.copyFile(join(root, from), join(output, to));
if (Deno.build.os !== "windows") await Deno.chmod(join(output, "skeg.cjs"), 0o755);

/** Returns the repository field of the package; the registry compares it with the release workflow's signature. */
function repository(): { repository?: { type: "git"; url: string } } {
  const [server, name] = [Deno.env.get("GITHUB_SERVER_URL"), Deno.env.get("GITHUB_REPOSITORY")];
  return server && name ? { repository: { type: "git", url: `git+${server}/${name}.git` } } : {};
}

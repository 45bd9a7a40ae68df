/**
 * Makes `dist/npm`, the npm package: the bundle, a small script that starts
 * it, and a dependency on the Deno it was tested with. Run after `bundle.ts`.
 *
 * @module
 */
import { join } from "node:path";

/** The Deno that the package depends on. */
const DENO_VERSION = "2.9.6";

const root = join(import.meta.dirname ?? ".", "..");
const output = join(root, "dist", "npm");
const { version, license, imports } = JSON.parse(await Deno.readTextFile(join(root, "deno.json"))) as {
  version: string;
  license: string;
  imports: Record<string, string>;
};

await Deno.remove(output, { recursive: true }).catch(() => undefined);
await Deno.mkdir(output, { recursive: true });
const manifest = {
  name: "skeg",
  version,
  description: "Runs Helm 2 charts and releases without Tiller",
  keywords: ["helm", "helm2", "kubernetes", "tiller", "charts"],
  license,
  ...repository(),
  bin: { skeg: "skeg.cjs" },
  files: ["skeg.cjs", "skeg.js", "LICENSE", "THIRD_PARTY_LICENSES", "README.md"],
  engines: { node: ">=18" },
  dependencies: { deno: DENO_VERSION },
};
await Deno.writeTextFile(join(output, "package.json"), JSON.stringify(manifest, undefined, 2) + "\n");
const copies: readonly [string, string][] = [
  [join("npm", "skeg.cjs"), "skeg.cjs"],
  [join("npm", "README.md"), "README.md"],
  [join("dist", "skeg.js"), "skeg.js"],
  ["LICENSE", "LICENSE"],
];
for (const [from, to] of copies) await Deno.copyFile(join(root, from), join(output, to));
await Deno.writeTextFile(join(output, "THIRD_PARTY_LICENSES"), await thirdPartyLicenses());
if (Deno.build.os !== "windows") await Deno.chmod(join(output, "skeg.cjs"), 0o755);

/** Where the package is built from; the registry compares it with what the release workflow signs. */
function repository(): { repository?: { type: "git"; url: string } } {
  const [server, name] = [Deno.env.get("GITHUB_SERVER_URL"), Deno.env.get("GITHUB_REPOSITORY")];
  return server && name ? { repository: { type: "git", url: `git+${server}/${name}.git` } } : {};
}

/** The licences of the packages that are in the bundle, as their authors ask for. */
async function thirdPartyLicenses(): Promise<string> {
  const bundled = Object.keys(imports).filter((name) => !name.startsWith("@types/") && name !== "fast-check");
  const texts = await Promise.all(bundled.map(async (name) => {
    const folder = join(root, "node_modules", name);
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
  }));
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

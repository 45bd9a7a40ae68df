/**
 * Makes `dist/npm`, the npm package: the bundle, a small script that starts it,
 * and a dependency on the tested version of Deno. Run after `bundle.ts`.
 *
 * @module
 */
import { join } from "node:path";
import { thirdPartyLicences } from "./_licences.ts";

/** The Deno that the package depends on. */
const DENO_VERSION = "2.9.6";

const root = join(import.meta.dirname ?? ".", "..");
const output = join(root, "dist", "npm");
const { version, license } = JSON.parse(await Deno.readTextFile(join(root, "deno.json"))) as {
  version: string;
  license: string;
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
await Deno.writeTextFile(join(output, "THIRD_PARTY_LICENSES"), await thirdPartyLicences(root));
if (Deno.build.os !== "windows") await Deno.chmod(join(output, "skeg.cjs"), 0o755);

/** Returns the repository field of the package; the registry compares it with the release workflow's signature. */
function repository(): { repository?: { type: "git"; url: string } } {
  const [server, name] = [Deno.env.get("GITHUB_SERVER_URL"), Deno.env.get("GITHUB_REPOSITORY")];
  return server && name ? { repository: { type: "git", url: `git+${server}/${name}.git` } } : {};
}

/**
 * Writes the list of what is inside a release, in CycloneDX: `dist/skeg.cdx.json`.
 *
 *     npm ci --prefix tools/node --ignore-scripts && deno run -A tools/make_sbom.ts
 *
 * The generator is CycloneDX's own for npm. It reads a project whose dependencies are the packages that are bundled, and
 * the Deno that runs them, in the versions of `deno.json`.
 *
 * @module
 */
import { join } from "node:path";
import { bundledPackages } from "./_licences.ts";
import { DENO_VERSION, NPM_NAME, REPOSITORY } from "./project.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");
const { version, license } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json"))) as {
  version: string;
  license: string;
};

const folder = await Deno.makeTempDir({ prefix: "skeg-sbom-" });
try {
  const dependencies = { ...await bundledPackages(ROOT), deno: DENO_VERSION };
  const project = { name: NPM_NAME, version, license, repository: { type: "git", url: REPOSITORY }, dependencies };
  await Deno.writeTextFile(join(folder, "package.json"), JSON.stringify(project));
  await run("npm", ["install", "--ignore-scripts", "--omit=optional", "--silent", "--no-audit", "--no-fund"]);
  const output = join(ROOT, "dist", "skeg.cdx.json");
  await Deno.mkdir(join(ROOT, "dist"), { recursive: true });
  const generator = join(ROOT, "tools", "node", "node_modules", ".bin", "cyclonedx-npm");
  const options = ["--spec-version", "1.6", "--output-reproducible", "--mc-type", "application", "--omit", "dev"];
  await run(generator, [...options, "--omit", "optional", "--output-format", "JSON", "--output-file", output]);
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function run(program: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args, cwd: folder, stdout: "null" }).output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
}

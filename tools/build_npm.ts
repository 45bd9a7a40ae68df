/**
 * Makes `dist/npm`, the npm package: the program, as the split bundle with a small script that starts it in Deno, and
 * the library with its types. Run after `bundle.ts` and `bundle_library.ts`.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { typeFiles } from "./_type_files.ts";
import { thirdPartyLicences } from "./_licences.ts";
import { DENO_VERSION, NPM_NAME, REPOSITORY, SITE } from "./project.ts";

const root = join(import.meta.dirname ?? ".", "..");
const output = join(root, "dist", "npm");
const { version, license } = JSON.parse(await Deno.readTextFile(join(root, "deno.json"))) as {
  version: string;
  license: string;
};

/** The registry compares it with the workflow that signed the package, so a fork's workflow names the fork. */
function repository(): string {
  const [server, name] = [Deno.env.get("GITHUB_SERVER_URL"), Deno.env.get("GITHUB_REPOSITORY")];
  return server && name ? `${server}/${name}` : REPOSITORY;
}

await Deno.remove(output, { recursive: true }).catch(() => undefined);
await Deno.mkdir(join(output, "man"), { recursive: true });
const manuals = await writeManuals(join(output, "man"));

const manifest = {
  name: NPM_NAME,
  version,
  description: "Runs Helm 2 charts and releases without Tiller: a program and a library",
  keywords: ["helm", "helm2", "helm-2to3", "kubernetes", "k8s", "tiller", "charts"],
  license,
  homepage: SITE,
  repository: { type: "git", url: `git+${repository()}.git` },
  bugs: { url: `${repository()}/issues` },
  // Deno reads the files of a package as CommonJS unless it says what they are.
  type: "module",
  bin: { skeg: "skeg.cjs" },
  // `npm install --global` links them where `man` finds them.
  man: manuals.map((name) => `./man/${name}`),
  types: "./library/types/mod.d.ts",
  exports: {
    ".": { types: "./library/types/mod.d.ts", default: "./library/skeg.js" },
    "./testing": { types: "./library/types/testing.d.ts", default: "./library/testing.js" },
    "./package.json": "./package.json",
  },
  files: ["skeg.cjs", "modules", "library", "man", "LICENSE", "THIRD_PARTY_LICENSES", "README.md"],
  engines: { node: ">=20" },
  // Optional, because only the program and charts in Eta need it; npm installs it unless told not to.
  optionalDependencies: { deno: DENO_VERSION },
};

/** Writes the manual pages of all commands; returns the names of their files. */
async function writeManuals(folder: string): Promise<string[]> {
  const bundle = join(root, "dist", "modules", "skeg.js");
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-config",
      "--no-prompt",
      "--no-npm",
      "-R",
      "-W",
      "-E",
      bundle,
      "docs",
      "--type",
      "man",
      "--dir",
      folder,
    ],
    // Pages name the home folder: its variable, and not that of this machine.
    env: { HOME: "$HOME", DENO_DIR: await denoFolder(), SKEG_NAME: NPM_NAME, HELM_HOME: "" },
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("the manual pages could not be written");
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

/** Returns Deno's own folder, which otherwise follows HOME. */
async function denoFolder(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return (JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string }).denoDir;
}

/** Copies a file or a folder. */
async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isDirectory) {
    for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
    return;
  }
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to);
}

const copies: readonly [string, string][] = [
  [join("npm", "skeg.cjs"), "skeg.cjs"],
  [join("npm", "README.md"), "README.md"],
  ["LICENSE", "LICENSE"],
  [join("dist", "modules", "skeg.js"), join("modules", "skeg.js")],
  [join("dist", "modules", "chunks"), join("modules", "chunks")],
  [join("dist", "library"), "library"],
];
for (const [from, to] of copies) await copy(join(root, from), join(output, to));
if (Deno.build.os !== "windows") await Deno.chmod(join(output, "skeg.cjs"), 0o755);
await Deno.writeTextFile(join(output, "package.json"), JSON.stringify(manifest, undefined, 2) + "\n");
await Deno.writeTextFile(join(output, "THIRD_PARTY_LICENSES"), await thirdPartyLicences(root, { library: true }));
for (const [path, text] of await typeFiles(root)) {
  const file = join(output, "library", "types", path);
  await Deno.mkdir(dirname(file), { recursive: true });
  await Deno.writeTextFile(file, text);
}

/**
 * Completes a release: writes `SHA256SUMS`, the formula of Homebrew and the manifest of Scoop beside the files of a folder.
 *
 *     deno run -R -W tools/release_files.ts FOLDER
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { checksums, homebrewFormula, scoopManifest } from "./_packages.ts";

const [folder = "release"] = Deno.args;
const { version } = JSON.parse(await Deno.readTextFile(join(import.meta.dirname ?? ".", "..", "deno.json"))) as {
  version: string;
};

async function sumsOf(): Promise<Map<string, string>> {
  const names = (await Array.fromAsync(Deno.readDir(folder))).filter(({ isFile }) => isFile).map(({ name }) => name);
  const sums = names.filter((name) => name !== "SHA256SUMS").map(async (name): Promise<[string, string]> => [
    name,
    createHash("sha256").update(await Deno.readFile(join(folder, name))).digest("hex"),
  ]);
  return new Map(await Promise.all(sums));
}

const release = { version, sums: await sumsOf() };
await Deno.writeTextFile(join(folder, "skeg.rb"), homebrewFormula(release));
await Deno.writeTextFile(join(folder, "skeg.json"), scoopManifest(release));
await Deno.writeTextFile(join(folder, "SHA256SUMS"), checksums(await sumsOf()));

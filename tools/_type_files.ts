/**
 * The declarations of the library's types, for TypeScript outside of Deno.
 *
 * `deno pack` writes them from the type annotations of what is exported, so they name nothing that is private.
 *
 * @module
 */
import { join, relative } from "node:path";
import { NPM_NAME } from "./project.ts";

/**
 * Returns the text of every declaration file by its path relative to the repository.
 *
 * @param root The repository's folder, with `node_modules`.
 */
export async function typeFiles(root: string): Promise<ReadonlyMap<string, string>> {
  const folder = await Deno.makeTempDir({ prefix: "skeg-types-" });
  try {
    const archive = join(folder, "package.tgz");
    await run(Deno.execPath(), ["pack", "--quiet", "--allow-dirty", "--output", archive], root);
    await run("tar", ["-xzf", "package.tgz"], folder);
    const files = new Map<string, string>();
    await read(join(folder, "package"), join(folder, "package"), files);
    if (!files.has("mod.d.ts")) throw new Error("the declarations of mod.ts are missing");
    return files;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function read(base: string, folder: string, files: Map<string, string>): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) await read(base, path, files);
    else if (name.endsWith(".d.ts")) {
      const text = await Deno.readTextFile(path);
      // Examples in comments import the file of the sources.
      files.set(
        relative(base, path),
        text.replace(/from "(?:\.+(?:\/\.\.)*\/mod\.ts|jsr:@skeg\/skeg)/g, `from "${NPM_NAME}`),
      );
    }
  }
}

async function run(program: string, args: string[], cwd: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args, cwd, stdout: "null", stderr: "piped" }).output();
  if (!success) throw new Error(`${program} ${args[0]} failed: ${new TextDecoder().decode(stderr)}`);
}

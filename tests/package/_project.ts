/**
 * A project of its own with the packed npm package. `SKEG_PACKAGE` names the archive, and `tools/node` has the
 * programs of others: `.ci/run npm` makes both.
 *
 * @module
 */
import { dirname, join } from "node:path";

const ROOT = join(import.meta.dirname ?? ".", "..", "..");

/** The packed package; `undefined` where it was not made. */
export const PACKAGE = Deno.env.get("SKEG_PACKAGE");

/** Where the programs of others are. */
export const TOOLS = join(ROOT, "tools", "node", "node_modules");

/** The repository. */
export { ROOT };

/** Output and exit status of a program. */
export interface Run {
  readonly code: number;
  readonly text: string;
}

/** Runs a program in a folder; its two streams are one text. */
export async function run(cwd: string, command: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const [program = "", ...args] = command;
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd,
    env: { NO_COLOR: "1", FORCE_COLOR: "0", ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

/** Runs `work` with the folder of a new project in which the package is installed, without optional dependencies. */
export async function inProject(
  files: Readonly<Record<string, string>>,
  work: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "skeg-project-" });
  try {
    await Deno.writeTextFile(join(folder, "package.json"), '{"private": true, "type": "module"}');
    const install = ["npm", "install", "--silent", "--omit=optional", "--ignore-scripts", PACKAGE ?? ""];
    const { code, text } = await run(folder, install);
    if (code !== 0) throw new Error(`npm install: ${text}`);
    for (const [path, content] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
      await Deno.writeTextFile(join(folder, path), content);
    }
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Makes a package of `tools/node` importable in the project. */
export async function link(folder: string, name: string): Promise<void> {
  await Deno.mkdir(dirname(join(folder, "node_modules", name)), { recursive: true });
  await Deno.symlink(join(TOOLS, name), join(folder, "node_modules", name));
}

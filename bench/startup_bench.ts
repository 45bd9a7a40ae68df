/**
 * How long the program takes to answer `version`: from its sources, and from
 * the bundles when `deno task bundle` has made them.
 *
 * @module
 */
import { join } from "node:path";

const root = join(import.meta.dirname ?? ".", "..");

async function start(file: string): Promise<void> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", join(root, file), "version"],
    stdout: "null",
    stderr: "null",
  }).output();
  if (code !== 0) throw new Error(`${file} ended with ${code}`);
}

Deno.bench({ name: "version, from the sources", group: "startup", baseline: true, fn: () => start("main.ts") });

const bundled = await Deno.stat(join(root, "dist", "modules", "skeg.js")).then(() => true, () => false);
for (
  const [name, file] of [["the split bundle", join("dist", "modules", "skeg.js")], [
    "one file",
    join("dist", "skeg.js"),
  ]]
) {
  Deno.bench({ name: `version, from ${name}`, group: "startup", ignore: !bundled, fn: () => start(file ?? "") });
}

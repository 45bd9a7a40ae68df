/**
 * Measures `version`: from the sources, and from the bundle when
 * `deno task bundle` has made one.
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

const bundled = await Deno.stat(join(root, "dist", "skeg.js")).then(() => true, () => false);
Deno.bench({
  name: "version, from the bundle",
  group: "startup",
  ignore: !bundled,
  fn: () => start(join("dist", "skeg.js")),
});

/**
 * Makes `dist/skeg.js`: the whole program in one file that runs with nothing
 * beside it. What is loaded lazily stays lazy: it runs when it is asked for.
 *
 * @module
 */
import { join } from "node:path";

const root = join(import.meta.dirname ?? ".", "..");
const output = join(root, "dist", "skeg.js");
await Deno.mkdir(join(root, "dist"), { recursive: true });
const { code } = await new Deno.Command(Deno.execPath(), {
  args: [
    "bundle",
    "--quiet",
    "--platform",
    "deno",
    "--minify",
    "--keep-names",
    "--output",
    output,
    join(root, "main.ts"),
  ],
  cwd: root,
  stdout: "inherit",
  stderr: "inherit",
}).output();
Deno.exit(code);

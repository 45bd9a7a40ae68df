/** Every code block of the README and the guides is run, as its first line says. */
import { ok } from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { walk } from "./_walk.ts";

const ROOT = join(import.meta.dirname ?? ".", "..", "..");

/** Pages that are made from runs or tables by tools, and checked by those. */
const GENERATED = ["resilience.md", "without-tiller.md"];

const guides = (await readdir(join(ROOT, "docs"))).filter((name) => name.endsWith(".md") && !GENERATED.includes(name));

for (const path of ["README.md", ...guides.map((name) => `docs/${name}`).sort()]) {
  Deno.test({
    name: `${path}: every code block does what the page says`,
    ignore: Deno.build.os === "windows",
    fn: async () => ok(await walk(path) >= 0),
  });
}

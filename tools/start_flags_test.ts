/** All commands of this project that start the program do so without permission prompts, and without fetching packages. */
import { doesNotMatch, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";

const root = join(import.meta.dirname ?? ".", "..");
const textOf = (file: string): Promise<string> => Deno.readTextFile(join(root, file));

Deno.test("deno task start never asks for rights, and loads only what is there", async () => {
  const { tasks } = JSON.parse(await textOf("deno.json")) as { tasks: Record<string, { command: string }> };
  // From the sources, packages come from node_modules; `--no-npm` would exclude these too.
  match(tasks["start"]?.command ?? "", /deno run --no-prompt --cached-only (-\S+ )+main\.ts/);
});

for (const file of ["deno.json", ".github/workflows/release.yml"]) {
  Deno.test(`${file} compiles a program that never asks for rights, and knows no packages`, async () => {
    const [command = ""] = /deno compile [^\n]*/.exec(await textOf(file)) ?? [];
    match(command, /--no-prompt --no-npm/);
  });
  Deno.test(`${file} compiles a program that holds all chunks`, async () => {
    // The compiler finds no late import by itself, see `_late_imports.ts`.
    match(await textOf(file), /deno compile [^"]*\s--include dist\/modules\s[^"]*dist\/modules\/skeg\.js/);
  });
}

Deno.test("the npm script, the program itself and the documents start the bundle without questions and packages", async () => {
  for (const file of ["npm/skeg.cjs", "main.ts", "docs/install.md"]) {
    const text = await textOf(file);
    ok(text.includes("--no-prompt") && text.includes("--no-npm"), file);
  }
});

for (const file of ["docs/install.md", "examples/README.md", "docs/security.md", "docs/library.md"]) {
  Deno.test(`${file} never gives all rights`, async () =>
    doesNotMatch(await textOf(file), /(^|\s)(-A|--allow-all)\b/m));
}

for (const subcommand of ["run", "compile", "test"]) {
  Deno.test(`this Deno knows the flags for deno ${subcommand}`, async () => {
    const { code, stdout } = await new Deno.Command(Deno.execPath(), { args: [subcommand, "--help=full"] }).output();
    equal(code, 0);
    for (const flag of ["--no-prompt", "--no-npm", "--no-remote", "--cached-only"]) {
      ok(new TextDecoder().decode(stdout).includes(flag), flag);
    }
  });
}

import { equal } from "node:assert/strict";
import { join } from "node:path";
import { generatedPages } from "./generate_docs.ts";

const docs = join(import.meta.dirname ?? ".", "..", "docs");

Deno.test("the pages on commands are those that `deno task docs` makes", async () => {
  const pages = await generatedPages();
  for (const [name, text] of pages) {
    const written = await Deno.readTextFile(join(docs, name)).catch(() => "");
    equal(written.replaceAll("\r\n", "\n"), text, `docs/${name} is stale: run deno task docs`);
  }
  for await (const { name } of Deno.readDir(join(docs, "commands"))) {
    equal(pages.has(`commands/${name}`), true, `docs/commands/${name} belongs to no command: run deno task docs`);
  }
});

/**
 * Adding a thing touches the thing and at most one table. The test adds one of each to a copy of the
 * sources, uses it there, and counts the files.
 */
import { deepEqual, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ROWS } from "./_rows.ts";
import { Tree } from "./_tree.ts";

Deno.test("each thing is added in its own file and one table, and works", async () => {
  using tree = new Tree();
  for (const { thing, table, add } of ROWS) {
    add(tree);
    const files = tree.touched();
    // The thing itself is one file, new or already there.
    deepEqual(files.filter((file) => file !== table).length, 1, `${thing}: ${files.join(", ")}`);
    deepEqual(files.length, table === undefined ? 1 : 2, `${thing}: ${files.join(", ")}`);
  }
  for (const [index, { test }] of ROWS.entries()) tree.write(`tests/registration/row_${index}_test.ts`, test);
  const { ok: passed, output } = await tree.test("tests/registration/");
  ok(passed, output);
});

Deno.test("each thing has a recipe in CONTRIBUTING.md that names its table", () => {
  const text = readFileSync(new URL("../../CONTRIBUTING.md", import.meta.url), "utf8");
  for (const { thing, table } of ROWS) {
    const recipe = text.split(/^### /m).find((part) => part.startsWith(`${thing}\n`));
    ok(recipe !== undefined, `no recipe: ${thing}`);
    if (table !== undefined) ok(recipe.includes(`\`${table}\``), `${thing}: the recipe does not name ${table}`);
  }
});

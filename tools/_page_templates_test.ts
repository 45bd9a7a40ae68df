import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import htm from "htm";
import { smallTemplates } from "./_page_templates.ts";

Deno.test("smallTemplates() drops white space that htm drops, and keeps what people see", () => {
  const source = 'html`\n  <p class="a"\n    title=${x}\n  >Two\n    words <b>${y}</b> more\n  </p>\n`';
  equal(smallTemplates(source), 'html`<p class="a" title=${x}>Two words <b>${y}<//> more<//>`');
});

Deno.test("smallTemplates() keeps blanks inside of attributes and between elements of a line", () => {
  equal(smallTemplates('html`<i title="a  b" /> <b>c</b>`'), 'html`<i title="a  b"/> <b>c<//>`');
});

Deno.test("smallTemplates() leaves code, strings, comments and other templates alone", () => {
  for (
    const source of [
      "const a = `<p>\n  ${b}\n</p>`;",
      'const a = "html`<p>\\n</p>";',
      "// it's a comment\nconst a = { b: { c } };",
      "/* <p>\n</p> */ a = /[^\\w-]/.test(b);",
    ]
  ) equal(smallTemplates(source), source);
});

Deno.test("smallTemplates() goes into expressions", () => {
  equal(
    smallTemplates("html`<ul>\n  ${list.map((each) => {\n  return html`<li>\n ${each}\n</li>`; })}\n</ul>`"),
    "html`<ul>${list.map((each) => {\n  return html`<li>${each}<//>`; })}<//>`",
  );
});

/** Makes the tree of a template; a tag is its name. */
const html = (htm as unknown as { bind: (h: unknown) => (...template: unknown[]) => unknown })
  .bind((...parts: unknown[]) => parts);

Deno.test("smallTemplates() gives the same elements as before", () => {
  const template =
    'html`\n  <p class="a"\n    id=${1}>\n    one ${2} three\n    four <b>five</b> six\n    <i a=${3} b />\n  </p>`';
  const evaluate = (source: string): unknown => new Function("html", `return ${source}`)(html);
  const small = smallTemplates(template);
  ok(small.length < template.length);
  const plain = (tree: unknown): unknown => JSON.parse(JSON.stringify(tree).replace(/(?:\\n| )+/g, " "));
  deepEqual(plain(evaluate(small)), plain(evaluate(template)));
});

Deno.test("smallTemplates() makes every module of the page smaller or leaves it", async () => {
  const ui = join(import.meta.dirname ?? ".", "..", "ui");
  for (const folder of ["lib", "pages"]) {
    for await (const { name } of Deno.readDir(join(ui, folder))) {
      if (!name.endsWith(".js")) continue;
      const source = await Deno.readTextFile(join(ui, folder, name));
      const small = smallTemplates(source);
      ok(small.length <= source.length, name);
      // Code between templates is as it was: both have the same letters.
      equal(
        small.replace(/<\/+[\w.-]*>|\s/g, "").replaceAll("/>", ">"),
        source.replace(/<\/+[\w.-]*>|\s/g, "").replaceAll("/>", ">"),
        name,
      );
    }
  }
});

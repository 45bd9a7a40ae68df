import { deepEqual, equal, throws } from "node:assert/strict";
import { join } from "node:path";
import htm from "htm";
import plugin from "./lint_plugin.ts";
import { withEarlyPages, withoutHtm, withoutTemplates } from "./_page_templates.ts";

const UI = join(import.meta.dirname ?? ".", "..", "ui");

Deno.test("withoutTemplates() writes elements as calls", () => {
  equal(withoutTemplates("html`<p class=a>${b} and <i/></p>`"), 'html("p",{class:"a"},b," and ",html("i"))');
  equal(withoutTemplates("html`<${List} items=${all} />`"), "html(List,{items:all})");
  equal(withoutTemplates("html`<a />${b}`"), '[html("a"),b]');
  equal(
    withoutTemplates('html`<a class="x ${y ? 1 : 2}" hidden />`'),
    'html("a",{class:"x "+(y ? 1 : 2),hidden:true})',
  );
  equal(
    withoutTemplates("html`<ul>${all.map((each) => html`<li>${each}</li>`)}</ul>`"),
    'html("ul",null,all.map((each) => html("li",null,each)))',
  );
});

Deno.test("withoutTemplates() leaves code, strings, comments and other templates alone", () => {
  for (
    const source of [
      "const a = `<p>\n  ${b}\n</p>`;",
      'const a = "html`<p>\\n</p>";',
      "// it's a comment\nconst a = { b: { c } };",
      "/* <p>\n</p> */ a = /[^\\w-]/.test(b);",
      'a = /"[/`"]\'/.exec(b) / c / d;',
    ]
  ) equal(withoutTemplates(source), source);
});

Deno.test("withoutTemplates() finds templates after regular expressions with quotes", () => {
  equal(withoutTemplates('a = /["`]/.test(b) ? html`<p/>` : c / 2;'), 'a = /["`]/.test(b) ? html("p") : c / 2;');
});

Deno.test("withoutTemplates() refuses what it would write wrongly", () => {
  throws(() => withoutTemplates("html`<p ...${props} />`"), /spreads properties/);
  throws(() => withoutTemplates("html`<p>\\n</p>`"), /has an escape/);
  throws(() => withoutTemplates("html`<p>"), /no end/);
});

/** Makes the tree of a template, or of calls. */
const made = (...parts: unknown[]): unknown => parts.length === 1 ? [parts[0], null] : parts;
const html = (htm as unknown as { bind: (h: unknown) => unknown }).bind(made);

Deno.test("withoutTemplates() gives the elements that htm gives", () => {
  for (
    const template of [
      'html`\n  <p class="a"\n    id=${1}>\n    one ${2} three\n    four <b>five</b> six\n    <i a=${3} b />\n  </p>`',
      "html`<${4} a=${5}>${6}<//>`",
      'html`<p title="a  b ${7} c">x</p>\n  ${8}\n  <br />`',
      "html`${null}<p>${[1, html`<i>${2}</i>`]}</p>`",
    ]
  ) {
    const run = (source: string, tag: unknown): unknown => new Function("html", `return ${source}`)(tag);
    const plain = (tree: unknown): unknown => JSON.parse(JSON.stringify(tree).replace(/(?: *\\n *)+/g, " "));
    deepEqual(plain(run(withoutTemplates(template), made)), plain(run(template, html)), template);
  }
});

Deno.test("withoutTemplates() writes every module of the page as code that can be read", () => {
  for (const folder of ["lib", "pages"]) {
    for (const { name } of Deno.readDirSync(join(UI, folder))) {
      if (!name.endsWith(".js") || name === "h.js") continue;
      const path = join(UI, folder, name);
      const source = withoutTemplates(Deno.readTextFileSync(path));
      equal(/(?<!\* .*)html`/.test(source), false, name);
      deepEqual(Deno.lint.runPlugin(plugin, path, source), [], name);
    }
  }
});

Deno.test("withoutHtm() leaves the function that makes elements", () => {
  const source = withoutHtm(Deno.readTextFileSync(join(UI, "lib", "h.js")));
  equal(/import htm|\.bind/.test(source), false);
  throws(() => withoutHtm("export const html = htm.bind(h);"), /does not bind htm as/);
});

Deno.test("withEarlyPages() imports every page of the table of routes", () => {
  const source = Deno.readTextFileSync(join(UI, "routes.js"));
  const late = source.match(/import\("/g)?.length ?? 0;
  const early = withEarlyPages(source);
  equal(early.match(/^import page\d+ from "\.\/pages\/\w+\.js";$/gm)?.length, late);
  equal(/import\(/.test(early.replace(/\/\*[^]*?\*\//g, "")), false);
  deepEqual(Deno.lint.runPlugin(plugin, join(UI, "routes.js"), early), []);
});

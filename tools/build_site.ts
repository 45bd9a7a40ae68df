/**
 * Makes `dist/site`, the pages of the documents: HTML that can be read without a script, with a search.
 *
 *     npm ci --prefix tools/node --ignore-scripts && deno run -A tools/build_site.ts
 *
 * The generator is VitePress (`docs/decisions/site.md`). This gathers the documents for it: links to files that are no
 * pages lead to the repository.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { REPOSITORY, SITE } from "./project.ts";
import { forSite, pagePaths } from "./_site_pages.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");
const SOURCES = join(ROOT, "dist", "site-sources");
const TOOLS = join(ROOT, "tools", "node", "node_modules");

/** Groups of the menu: title, and pages with their words. */
const MENU: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  ["Start", [
    ["/", "What it is"],
    ["/docs/install", "Install"],
    ["/docs/take-over", "Take over a fleet"],
    ["/docs/hand-back", "Hand back to a Tiller"],
    ["/docs/troubleshooting", "Troubleshooting"],
    ["/docs/glossary", "Glossary"],
  ]],
  ["Use", [
    ["/docs/ci", "CI recipes"],
    ["/docs/plan", "Plans and comparisons"],
    ["/docs/waiting", "Waiting"],
    ["/docs/unittest", "Chart tests"],
    ["/docs/why", "Where a line comes from"],
    ["/docs/library", "The library"],
    ["/docs/sandbox", "The sandbox"],
    ["/docs/removed-apis", "Removed API versions"],
    ["/docs/repair", "Repair of records"],
    ["/docs/sql-storage", "Records in PostgreSQL"],
    ["/docs/eta", "Charts in Eta"],
    ["/docs/commands/", "Commands"],
  ]],
  ["Trust", [
    ["/docs/security", "Security model"],
    ["/docs/resilience", "Interruptions"],
    ["/docs/differences", "Differences from Helm 2"],
    ["/docs/without-tiller", "Flags without effect"],
    ["/CHANGELOG", "Changes"],
    ["/docs/", "All documents"],
  ]],
];

/** Vue would take `{{ .Values.x }}` in code for an expression of its own. */
const CONFIG = `const withoutVue = (md) => {
  const code = md.renderer.rules.code_inline;
  md.renderer.rules.code_inline = (tokens, at, ...more) => {
    tokens[at].attrSet("v-pre", "");
    return code(tokens, at, ...more);
  };
  const text = md.renderer.rules.text;
  md.renderer.rules.text = (...all) => text(...all).replaceAll("{{", "&#123;&#123;");
};
const settings = ${
  JSON.stringify(
    {
      title: "skeg",
      description: "Helm 2 without Tiller",
      base: new URL(SITE).pathname,
      outDir: join(ROOT, "dist", "site"),
      cacheDir: join(ROOT, "dist", "site-cache"),
      cleanUrls: false,
      themeConfig: {
        search: { provider: "local" },
        socialLinks: [{ icon: "github", link: REPOSITORY }],
        sidebar: MENU.map(([text, items]) => ({ text, items: items.map(([link, words]) => ({ text: words, link })) })),
        outline: [2, 3],
      },
    },
    undefined,
    2,
  )
};
// Anchors as the repository's own pages have them.
const slugify = (text) => text.trim().toLowerCase().replace(/[^\\p{L}\\p{N} _-]/gu, "").replaceAll(" ", "-");
export default { ...settings, markdown: { html: false, config: withoutVue, anchor: { slugify } } };
`;

async function gather(): Promise<void> {
  await Deno.remove(SOURCES, { recursive: true }).catch(() => undefined);
  for (const path of await pagePaths(ROOT)) {
    const target = join(SOURCES, path === "README.md" ? "index.md" : path.replace(/README\.md$/, "index.md"));
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.writeTextFile(target, await forSite(await Deno.readTextFile(join(ROOT, path)), { path, root: ROOT }));
  }
  await Deno.copyFile(join(ROOT, "docs", "demo.svg"), join(SOURCES, "docs", "demo.svg"));
  await Deno.mkdir(join(SOURCES, "docs", "images"), { recursive: true });
  for await (const { name } of Deno.readDir(join(ROOT, "docs", "images"))) {
    await Deno.copyFile(join(ROOT, "docs", "images", name), join(SOURCES, "docs", "images", name));
  }
  await Deno.mkdir(join(SOURCES, ".vitepress"));
  await Deno.writeTextFile(join(SOURCES, ".vitepress", "config.mjs"), CONFIG);
  // The generator looks for its packages above the documents.
  await Deno.symlink(TOOLS, join(SOURCES, "node_modules"));
  await Deno.writeTextFile(join(SOURCES, "package.json"), '{"type": "module", "private": true}\n');
}

await gather();
const { code } = await new Deno.Command("node", {
  args: [join(TOOLS, "vitepress", "bin", "vitepress.js"), "build", SOURCES],
  env: { NO_COLOR: "1", CI: "true" },
}).output().then(async (output) => {
  if (!output.success) await Deno.stderr.write(new Uint8Array([...output.stdout, ...output.stderr]));
  return output;
});
Deno.exit(code);

/**
 * The site of the documents, as `tools/build_site.ts` makes it: `SKEG_SITE` names its folder, and `.ci/run site`
 * builds it.
 */
import { deepEqual, match, ok } from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, posix } from "node:path";
import { pathToFileURL } from "node:url";
import { SITE } from "../../tools/project.ts";

const FOLDER = Deno.env.get("SKEG_SITE") ?? "";
const ignore = FOLDER === "";
const BASE = new URL(SITE).pathname;
const TOOLS = join(import.meta.dirname ?? ".", "..", "..", "tools", "node", "node_modules");

async function pages(): Promise<string[]> {
  return (await readdir(FOLDER, { recursive: true })).filter((path) => path.endsWith(".html") && path !== "404.html");
}

Deno.test({
  name: "pages of the site are readable without a script",
  ignore,
  fn: async () => {
    const page = await readFile(join(FOLDER, "docs", "troubleshooting.html"), "utf8");
    const text = page.replace(/<(script|style)[\s\S]*?<\/\1>/g, "").replace(/<[^>]*>/g, "");
    for (
      const words of ["has no deployed releases", "no matches for kind", "skeg list --all", "{{ if .Values.image }}"]
    ) {
      ok(text.includes(words), words);
    }
    // The menu is there, too.
    match(page, /<a[^>]* href="\/[^"]*docs\/take-over\.html"/);
  },
});

Deno.test({
  name: "every link of the site leads to a page and a heading of it",
  ignore,
  fn: async () => {
    const dead: string[] = [];
    const ids = new Map<string, Set<string>>();
    const idsOf = async (path: string): Promise<Set<string>> => {
      const known = ids.get(path);
      if (known !== undefined) return known;
      const found = new Set([...(await readFile(path, "utf8")).matchAll(/ id="([^"]*)"/g)].map((id) => id[1] ?? ""));
      ids.set(path, found);
      return found;
    };
    for (const page of await pages()) {
      const text = await readFile(join(FOLDER, page), "utf8");
      for (const [, link = ""] of text.matchAll(/<a[^>]* href="([^"]*)"/g)) {
        if (/^[a-z]+:/.test(link)) continue;
        const [target = "", anchor = ""] = link.split("#");
        const path = target.startsWith(BASE) ? target.slice(BASE.length) : posix.join(posix.dirname(page), target);
        const file = join(
          FOLDER,
          target === "" ? page : path === "" || path.endsWith("/") ? `${path}index.html` : path,
        );
        const exists = await stat(file).then((about) => about.isFile(), () => false);
        if (!exists || (anchor !== "" && !(await idsOf(file)).has(decodeURIComponent(anchor)))) {
          dead.push(`${page}: ${link}`);
        }
      }
    }
    deepEqual(dead, []);
  },
});

/** The library of the search, as far as it is used. */
interface Search {
  readonly default: {
    loadJSON(text: string, options: unknown): { search(words: string, options: unknown): { id: string }[] };
  };
}

Deno.test({
  name: "the search of the site finds error texts and words of charts",
  ignore,
  fn: async () => {
    const chunks = join(FOLDER, "assets", "chunks");
    const name = (await readdir(chunks)).find((file) => file.startsWith("@localSearchIndexroot"));
    const { default: index } = await import(pathToFileURL(join(chunks, name ?? "")).href) as { default: string };
    const { default: MiniSearch } = await import(
      pathToFileURL(join(TOOLS, "minisearch", "dist", "es", "index.js")).href
    ) as Search;
    const fields = { fields: ["title", "titles", "text"], storeFields: ["title", "titles"] };
    const search = MiniSearch.loadJSON(index, fields);
    const found = (words: string): string[] =>
      search.search(words, { fuzzy: 0.2, prefix: true, boost: { title: 4, text: 2, titles: 1 } })
        .slice(0, 10).map(({ id }) => id.slice(BASE.length));
    const expected = {
      "no matches for kind": "docs/troubleshooting.html#no-matches-for-kind",
      "has no deployed releases": "docs/troubleshooting.html#has-no-deployed-releases",
      "heritage": "docs/glossary.html",
    };
    for (const [words, page] of Object.entries(expected)) {
      ok(found(words).some((id) => id.startsWith(page)), `${words}: ${found(words).join(" ")}`);
    }
  },
});

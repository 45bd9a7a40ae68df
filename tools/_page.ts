/**
 * Packs the page of `skeg ui` for the bundle: one script, one style sheet, compressed, in place of the module that reads
 * them from `ui/`.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import type { Plugin } from "./_builtins.ts";
import { withEarlyPages, withoutHtm, withoutTemplates } from "./_page_templates.ts";

/** The used function of the bundler. */
type Build = (
  options: Record<string, unknown>,
) => Promise<{ readonly outputFiles: readonly { readonly text: string }[] }>;

/** The most that the page's scripts may take, compressed, in bytes. */
const SCRIPT_MAX = 45_000;

/**
 * Returns the compressed size of the page's scripts in bytes, each compressed by itself as a browser gets it.
 *
 * @throws an error when it is larger than the page's budget.
 */
export function checkedScriptSize(...scripts: readonly string[]): number {
  const length = scripts.map((script) => gzipSync(new TextEncoder().encode(script), { level: 9 }).length)
    .reduce((sum, bytes) => sum + bytes, 0);
  if (length > SCRIPT_MAX) {
    throw new Error(`the scripts of the page have ${length} bytes compressed; their budget is ${SCRIPT_MAX}`);
  }
  return length;
}

/** Returns the page's files as they ship, by path. */
export async function packedPage(root: string, build: Build): Promise<Map<string, string>> {
  const ui = join(root, "ui");
  const { outputFiles: [script] } = await build({
    entryPoints: [join(ui, "main.js")],
    bundle: true,
    format: "esm",
    target: "es2023",
    minify: true,
    mangleProps: OWN_PROPERTIES,
    // No page looks for them: the signals' library would search for its developer tools.
    define: { "window.__PREACT_SIGNALS_DEVTOOLS__": "undefined" },
    legalComments: "none",
    absWorkingDir: root,
    nodePaths: [join(root, "node_modules")],
    logLevel: "warning",
    write: false,
    plugins: [modules],
  });
  const { outputFiles: [early] } = await build({
    entryPoints: [join(ui, EARLY)],
    format: "esm",
    target: "es2023",
    minify: true,
    legalComments: "none",
    logLevel: "warning",
    write: false,
  });
  checkedScriptSize(early?.text ?? "", script?.text ?? "");
  const page = await Deno.readTextFile(join(ui, "index.html"));
  const sheets = [...page.matchAll(/ *<link rel="stylesheet" href="\/([\w.-]+)">\n/g)];
  const styles = await Promise.all(sheets.map(([, name = ""]) => Deno.readTextFile(join(ui, name))));
  const { outputFiles: [style] } = await build({
    stdin: { contents: styles.join("\n"), loader: "css" },
    minify: true,
    logLevel: "warning",
    write: false,
  });
  let bare = page.replace(/ *<!-- import map -->\n/, "");
  for (const [at, [link]] of sheets.entries()) {
    bare = bare.replace(link, at === 0 ? `    <link rel="stylesheet" href="/style.css">\n` : "");
  }
  return new Map([
    ["/index.html", bare],
    ["/main.js", script?.text ?? ""],
    [`/${EARLY}`, early?.text ?? ""],
    ["/style.css", style?.text ?? ""],
    ["/icon.svg", await Deno.readTextFile(join(ui, "icon.svg"))],
  ]);
}

/** Modules of the page that are packed in another way than the rest. */
const PACKED: Readonly<Record<string, (source: string) => string>> = {
  "lib/h.js": withoutHtm,
  "routes.js": withEarlyPages,
  "lib/late_page.js": () => withoutTemplates(EARLY_PAGE),
};

/** The module in place of `ui/lib/late_page.js`: in the bundle all pages are there. */
const EARLY_PAGE = `import { html } from "./h.js";
export const LatePage = ({ route, params, release }) =>
  html\`<\${route.load} key=\${route.pattern} params=\${params} release=\${release} />\`;
`;

/** Long names of properties that are the page's own: no name of the browser, of a package or of the API. */
const OWN_PROPERTIES =
  /^(?:scroller|measure|memory|focused|matching|withObject|colour|dropped|slots|isBad|reuse|chips|probe|choose|onlyBad|takeScroller|takeProbe|rowPixels|addSpare|dropFocus|rowClass|onShown|isHidden|whenOld|chipsBelow|isComparing|hasOwned|isFolded|isFollowing|isMapped|isPicked|isReading)$/;

/** The module that stays a script of its own: the browser runs it before it has read the other. */
const EARLY = "lib/early.js";

/** The plugin that prepares the page's modules for one script. */
const modules: Plugin = {
  name: "modules",
  setup(bundle) {
    bundle.onResolve({ filter: /[\\/]early\.js$/ }, () => ({ path: `/${EARLY}`, external: true }));
    bundle.onLoad({ filter: /[\\/]ui[\\/][\w.\\/]+\.js$/, namespace: "file" }, async ({ path }) => {
      const [, name = ""] = /[\\/]ui[\\/]([\w.\\/]+)$/.exec(path) ?? [];
      const pack = PACKED[name.replaceAll("\\", "/")] ?? withoutTemplates;
      return { contents: pack(await Deno.readTextFile(path)), loader: "js" };
    });
  },
};

/** The plugin that puts the packed page in place of `app/ui/page_source.ts`. */
export function pagePlugin(page: ReadonlyMap<string, string>): Plugin {
  const packed = gzipSync(new TextEncoder().encode(JSON.stringify([...page])), { level: 9 });
  const contents = `export async function sourcePage() {
  const bytes = Uint8Array.fromBase64("${packed.toString("base64")}");
  const stream = new Response(bytes).body.pipeThrough(new DecompressionStream("gzip"));
  return new Map(JSON.parse(await new Response(stream).text()));
}`;
  return {
    name: "page",
    setup(bundle) {
      bundle.onLoad(
        { filter: /[\\/]app[\\/]ui[\\/]page_source\.ts$/, namespace: "file" },
        () => ({ contents, loader: "js" }),
      );
    },
  };
}

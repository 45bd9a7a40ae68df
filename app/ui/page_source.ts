/**
 * The page's files as they are in this repository. The bundle has another module in place of this one, which holds them
 * packed (`tools/_page.ts`).
 *
 * @module
 */
import { readdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fileError } from "../../errors.ts";

/** Packages' modules by the name under which the page imports them; paths are below a package's folder. */
export const PAGE_MODULES: Readonly<Record<string, readonly [owner: string, file: string]>> = {
  "preact": ["preact", "dist/preact.mjs"],
  "preact/hooks": ["preact", "hooks/dist/hooks.mjs"],
  "htm": ["htm", "dist/htm.mjs"],
  "@preact/signals": ["@preact/signals", "dist/signals.mjs"],
  // Beside the package that needs it.
  "@preact/signals-core": ["@preact/signals", "../signals-core/dist/signals-core.mjs"],
};

/** The place of the import map in `ui/index.html`. */
const IMPORT_MAP = "<!-- import map -->";

/** Endings of files that the browser gets. */
const SENT = /\.(?:html|js|css|svg)$/;

/** Returns the texts of all files of the page, by path. */
export async function sourcePage(): Promise<Map<string, string>> {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const texts = new Map<string, string>();
  for (const path of await filesBelow(join(root, "ui"))) {
    texts.set(`/${path}`, await textOf(join(root, "ui", path)));
  }
  const imports: Record<string, string> = {};
  for (const [name, [owner, file]] of Object.entries(PAGE_MODULES)) {
    const path = `/modules/${name.replace(/^@/, "").replaceAll("/", "-")}.js`;
    imports[name] = path;
    const folder = await realpath(join(root, "node_modules", owner)).catch((cause) => {
      throw fileError("open", join("node_modules", owner), cause);
    });
    texts.set(path, await textOf(join(folder, file)));
  }
  const page = texts.get("/index.html") ?? "";
  const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
  return texts.set("/index.html", page.replace(IMPORT_MAP, () => map));
}

async function filesBelow(folder: string, prefix = ""): Promise<string[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true }).catch((cause) => {
    throw fileError("open", folder, cause);
  });
  const found = await Promise.all(entries.map(async (entry) => {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) return await filesBelow(folder, path);
    return SENT.test(entry.name) ? [path] : [];
  }));
  return found.flat().sort();
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw fileError("open", path, cause);
  }
}

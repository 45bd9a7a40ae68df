/** Contents of the npm package, and the findings of checkers of packages. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { PACKAGE, ROOT, run, TOOLS } from "./_project.ts";

const ignore = PACKAGE === undefined;

/** Runs `work` with the folder that the archive unpacks to, and its files. */
async function unpacked(work: (folder: string, files: readonly string[]) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "skeg-package-" });
  try {
    equal((await run(folder, ["tar", "-xzf", PACKAGE ?? ""])).code, 0);
    const { text } = await run(folder, ["tar", "-tzf", PACKAGE ?? ""]);
    await work(join(folder, "package"), text.trim().split("\n").map((path) => path.replace(/^package\//, "")));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Every file of the package is one of these. */
const CONTENTS = [
  /^(?:package\.json|README\.md|LICENSE|THIRD_PARTY_LICENSES|skeg\.cjs)$/,
  /^modules\/(?:skeg|chunks\/[\w-]+)\.js$/,
  /^library\/(?:skeg|testing|chunks\/[\w-]+)\.js$/,
  /^man\/skeg(?:-[a-z0-9-]+)?\.1$/,
  /^library\/types\/[\w/]+\.d\.ts$/,
];

Deno.test({
  name: "the npm package has the program, the library, its types and the licences, and nothing else",
  ignore,
  fn: () =>
    unpacked(async (folder, files) => {
      deepEqual(files.filter((path) => !CONTENTS.some((form) => form.test(path))), []);
      for (
        const path of [
          "skeg.cjs",
          "modules/skeg.js",
          "library/skeg.js",
          "library/types/mod.d.ts",
          "library/testing.js",
          "man/skeg.1",
          "man/skeg-install.1",
          "LICENSE",
        ]
      ) {
        ok(files.includes(path), path);
      }
      const about = JSON.parse(await Deno.readTextFile(join(folder, "package.json")));
      equal(about.version, JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json"))).version);
      for (const field of ["repository", "homepage", "bugs", "license", "engines", "exports", "types", "bin"]) {
        ok(about[field] !== undefined, field);
      }
      deepEqual(about.man, files.filter((path) => path.startsWith("man/")).map((path) => `./${path}`).sort());
      const manual = await Deno.readTextFile(join(folder, "man", "skeg.1"));
      match(manual, /\(default "\$HOME\/\.helm"\)/);
      ok(!manual.includes(Deno.env.get("HOME") ?? "/"), "a manual page names the home folder that it was made in");
      equal(about.dependencies, undefined);
      equal(about.scripts, undefined);
      for (const path of files) {
        const text = await Deno.readTextFile(join(folder, path));
        ok(!text.includes(ROOT), `${path} names the folder that it was built in`);
        if (path.endsWith(".d.ts")) ok(!/\bDeno\.|from "(?:npm:|node:|\.[^"]*\.ts")/.test(withoutComments(text)), path);
      }
      match(await Deno.readTextFile(join(folder, "THIRD_PARTY_LICENSES")), /^core-js 3/m);
    }),
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "");
}

Deno.test({
  name: "publint finds nothing in the npm package",
  ignore,
  fn: async () => {
    const { code, text } = await run(ROOT, [join(TOOLS, ".bin", "publint"), "run", "--strict", PACKAGE ?? ""]);
    equal(code, 0, text);
    match(text, /All good!/);
  },
});

Deno.test({
  name: "the types of the npm package are right for every way of importing it",
  ignore,
  fn: async () => {
    // From CommonJS, Node loads the library by `require` since version 22.12; before, by `import()`.
    // TypeScript's oldest way, `node10`, knows no `exports`; it finds `skeg`, and no package's `skeg/testing`.
    const ignored = ["--profile", "node16", "--ignore-rules", "cjs-resolves-to-esm"];
    const check = [join(TOOLS, ".bin", "attw"), PACKAGE ?? "", ...ignored];
    const { code, text } = await run(ROOT, check);
    equal(code, 0, text);
  },
});

import { deepEqual, equal, throws } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../tests/_lib/folder.ts";
import { withLateImports } from "./_late_imports.ts";

const late = (path: string) => ({ path, kind: "dynamic-import" });

Deno.test("withLateImports() puts the names of late imports in parentheses, and leaves others alone", () => {
  const text = 'import"./b.js";const a=()=>import("./c.js"),d=()=>import("node:net"),e=()=>import("./c.js");';
  const output = {
    imports: [
      { path: "out/chunks/b.js", kind: "import-statement" },
      late("out/chunks/c.js"),
      late("out/chunks/c.js"),
      { ...late("node:net"), external: true },
    ],
  };
  equal(
    withLateImports("out/chunks/a.js", text, output),
    'import"./b.js";const a=()=>import(("./c.js")),d=()=>import("node:net"),e=()=>import(("./c.js"));',
  );
  equal(
    withLateImports("out/main.js", 'import("./chunks/c.js")', { imports: [late("out/chunks/c.js")] }),
    'import(("./chunks/c.js"))',
  );
});

Deno.test("withLateImports() refuses a text without the import", () => {
  throws(() => withLateImports("out/a.js", "", { imports: [late("out/b.js")] }), /out\/a\.js has no import of/);
});

Deno.test("this Deno reads no file ahead that is named in parentheses", async () => {
  const files = {
    "plain.js": `await import("./other.js");`,
    "late.js": `await import(("./other.js"));`,
    "other.js": `console.log("read");`,
  };
  await inFolder(files, async (folder) => {
    const deno = async (...args: string[]) => {
      const { stdout } = await new Deno.Command(Deno.execPath(), { args, env: { DENO_DIR: join(folder, "dir") } })
        .output();
      return new TextDecoder().decode(stdout);
    };
    const read = async (name: string) => {
      const { modules } = JSON.parse(await deno("info", "--no-config", "--json", join(folder, name))) as {
        modules: { specifier: string }[];
      };
      return modules.map(({ specifier }) => specifier.replace(/.*\//, "")).sort();
    };
    deepEqual(await read("plain.js"), ["other.js", "plain.js"]);
    deepEqual(await read("late.js"), ["late.js"]);
    equal(await deno("run", "--no-config", "-R", join(folder, "late.js")), "read\n");
  });
});

import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import { decodeRequirements, type Requirement } from "../load/mod.ts";
import { chartArchive } from "../../../tests/_lib/chart_server.ts";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { dependencyStatus, strayCharts } from "./dependency_status.ts";

const requirement = (name: string, version: string): Requirement =>
  decodeRequirements(JSON.stringify({ dependencies: [{ name, version }] })).dependencies?.[0] as Requirement;

/** Makes a chart folder whose `charts/` contains archives (`FILE`: name and version) and text files. */
function withCharts(
  archives: Record<string, readonly [name: string, version: string]>,
  texts: Record<string, string>,
  work: (status: (name: string, version: string) => Promise<string>, folder: string) => Promise<void>,
): Promise<void> {
  const files = Object.fromEntries(Object.entries(texts).map(([path, text]) => [`charts/${path}`, text]));
  return inFolder({ ...files, "charts/.keep": "" }, async (folder) => {
    for (const [file, [name, version]] of Object.entries(archives)) {
      await Deno.writeFile(join(folder, "charts", file), chartArchive(name, version));
    }
    await work((name, version) => dependencyStatus(folder, requirement(name, version)), folder);
  });
}

Deno.test("dependencyStatus() looks at archives first", () =>
  withCharts(
    {
      "a-1.0.0.tgz": ["a", "1.0.0"],
      "b-1.tgz": ["other", "1.0.0"],
      "c-1.tgz": ["c", "x"],
      "d-1.tgz": ["d", "1"],
      "d-2.tgz": ["d", "2"],
    },
    { "e-1.tgz": "no archive", "a/Chart.yaml": "name: a\nversion: 9.0.0\n" },
    async (status) => {
      equal(await status("a", "1.0.0"), "ok");
      equal(await status("a", "^1.0.0"), "ok");
      equal(await status("a", ">1.0.0"), "wrong version");
      equal(await status("a", "x y"), "invalid version");
      equal(await status("b", "1.0.0"), "misnamed");
      equal(await status("c", "x"), "ok");
      equal(await status("c", ">0"), "invalid version");
      equal(await status("d", ">0"), "too many matches");
      equal(await status("e", ">0"), "corrupt");
    },
  ));

Deno.test("dependencyStatus() then looks at folders", () =>
  withCharts(
    {},
    { "a/Chart.yaml": "name: a\nversion: 1.0.0\n", "b/x": "", "c": "" },
    async (status) => {
      equal(await status("a", "1.0.0"), "unpacked");
      equal(await status("a", "2.0.0"), "wrong version");
      equal(await status("b", ">0"), "corrupt");
      equal(await status("c", ">0"), "mispackaged");
      equal(await status("d", ">0"), "missing");
    },
  ));

Deno.test("dependencyStatus() takes a name for a pattern, as Helm does", () =>
  withCharts({ "a-1.0.0.tgz": ["a", "1.0.0"] }, {}, async (status) => {
    equal(await status("[", ">0"), "bad pattern");
    equal(await status("?", ">0"), "misnamed");
  }));

Deno.test("strayCharts() names what is no chart and what is not listed", () =>
  withCharts(
    { "a-1.0.0.tgz": ["a", "1.0.0"], "z-1.0.0.tgz": ["z", "1.0.0"] },
    { "broken.tgz": "x", "folder/x": "", "note.txt": "", "y/Chart.yaml": "name: y\nversion: 1.0.0\n" },
    async (_, folder) => {
      const found = await strayCharts(folder, [requirement("a", "9")]);
      deepEqual(found.map(({ path, isChart }) => [path.slice(folder.length + 1), isChart]), [
        [join("charts", "broken.tgz"), false],
        [join("charts", "folder"), false],
        [join("charts", "y"), true],
        [join("charts", "z-1.0.0.tgz"), true],
      ]);
    },
  ));

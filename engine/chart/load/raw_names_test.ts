import { deepEqual, equal, rejects } from "node:assert/strict";
import { fileError } from "../../../errors.ts";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { toBytes } from "../../lang/golang/mod.ts";
import { loadChart, loadFolder } from "./load.ts";

const options = { ignore: Deno.build.os !== "linux" };

/** Runs a shell script in a folder: only a shell can create files with such names. */
function shell(folder: string, script: string): void {
  const { success } = new Deno.Command("sh", { args: ["-ec", script], cwd: folder }).outputSync();
  equal(success, true, script);
}

const CHART = { "Chart.yaml": "name: web\nversion: 1.0.0\n", "templates/a.yaml": "a: 1\n", "é.txt": "é" };
const text = (data: Uint8Array) => new TextDecoder().decode(data);

Deno.test(
  "loadFolder() reads files whose names are not UTF-8, as Helm 2 does",
  options,
  () =>
    inFolder({ ...CHART, ".helmignore": "*.me\nleft*/\n" }, (folder) => {
      shell(
        folder,
        `
      printf 1 > "$(printf 'r\\351sum\\351.txt')"
      printf 2 > "$(printf 'templates/t\\377.yaml')"
      mkdir -p "$(printf 'd\\377/sub')" "$(printf 'left\\377/sub')"
      printf 3 > "$(printf 'd\\377/sub/plain.txt')"
      printf 4 > "$(printf 'd\\377/sub/skip.me')"
      printf 5 > "$(printf 'left\\377/sub/x')"
      printf 6 > "$(printf 'x\\377\\376')"
      printf 7 > "$(printf 'x\\376\\377')"`,
      );
      const chart = loadFolder(folder);
      deepEqual(chart.templates.map(({ path, data }) => [path, text(data)]), [
        ["templates/a.yaml", "a: 1\n"],
        ["templates/t\udcff.yaml", "2"],
      ]);
      deepEqual(chart.files.map(({ path, data }) => [path, text(data)]), [
        [".helmignore", "*.me\nleft*/\n"],
        ["d\udcff/sub/plain.txt", "3"],
        ["r\udce9sum\udce9.txt", "1"],
        ["x\udcfe\udcff", "7"],
        ["x\udcff\udcfe", "6"],
        ["é.txt", "é"],
      ]);
      deepEqual([...toBytes("r\udce9")], [0x72, 0xe9]);
      return Promise.resolve();
    }),
);

Deno.test(
  "loadChart() names a link or a pipe whose name is not UTF-8, escaped, and says what to do",
  options,
  () =>
    inFolder(CHART, async (folder) => {
      shell(folder, `ln -s Chart.yaml "$(printf 'l\\377')"`);
      await rejects(loadChart(folder), {
        kind: "io",
        message: `${folder}/l\\xff: the name is not UTF-8, and it names no regular file`,
        hint: "Rename it, or keep it out of the chart with a line in .helmignore.",
      });
      await Deno.writeTextFile(`${folder}/.helmignore`, "l*\n");
      shell(folder, `rm l*; mkfifo "$(printf 'p\\377')"`);
      await rejects(loadChart(folder), {
        message: `${folder}/p\\xff: the name is not UTF-8, and it names no regular file`,
      });
    }),
);

Deno.test("loadChart() takes a character that only looks like a damaged name for itself", () =>
  inFolder({ ...CHART, "\ufffd.txt": "odd" }, async (folder) => {
    const chart = await loadChart(folder);
    deepEqual(chart.files.map(({ path }) => path), ["é.txt", "\ufffd.txt"]);
  }));

Deno.test("fileError() says that a name is not UTF-8 instead of that nothing is there", () => {
  const { message, hint } = fileError("stat", "ch\ufffd/x", { code: "ENOENT" });
  equal(message, "stat ch\\ufffd/x: the name is not UTF-8, and this program cannot open it");
  equal(hint, "Rename the file or folder.");
});

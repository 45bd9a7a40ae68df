import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CHART_YAML, makeArchive } from "../../../tests/_lib/archive.ts";
import { chartFromFiles, loadChart } from "./load.ts";

/** Runs a test on a folder with files, and removes it. */
async function inFolder(files: Record<string, string>, test: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "skeg-chart-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    await test(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const base = { "Chart.yaml": CHART_YAML };

Deno.test("chartFromFiles() sorts files into templates, values, subcharts and others", () => {
  const chart = chartFromFiles({
    ...base,
    "values.yaml": "a: 1\n",
    "templates/a.yaml": "a",
    "templates/deep/b": "b",
    "README.md": "r",
    "charts/sub/Chart.yaml": "name: sub\n",
    "charts/sub/x": "x",
    "charts/.hidden/x": "x",
    "charts/_off.tgz": "x",
    "charts/sub.tgz.prov": "p",
  });
  deepEqual(chart.templates.map((file) => file.path), ["templates/a.yaml", "templates/deep/b"]);
  deepEqual(chart.files.map((file) => file.path), ["README.md", "charts/sub.tgz.prov"]);
  equal(chart.values?.raw, "a: 1\n");
  deepEqual(chart.dependencies.map((sub) => [sub.metadata.name, sub.files.length]), [["sub", 1]]);
});

Deno.test("chartFromFiles() tells an empty values.yaml from none", () => {
  deepEqual(chartFromFiles({ ...base, "values.yaml": "" }).values, { raw: "" });
  equal(chartFromFiles(base).values, undefined);
});

Deno.test("chartFromFiles() orders subcharts by folder name in byte order", () => {
  const names = ["b", "B", "é", "a"].map((name) => [`charts/${name}/Chart.yaml`, `name: ${name}\n`]);
  const chart = chartFromFiles({ ...base, ...Object.fromEntries(names) });
  equal(chart.dependencies.map((sub) => sub.metadata.name).join(), "B,a,b,é");
});

Deno.test("chartFromFiles() keeps bytes that are not UTF-8 in files and values", () => {
  const chart = chartFromFiles({ ...base, "x": Uint8Array.of(0xff), "values.yaml": Uint8Array.of(0x61, 0xff) });
  deepEqual(chart.files[0]?.data, Uint8Array.of(0xff));
  equal(chart.values?.raw, "a\udcff");
});

const refused: readonly (readonly [string, Record<string, string>, string])[] = [
  ["a chart without Chart.yaml", { "x": "" }, "chart metadata (Chart.yaml) missing"],
  ["a chart without a name", { "Chart.yaml": "version: 1" }, "invalid chart (Chart.yaml): name must not be empty"],
  [
    "a chart of Helm 3",
    { "Chart.yaml": "apiVersion: v2\nname: a" },
    "apiVersion 'v2' is not valid. The value must be \"v1\"",
  ],
  ["values.toml", { ...base, "values.toml": "" }, "values.toml is illegal as of 2.0.0-alpha.2"],
  [
    "a loose file in charts/",
    { ...base, "charts/README.md": "" },
    "error unpacking README.md in web: chart metadata (Chart.yaml) missing",
  ],
  [
    "a folder named like an archive",
    { ...base, "charts/x.tgz/y": "" },
    "error unpacking tar in web: expected x.tgz, got x.tgz/y",
  ],
  ["an empty archive in charts/", { ...base, "charts/x.tgz": "" }, "error unpacking x.tgz in web: EOF"],
  [
    "no archive in charts/",
    { ...base, "charts/x.tgz": "0123456789" },
    "error unpacking x.tgz in web: gzip: invalid header",
  ],
];
for (const [what, files, message] of refused) {
  Deno.test(`chartFromFiles() refuses ${what}`, () => {
    throws(() => chartFromFiles(files), { kind: "chart", message });
  });
}

Deno.test("chartFromFiles() wraps an error once per level", () => {
  const files = { ...base, "charts/a/Chart.yaml": "name: a", "charts/a/charts/b/Chart.yaml": "name: [b" };
  throws(() => chartFromFiles(files), /error unpacking a in web: error unpacking b in a: error converting YAML/);
});

Deno.test("loadChart() walks in byte order, depth first, and leaves out what .helmignore says", () =>
  inFolder({
    ...base,
    "templates/b": "",
    "templates/a/z": "",
    "templates/a.yaml": "",
    "docs/x": "",
    ".helmignore": "docs\n",
  }, async (folder) => {
    const chart = await loadChart(folder);
    deepEqual(chart.templates.map((file) => file.path), ["templates/a/z", "templates/a.yaml", "templates/b"]);
    deepEqual(chart.files.map((file) => file.path), [".helmignore"]);
  }));

Deno.test(
  "loadChart() follows links and tells about them",
  { ignore: Deno.build.os === "windows" },
  () =>
    inFolder({ ...base, "shared/x": "x" }, async (folder) => {
      symlinkSync("shared", join(folder, "templates"));
      symlinkSync(join(folder, "shared"), join(folder, "extra"));
      const told: string[] = [];
      const chart = await loadChart(folder, { warn: (text) => told.push(text) });
      deepEqual(chart.templates.map((file) => file.path), ["templates/x"]);
      equal(told.length, 2);
      equal(told[1]?.startsWith(`found symbolic link in path: ${join(folder, "templates")} resolves to `), true);
    }),
);

Deno.test(
  "loadChart() notes a link that leaves the folder",
  { ignore: Deno.build.os === "windows" },
  () =>
    inFolder({ "web/Chart.yaml": base["Chart.yaml"], "web2/x": "x", "web/a/..x/y": "" }, async (folder) => {
      symlinkSync(join("..", "web2"), join(folder, "web", "out"));
      symlinkSync(join("a", "..x"), join(folder, "web", "in"));
      const told: string[] = [];
      await loadChart(join(folder, "web"), { warn: (text) => told.push(text) });
      deepEqual(told.filter((text) => text.startsWith("Note: ")), [
        `Note: ${join(folder, "web", "out")} leads out of the chart's folder`,
      ]);
    }),
);

Deno.test(
  "loadChart() ends on links that go round",
  { ignore: Deno.build.os === "windows" },
  () =>
    inFolder({ ...base, "a/x": "" }, async (folder) => {
      symlinkSync("..", join(folder, "a/up"));
      await rejects(loadChart(folder), {
        kind: "io",
        message: /^error evaluating symlink .*: too many levels of symbolic links$/,
      });
    }),
);

Deno.test(
  "loadChart() names the part of a link that is missing",
  { ignore: Deno.build.os === "windows" },
  () =>
    inFolder(base, async (folder) => {
      symlinkSync("gone/x", join(folder, "link"));
      await rejects(loadChart(folder), { kind: "io", message: /link: lstat .*gone: no such file or directory$/ });
    }),
);

Deno.test("loadChart() says what a folder lacks", () =>
  inFolder({ "empty/x": "", "nameless/Chart.yaml": "version: 1" }, async (folder) => {
    const empty = join(folder, "empty");
    await rejects(loadChart(empty), { message: `no Chart.yaml exists in directory ${JSON.stringify(empty)}` });
    await rejects(loadChart(join(folder, "nameless")), {
      message: "invalid chart (Chart.yaml): name must not be empty",
    });
    await rejects(loadChart(join(folder, "gone")), {
      kind: "io",
      message: `stat ${join(folder, "gone")}: no such file or directory`,
    });
  }));

Deno.test("loadChart() loads an archive, also one in charts/", () =>
  inFolder({}, async (folder) => {
    const inner = makeArchive([{ name: "x/Chart.yaml", data: "name: sub\n" }]);
    const path = join(folder, "web.tgz");
    writeFileSync(
      path,
      makeArchive([{ name: "w/Chart.yaml", data: CHART_YAML }, { name: "w/charts/s.tgz", data: inner }]),
    );
    const chart = await loadChart(path);
    equal(chart.dependencies[0]?.metadata.name, "sub");
  }));

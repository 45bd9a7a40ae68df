import { deepEqual, equal, notDeepEqual, throws } from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import type { Chart } from "../../model/mod.ts";
import { chartFromFiles, loadArchive, readTarGz } from "../load/mod.ts";
import { ARCHIVE_TIME_SECONDS, chartArchive } from "./archive.ts";

const chart = chartFromFiles({
  "Chart.yaml": "# words\nversion: 1.2.3\nname: web\nunknown: 1\nkeywords: []\n",
  "values.yaml": "a: 1 # one\n",
  "templates/b.yaml": "b",
  "templates/a.yaml": "a",
  "README.md": "# Web",
  "charts/db/Chart.yaml": "name: db\nversion: 0.1.0\n",
  "charts/db/values.yaml": "x: 1\n",
});
const entriesOf = (bytes: Uint8Array) => [...readTarGz(bytes, 1024 * 1024)];

Deno.test("chartArchive() holds Chart.yaml, values, templates, files and subcharts, in that order", () => {
  deepEqual(entriesOf(chartArchive(chart)).map(({ name }) => name), [
    "web/Chart.yaml",
    "web/values.yaml",
    "web/templates/b.yaml",
    "web/templates/a.yaml",
    "web/README.md",
    "web/charts/db/Chart.yaml",
    "web/charts/db/values.yaml",
  ]);
});

Deno.test("chartArchive() writes Chart.yaml anew, and values as they are", () => {
  const [first, second] = entriesOf(chartArchive(chart)).map(({ data }) => new TextDecoder().decode(data));
  equal(first, "name: web\nversion: 1.2.3\n");
  equal(second, "a: 1 # one\n");
});

Deno.test("chartArchive() gives the same bytes for the same chart, and others for another time", () => {
  deepEqual(chartArchive(chart), chartArchive(structuredClone(chart)));
  notDeepEqual(chartArchive(chart, { modifiedSeconds: ARCHIVE_TIME_SECONDS + 1 }), chartArchive(chart));
});

Deno.test("chartArchive() has the header that Helm's archives have", () => {
  const bytes = chartArchive(chart);
  deepEqual([...bytes.subarray(0, 10)], [0x1f, 0x8b, 8, 20, 0, 0, 0, 0, 0, 255]);
  equal(new TextDecoder().decode(bytes.subarray(12, 57)), "+aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo=Helm");
  // gunzip throws for a wrong checksum.
  equal(gunzipSync(bytes).length % 512, 0);
});

Deno.test("chartArchive() keeps names of any length and letters, and bytes as they are", () => {
  const part = fc.constantFrom("a", "é", "日本", "x".repeat(90), "y".repeat(160), "z.yaml", " ");
  const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `files/${parts.join("/")}`);
  fc.assert(
    fc.property(fc.uniqueArray(path, { maxLength: 4 }), fc.uint8Array({ maxLength: 1100 }), (paths, data) => {
      const files = paths.map((each) => ({ path: each, data }));
      const full: Chart = { metadata: { name: "web", version: "1.0.0" }, templates: [], dependencies: [], files };
      deepEqual(
        loadArchive(chartArchive(full), "web.tgz").files.map((file) => ({
          path: file.path,
          data: new Uint8Array(file.data),
        })),
        files,
      );
    }),
    { numRuns: 200 },
  );
});

for (const name of ["..", "a/b", "a\\b", "", "a\0b"]) {
  Deno.test(`chartArchive() refuses a chart called ${JSON.stringify(name)}`, () => {
    const bad: Chart = { metadata: { name, version: "1.0.0" }, templates: [], dependencies: [], files: [] };
    throws(() => chartArchive(bad), { kind: "chart" });
  });
}

Deno.test("chartArchive() refuses files that would lie outside", () => {
  const files = [{ path: "../evil", data: new Uint8Array() }];
  throws(() => chartArchive({ ...chart, files }), { kind: "chart", message: /would lie outside the chart's archive/ });
});

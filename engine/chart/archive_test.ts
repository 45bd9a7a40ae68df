import { deepEqual, equal, throws } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { CHART_YAML, concat, makeArchive, makeTar, type TestEntry } from "../../tests/_lib/archive.ts";
import { newBudget, readArchive } from "./archive.ts";
import { CHART_LIMITS } from "./limits.ts";
import { loadArchive } from "./load.ts";

const chartfile: TestEntry = { name: "web/Chart.yaml", data: CHART_YAML };
const paths = (entries: readonly TestEntry[]): string[] =>
  readArchive(makeArchive(entries), newBudget()).map((file) => file.path);

Deno.test("readArchive() cuts off the first part of every path, whatever it is", () => {
  deepEqual(paths([chartfile, { name: "other/values.yaml" }, { name: "/etc/x" }]), [
    "Chart.yaml",
    "values.yaml",
    "etc/x",
  ]);
});

Deno.test("readArchive() takes backslashes for separators when there is one", () => {
  deepEqual(paths([{ name: "web\\templates\\a.yaml" }]), ["templates/a.yaml"]);
});

Deno.test("readArchive() cleans paths and skips folders", () => {
  deepEqual(paths([{ name: "web/", type: "5" }, { name: "web/a/../b" }]), ["b"]);
});

const refused: readonly (readonly [string, TestEntry, string])[] = [
  ["an absolute path", { name: "web//etc/passwd" }, "chart illegally contains absolute paths"],
  ["the parent folder", { name: "web/../../x" }, "chart illegally references parent directory"],
  ["a name that begins with two dots", { name: "web/..x" }, "chart illegally references parent directory"],
  ["a drive", { name: "web/c:/x" }, "chart contains illegally named files"],
  ["a single part", { name: "x" }, 'chart illegally contains content outside the base directory: "x"'],
  ["Chart.yaml as a folder", { name: "Chart.yaml/x" }, "chart yaml not in base directory"],
  [
    "a symbolic link",
    { name: "web/x", type: "2" },
    'chart illegally contains a link or a special file: "web/x"',
  ],
  ["a hard link", { name: "web/x", type: "1" }, 'chart illegally contains a link or a special file: "web/x"'],
  ["a fifo", { name: "web/x", type: "6" }, 'chart illegally contains a link or a special file: "web/x"'],
  ["a device", { name: "web/x", type: "3" }, 'chart illegally contains a link or a special file: "web/x"'],
];
for (const [what, entry, message] of refused) {
  Deno.test(`readArchive() refuses ${what}`, () => {
    throws(() => paths([chartfile, entry]), { kind: "chart", message });
  });
}

Deno.test("readArchive() refuses an archive without files", () => {
  throws(() => paths([]), { kind: "chart", message: "no files in chart archive" });
});

Deno.test("readArchive() refuses a file above the limit", () => {
  const data = new Uint8Array(CHART_LIMITS.fileBytesMax + 1);
  throws(() => paths([chartfile, { name: "web/big", data }]), {
    kind: "chart",
    message: 'chart file "big" is larger than the maximum file size of 5 MiB',
  });
});

Deno.test("readArchive() refuses an archive of very many files", () => {
  const block = makeTar([{ name: "web/f" }]).subarray(0, 512);
  const many = new Uint8Array(512 * (CHART_LIMITS.filesMax + 3));
  for (let at = 0; at <= CHART_LIMITS.filesMax; at++) many.set(block, 512 * at);
  throws(() => readArchive(new Uint8Array(gzipSync(many, { level: 1 })), newBudget()), {
    kind: "chart",
    message: "chart archive has more than 100000 files",
  });
});

Deno.test("readArchive() refuses millions of entries, whatever they are, before it looks at them", () => {
  // Three members of a gzip file; a million folders take 512 MB as tar.
  const part = new Uint8Array(gzipSync(new Uint8Array(64 * 1024 * 1024).fill(1), { level: 1 }));
  throws(() => readArchive(concat([part, part, part]), newBudget()), {
    kind: "chart",
    message: "chart archive is larger than 100 MiB when unpacked",
  });
});

Deno.test("readArchive() stops at a bomb before it fills the memory", () => {
  const bomb = makeArchive([{ name: "web/zero", data: new Uint8Array(CHART_LIMITS.archiveBytesMax) }]);
  throws(() => readArchive(bomb, newBudget()), {
    kind: "chart",
    message: "chart archive is larger than 100 MiB when unpacked",
  });
});

Deno.test("loadArchive() counts the archives inside an archive together", () => {
  const inner = makeArchive([{ name: "sub/zero", data: new Uint8Array(30 * 1024 * 1024) }]);
  const entries = [1, 2, 3, 4].map((n) => ({ name: `web/charts/s${n}.tgz`, data: inner }));
  throws(() => loadArchive(makeArchive([chartfile, ...entries]), "web.tgz"), { kind: "chart" });
});

Deno.test("loadArchive() bounds archives within archives", () => {
  let inner = makeArchive([chartfile]);
  for (let depth = 0; depth < CHART_LIMITS.depthMax + 2; depth++) {
    inner = makeArchive([chartfile, { name: "web/charts/sub.tgz", data: inner }]);
  }
  throws(() => loadArchive(inner, "web.tgz"), /nested deeper than 64 levels/);
});

Deno.test("loadArchive() keeps both of two templates with one path, in order", () => {
  const chart = loadArchive(
    makeArchive([chartfile, { name: "web/templates/a", data: "1" }, { name: "web/templates/a", data: "2" }]),
    "web.tgz",
  );
  equal(chart.templates.map((file) => new TextDecoder().decode(file.data)).join(), "1,2");
});

Deno.test("loadArchive() says what it found instead of an archive", () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  throws(() => loadArchive(bytes("a: 1"), "v.yaml"), {
    message: "file 'v.yaml' seems to be a YAML file, but I expected a gzipped archive",
  });
  throws(() => loadArchive(bytes("a"), "v.tgz"), {
    message: "file 'v.tgz' does not appear to be a gzipped archive; got 'application/octet-stream'",
  });
  throws(() => loadArchive(bytes("a ".repeat(300)), "v.tgz"), /got 'text\/plain; charset=utf-8'$/);
});

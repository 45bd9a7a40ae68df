import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { CHART_YAML, concat, makeArchive, makeTar, pack, type TestEntry } from "../../../tests/_lib/archive.ts";
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
];
for (const [what, entry, message] of refused) {
  Deno.test(`readArchive() refuses ${what}`, () => {
    throws(() => paths([chartfile, entry]), { kind: "chart", message });
  });
}

const kinds: readonly (readonly [string, string])[] = [
  ["1", "a hard link"],
  ["2", "a symbolic link"],
  ["3", "a device"],
  ["4", "a device"],
  ["6", "a named pipe"],
];
for (const [type, kind] of kinds) {
  Deno.test(`readArchive() takes ${kind} (type ${type}) for an empty file, as Helm 2 does, and notes it`, () => {
    for (
      const path of ["README.md", "docs/a.md", "charts/s/NOTICE", "charts/_x/templates/a.yaml", "charts/s.tgz.prov"]
    ) {
      const notes: string[] = [];
      const entry = { name: `web/${path}`, type, data: "junk that no reader may see" };
      const tar = makeTar([chartfile, { ...entry, data: "" }, { name: "web/values.yaml", data: "a: 1" }]);
      const files = readArchive(pack(tar), newBudget(), { warn: (text) => notes.push(text) });
      deepEqual(files.map((file) => [file.path, file.data.length]), [["Chart.yaml", CHART_YAML.length], [path, 0], [
        "values.yaml",
        4,
      ]]);
      deepEqual(notes, [`Note: ${JSON.stringify(path)} is ${kind} in the archive: it counts as an empty file`]);
    }
  });

  Deno.test(`readArchive() refuses ${kind} (type ${type}) in place of a file that is needed`, () => {
    for (
      const path of [
        "Chart.yaml",
        "values.yaml",
        "requirements.yaml",
        "requirements.lock",
        "templates/a.yaml",
        "templates/_helpers.tpl",
        "templates/deep/NOTES.txt",
        "charts/s.tgz",
        "charts/s",
        "charts/s/Chart.yaml",
        "charts/s/templates/a.yaml",
        "charts/s/charts/t/values.yaml",
      ]
    ) {
      throws(() => paths([chartfile, { name: `web/${path}`, type }]), {
        kind: "chart",
        message: `chart illegally contains ${kind} in place of the file ${
          JSON.stringify(path)
        }: its content is missing`,
      });
    }
  });
}

Deno.test("readArchive() reads what has a type of its own as a file, as Go does", () => {
  const [file] = readArchive(makeArchive([{ name: "web/x", type: "V", data: "volume" }]), newBudget());
  deepEqual([file?.path, new TextDecoder().decode(file?.data)], ["x", "volume"]);
});

// Pins C6.
Deno.test("loadArchive() notes links of archives within an archive", () => {
  const inner = makeArchive([{ name: "s/Chart.yaml", data: "name: s\n" }, { name: "s/README.md", type: "2" }]);
  const notes: string[] = [];
  loadArchive(makeArchive([chartfile, { name: "web/charts/s.tgz", data: inner }]), "web.tgz", {
    warn: (text) => notes.push(text),
  });
  deepEqual(notes, ['Note: "README.md" is a symbolic link in the archive: it counts as an empty file']);
});

Deno.test("readArchive() cuts names that nobody can read in its messages", () => {
  const long = (name: string) => [
    chartfile,
    { name: "@", type: "L", data: `${name}\0` },
    { name: "web/x", data: "1" },
  ];
  for (
    const [name, words] of [
      ["n".repeat(1024 * 1024 - 1), /^chart illegally contains content outside .*"n{160}"… \(1048575 bytes\)$/],
      [`web/${"n".repeat(4097)}`, /^chart file "n{160}"… \(4097 bytes\) has a path that no system can store$/],
    ] as const
  ) {
    throws(() => paths(long(name)), (error: Error) => {
      ok(error.message.length < 400, `${error.message.length}`);
      match(error.message, words);
      return true;
    });
  }
  deepEqual(paths(long(`web/${"n".repeat(4096)}`)).length, 2);
});

Deno.test("readArchive() refuses an archive without files", () => {
  throws(() => paths([]), { kind: "chart", message: "no files in chart archive" });
});

// Pins C2.
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

Deno.test("readArchive() refuses millions of entries, whatever they are, before it looks at them all", () => {
  // Gzip members of 64 MiB each: a million folders take 512 MB as tar.
  const folder = makeTar([{ name: "web/d/", type: "5" }]).subarray(0, 512);
  const part = pack(concat(Array<Uint8Array>(128 * 1024).fill(folder)));
  throws(() => readArchive(concat(Array<Uint8Array>(8).fill(part)), newBudget()), {
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

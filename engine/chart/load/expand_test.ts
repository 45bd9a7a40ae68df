import { deepEqual, equal, throws } from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeArchive } from "../../../tests/_lib/archive.ts";
import { expandArchive } from "./expand.ts";

function inFolder(test: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "skeg-expand-"));
  try {
    test(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const archive = (name: string, path = "x/templates/a"): Uint8Array =>
  makeArchive([{ name: "x/Chart.yaml", data: `name: ${JSON.stringify(name)}\n` }, { name: path, data: "text" }]);

Deno.test("expandArchive() unpacks into a folder with the chart's name", () =>
  inFolder((folder) => {
    equal(expandArchive(folder, archive("web")), join(folder, "web"));
    equal(readFileSync(join(folder, "web/templates/a"), "utf8"), "text");
  }));

Deno.test("expandArchive() refuses a chart's name that is no plain name of a folder", () =>
  inFolder((folder) => {
    const inner = join(folder, "inner");
    mkdirSync(join(inner, ".git"), { recursive: true });
    writeFileSync(join(inner, ".git/config"), "mine");
    for (
      const name of [".", "..", ".git", "../../web", "/etc/web", "a/b", "a\\b", "c:x", "a\nb", "con", "nul.x", "web."]
    ) {
      throws(() => expandArchive(inner, archive(name)), {
        kind: "chart",
        message: new RegExp(`^the chart's name .* cannot be the name of a folder: it `),
      });
    }
    deepEqual(readdirSync(inner), [".git"]);
    deepEqual(readdirSync(join(inner, ".git")), ["config"]);
    equal(readFileSync(join(inner, ".git/config"), "utf8"), "mine");
    deepEqual(readdirSync(folder), ["inner"]);
  }));

Deno.test("expandArchive() goes by the last Chart.yaml, as Helm 2 does", () =>
  inFolder((folder) => {
    const twice = (last: string) =>
      makeArchive([{ name: "x/Chart.yaml", data: "name: web\n" }, { name: "x/Chart.yaml", data: `name: ${last}\n` }]);
    throws(() => expandArchive(folder, twice(".git")), { kind: "chart" });
    equal(expandArchive(folder, twice("other")), join(folder, "other"));
  }));

Deno.test("expandArchive() refuses another chart than the one that was asked for", () =>
  inFolder((folder) => {
    throws(() => expandArchive(folder, archive("db"), { name: "web" }), {
      kind: "chart",
      message: 'the archive holds the chart "db", not "web"',
    });
    deepEqual(readdirSync(folder), []);
    equal(expandArchive(folder, archive("web"), { name: "web" }), join(folder, "web"));
  }));

Deno.test("expandArchive() writes to nothing that exists", () =>
  inFolder((folder) => {
    mkdirSync(join(folder, "web/templates"), { recursive: true });
    writeFileSync(join(folder, "db"), "mine");
    for (const name of ["web", "db"]) {
      throws(() => expandArchive(folder, archive(name)), {
        kind: "exists",
        message: `a file or directory with the name ${join(folder, name)} already exists`,
      });
    }
    equal(readFileSync(join(folder, "db"), "utf8"), "mine");
    deepEqual(readdirSync(join(folder, "web/templates")), []);
  }));

Deno.test(
  "expandArchive() does not go through links",
  { ignore: Deno.build.os === "windows" },
  () =>
    inFolder((folder) => {
      mkdirSync(join(folder, "target"));
      mkdirSync(join(folder, "outside"));
      symlinkSync(join(folder, "outside"), join(folder, "target/web"));
      symlinkSync(join(folder, "nothing"), join(folder, "target/db"));
      for (const name of ["web", "db"]) {
        throws(() => expandArchive(join(folder, "target"), archive(name)), { kind: "exists" });
      }
      deepEqual(readdirSync(join(folder, "outside")), []);
      equal(existsSync(join(folder, "nothing")), false);
    }),
);

Deno.test("expandArchive() leaves nothing behind when a file cannot be written", () =>
  inFolder((folder) => {
    const bad = makeArchive([
      { name: "x/Chart.yaml", data: "name: web\n" },
      { name: "x/a", data: "1" },
      { name: "x/a/b", data: "2" },
    ]);
    throws(() => expandArchive(folder, bad), { kind: "io", message: /^mkdir .*[/\\]web[/\\]a: / });
    deepEqual(readdirSync(folder), []);
  }));

Deno.test("expandArchive() leaves out what Git would take for a repository, and says so", () =>
  inFolder((folder) => {
    const notes: string[] = [];
    const files = [".git/config", "sub/.GIT/hooks/post-checkout", ".gitignore", "templates/a"];
    const tar = [
      { name: "x/Chart.yaml", data: "name: web\n" },
      ...files.map((name) => ({ name: `x/${name}`, data: "1" })),
    ];
    expandArchive(folder, makeArchive(tar), { warn: (text) => notes.push(text) });
    deepEqual(readdirSync(join(folder, "web")).sort(), [".gitignore", "Chart.yaml", "templates"]);
    deepEqual(notes, ["Note: the archive holds a .git folder, which is left out"]);
  }));

Deno.test("expandArchive() writes links as empty files", () =>
  inFolder((folder) => {
    const link = makeArchive([{ name: "x/Chart.yaml", data: "name: web\n" }, { name: "x/README.md", type: "2" }]);
    expandArchive(folder, link);
    equal(readFileSync(join(folder, "web/README.md"), "utf8"), "");
  }));

Deno.test("expandArchive() wants a name", () =>
  inFolder((folder) => {
    throws(() => expandArchive(folder, archive("")), { message: "chart name not specified" });
  }));

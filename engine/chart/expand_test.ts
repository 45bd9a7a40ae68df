import { equal, throws } from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeArchive } from "../../tests/_lib/archive.ts";
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

Deno.test("expandArchive() stays below the folder, whatever the chart's name", () =>
  inFolder((folder) => {
    const inner = join(folder, "inner");
    mkdirSync(inner);
    equal(expandArchive(inner, archive("../../web")), join(inner, "web"));
    equal(existsSync(join(folder, "web")), false);
  }));

Deno.test(
  "expandArchive() does not go through links",
  { ignore: Deno.build.os === "windows" },
  () =>
    inFolder((folder) => {
      mkdirSync(join(folder, "target/web"), { recursive: true });
      mkdirSync(join(folder, "outside"));
      symlinkSync(join(folder, "outside"), join(folder, "target/web/templates"));
      throws(() => expandArchive(join(folder, "target"), archive("web")), { kind: "chart" });
      equal(existsSync(join(folder, "outside/a")), false);
    }),
);

Deno.test("expandArchive() wants a name", () =>
  inFolder((folder) => {
    throws(() => expandArchive(folder, archive("")), { message: "chart name not specified" });
  }));

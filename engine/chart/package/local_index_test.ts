import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { chartFromFiles } from "../load/mod.ts";
import { decodeYaml } from "../../lang/yaml/mod.ts";
import { saveToLocalRepository } from "./local_index.ts";
import { saveArchive, saveFolder } from "./save.ts";

const chart = (version: string) => chartFromFiles({ "Chart.yaml": `name: web\nversion: ${version}\n` });
const EMPTY = "apiVersion: v1\nentries: {}\ngenerated: 2020-01-01T00:00:00Z\n";

Deno.test("saveToLocalRepository() enters the archive's own digest, and each version once", () =>
  inFolder({ "index.yaml": EMPTY }, (folder) => {
    for (const version of ["1.0.0", "1.1.0", "1.0.0"]) saveToLocalRepository(chart(version), folder, new Date(0));
    const index = decodeYaml(readFileSync(join(folder, "index.yaml"), "utf8")) as {
      entries: { web: { version: string; digest: string; urls: string[]; created: string }[] };
    };
    deepEqual(index.entries.web.map(({ version }) => version), ["1.1.0", "1.0.0"]);
    for (const { version, digest, urls, created } of index.entries.web) {
      const bytes = readFileSync(join(folder, `web-${version}.tgz`));
      equal(digest, `sha256:${createHash("sha256").update(bytes).digest("hex")}`);
      deepEqual(urls, [`http://127.0.0.1:8879/charts/web-${version}.tgz`]);
      equal(created, "1970-01-01T00:00:00.000Z");
    }
    return Promise.resolve();
  }));

Deno.test("saveToLocalRepository() wants an index that it can read", () =>
  inFolder({ "index.yaml": "entries: {}\n" }, async (folder) => {
    await rejects(async () => await saveToLocalRepository(chart("1.0.0"), folder, new Date(0)), {
      kind: "chart",
      message: "no API version specified",
    });
  }));

Deno.test("saveArchive() says what it cannot do, in Helm's words", () =>
  inFolder({ file: "" }, async (folder) => {
    equal(saveArchive(chart("1.0.0"), folder), join(folder, "web-1.0.0.tgz"));
    const none = join(folder, "none");
    await rejects(async () => await saveArchive(chart("1.0.0"), none), {
      message: `stat ${none}: no such file or directory`,
    });
    const file = join(folder, "file");
    await rejects(async () => await saveArchive(chart("1.0.0"), file), {
      message: `location ${file} is not a directory`,
    });
    await rejects(async () => await saveArchive(chart("''"), folder), {
      message: "no chart version specified (Chart.yaml)",
    });
    await rejects(async () => await saveArchive(chart("1.0.0/../../x"), folder), { kind: "chart" });
    deepEqual(readdirSync(folder).sort(), ["file", "web-1.0.0.tgz"]);
  }));

Deno.test("saveFolder() writes nothing outside of the chart", () =>
  inFolder({}, async (folder) => {
    const files = [{ path: "a/../../../evil", data: new Uint8Array() }];
    await rejects(async () => await saveFolder({ ...chart("1.0.0"), files }, folder), {
      kind: "chart",
      message: /would lie outside the chart/,
    });
    match(readdirSync(folder).join(), /^web$/);
  }));

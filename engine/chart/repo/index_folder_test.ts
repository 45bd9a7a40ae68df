import { deepEqual, equal, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { chartArchive } from "../../../tests/_lib/chart_server.ts";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { indexFolder } from "./index_folder.ts";
import { loadIndex } from "./index_store.ts";

/** Runs `work` with a folder that has archives at its top, in a subfolder, and deeper. */
const withCharts = (work: (folder: string) => Promise<void>) =>
  inFolder({ "x.tgz": "no archive", "sub/deep/.keep": "" }, async (folder) => {
    for (
      const [path, name, version] of [
        ["web-1.0.0.tgz", "web", "1.0.0"],
        ["web-1.10.0.tgz", "web", "1.10.0"],
        ["sub/db.tgz", "db", "0.1.0"],
        ["sub/deep/lost-1.0.0.tgz", "lost", "1.0.0"],
      ] as const
    ) await Deno.writeFile(join(folder, path), chartArchive(name, version));
    await work(folder);
  });

const urls = async (folder: string) =>
  Object.fromEntries(
    [...(await loadIndex(join(folder, "index.yaml"))).entries].map(([name, list]) => [
      name,
      list.map(({ urls }) => urls?.[0]),
    ]),
  );

Deno.test("indexFolder() lists the archives of the folder and of its folders", () =>
  withCharts(async (folder) => {
    await indexFolder(folder);
    deepEqual(await urls(folder), { db: ["sub/db.tgz"], web: ["web-1.10.0.tgz", "web-1.0.0.tgz"] });
    const entry = (await loadIndex(join(folder, "index.yaml"))).versions("db")?.[0];
    equal(entry?.digest, createHash("sha256").update(chartArchive("db", "0.1.0")).digest("hex"));
    await indexFolder(folder, { url: "http://h//charts/" });
    deepEqual((await urls(folder))["db"], ["http://h/charts/sub/db.tgz"]);
  }));

Deno.test("indexFolder() adds what another index lists and the folder does not have", () =>
  withCharts(async (folder) => {
    const merge = join(folder, "old.yaml");
    await indexFolder(folder, { merge });
    equal((await loadIndex(merge)).entries.size, 0);
    await Deno.writeTextFile(
      merge,
      JSON.stringify({
        apiVersion: "v1",
        entries: {
          web: [{ name: "web", version: "1.0.0", urls: ["old"] }, { name: "web", version: "1.5.0", urls: ["old"] }],
          gone: [{ name: "gone", version: "1.0.0", urls: ["old"] }],
        },
      }),
    );
    await indexFolder(folder, { merge });
    deepEqual(await urls(folder), {
      db: ["sub/db.tgz"],
      gone: ["old"],
      web: ["web-1.10.0.tgz", "old", "web-1.0.0.tgz"],
    });
    const before = await Deno.readTextFile(join(folder, "index.yaml"));
    await Deno.writeTextFile(merge, "nonsense");
    await rejects(indexFolder(folder, { merge }), { kind: "yaml", message: /^Merge failed: yaml: / });
    equal(await Deno.readTextFile(join(folder, "index.yaml")), before);
  }));

Deno.test("indexFolder() says when there is no such folder", () =>
  inFolder({}, async (folder) => {
    await rejects(indexFolder(join(folder, "nope")), {
      kind: "io",
      message: `open ${join(folder, "nope", "index.yaml")}: no such file or directory`,
    });
  }));

import { equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../tests/_lib/folder.ts";
import type { Caller } from "./caller.ts";
import { type ChartSource, locateChart, versionRange } from "./find_chart.ts";

const SOURCE: ChartSource = { keyring: "", repo: "", version: "", devel: false };

const context = (home: string, debug = false): Caller => ({
  home,
  variables: () => undefined,
  signal: undefined,
  tell: { say() {}, warn() {}, log() {}, note() {}, debug: debug ? () => {} : undefined },
});

Deno.test("locateChart() finds existing paths, and charts of the local repository", () =>
  inFolder({ "web/Chart.yaml": "", "home/repository/local/web-1.tgz": "" }, async (folder) => {
    const here = context(join(folder, "home"));
    equal(await locateChart(` ${join(folder, "web")} `, SOURCE, here), join(folder, "web"));
    equal(
      await locateChart("local/web-1.tgz", SOURCE, here),
      join(folder, "home", "repository", "local", "web-1.tgz"),
    );
  }));

Deno.test("locateChart() refuses what is not there", () =>
  inFolder({ "home/repository/repositories.yaml": "apiVersion: v1\nrepositories: []\n" }, async (folder) => {
    const here = context(join(folder, "home"));
    await rejects(locateChart("./nope", SOURCE, here), { message: 'path "./nope" not found', kind: "chart" });
    await rejects(locateChart("stable/nope", SOURCE, here), {
      kind: "not-found",
      message: 'failed to download "stable/nope" (hint: running `helm repo update` may help)',
      hint: "There is no repository stable in your list. 'skeg repo add stable URL' adds one.",
    });
    await rejects(locateChart("stable/nope", SOURCE, context(join(folder, "home"), true)), {
      kind: "not-found",
      message: "repo stable not found",
    });
  }));

Deno.test("locateChart() never uses a chart unverified when verification is asked for", () =>
  inFolder({ "web/Chart.yaml": "", "web.tgz": "", "home/repository/local/web-1.tgz": "" }, async (folder) => {
    const here = context(join(folder, "home"));
    const source = { ...SOURCE, verify: true };
    await rejects(locateChart(join(folder, "web"), source, here), { message: "cannot verify a directory" });
    await rejects(locateChart(join(folder, "web.tgz"), source, here), /could not load provenance file/);
    await rejects(locateChart("local/web-1.tgz", source, here), /could not load provenance file/);
  }));

Deno.test("versionRange() lets --devel stand for any version unless one is given", () => {
  equal(versionRange({ version: "", devel: true }), ">0.0.0-0");
  equal(versionRange({ version: "1.x", devel: true }), "1.x");
  equal(versionRange({ version: "", devel: false }), "");
});

import { equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../tests/_lib/folder.ts";
import { locateChart } from "./_chart_path.ts";
import type { Globals } from "./_command.ts";

const context = (home: string) => ({ globals: { home } as Globals, variables: () => undefined });

Deno.test("locateChart() finds existing paths, and charts of the local repository", () =>
  inFolder({ "web/Chart.yaml": "", "home/repository/local/web-1.tgz": "" }, async (folder) => {
    const here = context(join(folder, "home"));
    equal(await locateChart(` ${join(folder, "web")} `, { verify: false }, here), join(folder, "web"));
    equal(
      await locateChart("local/web-1.tgz", { verify: false }, here),
      join(folder, "home", "repository", "local", "web-1.tgz"),
    );
  }));

Deno.test("locateChart() refuses what is not there", async () => {
  const here = context("/nowhere");
  await rejects(locateChart("./nope", { verify: false }, here), { message: 'path "./nope" not found', kind: "chart" });
  await rejects(locateChart("stable/nope", { verify: false }, here), {
    message: 'failed to download "stable/nope" (hint: running `helm repo update` may help)',
  });
});

Deno.test("locateChart() never uses a chart unverified when verification is asked for", () =>
  inFolder({ "web/Chart.yaml": "", "web.tgz": "" }, async (folder) => {
    const here = context(folder);
    await rejects(locateChart(join(folder, "web"), { verify: true }, here), { message: "cannot verify a directory" });
    await rejects(locateChart(join(folder, "web.tgz"), { verify: true }, here), /cannot verify/);
  }));

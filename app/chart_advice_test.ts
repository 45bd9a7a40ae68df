import { equal } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../tests/_lib/folder.ts";
import { chartAdvice, pathAdvice } from "./chart_advice.ts";

const HOME = {
  "charts/web/Chart.yaml": "name: web\nversion: 1.0.0\n",
  "home/repository/repositories.yaml":
    'apiVersion: v1\ngenerated: "2020-01-01T00:00:00Z"\nrepositories:\n- {name: stable, url: http://127.0.0.1:1, cache: stable-index.yaml}\n',
  "home/repository/cache/stable-index.yaml":
    "apiVersion: v1\nentries:\n  mysql:\n  - {name: mysql, version: 1.2.0, urls: [a]}\n  - {name: mysql, version: 1.1.0, urls: [b]}\n",
};

Deno.test("pathAdvice() names what is spelled alike, or the folder that does not exist", () =>
  inFolder(HOME, async (folder) => {
    equal(await pathAdvice(join(folder, "charts/wbe")), `Did you mean ${folder}/charts/web?`);
    equal(await pathAdvice(join(folder, "charts/quite-another")), undefined);
    equal(await pathAdvice(join(folder, "gone/web")), `There is no folder ${folder}/gone.`);
  }));

Deno.test("chartAdvice() knows repositories, charts and versions", () =>
  inFolder(HOME, async (folder) => {
    const advice = (name: string, range = "") => chartAdvice(name, range, { home: join(folder, "home") });
    equal(
      await advice("stabel/mysql"),
      "There is no repository stabel in your list. Did you mean stable/mysql? 'skeg repo add stabel URL' adds one.",
    );
    equal(
      await advice("stable/mysq"),
      "Repository stable has no chart mysq. Did you mean stable/mysql? 'skeg repo update' reads its index again.",
    );
    equal(await advice("stable/mysql", "^9"), "stable/mysql has no version ^9; the newest are 1.2.0, 1.1.0.");
    equal(await advice("stable/mysql"), undefined);
    equal(await advice("https://127.0.0.1/mysql.tgz"), undefined);
    equal(
      await advice("quite-another-name"),
      "A chart is a folder such as ./quite-another-name, an archive, an address, or REPOSITORY/quite-another-name.",
    );
  }));

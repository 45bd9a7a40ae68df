import { deepEqual, equal, match, rejects, throws } from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { loadChart } from "../load/mod.ts";
import { createChart, createFromStarter } from "./scaffold.ts";

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll("\\", "/")).sort();

Deno.test("createChart() makes the files that Helm makes", () =>
  inFolder({}, async (folder) => {
    createChart(join(folder, "web"));
    deepEqual(filesOf(join(folder, "web")), [
      ".helmignore",
      "Chart.yaml",
      "charts",
      "templates",
      "templates/NOTES.txt",
      "templates/_helpers.tpl",
      "templates/deployment.yaml",
      "templates/ingress.yaml",
      "templates/service.yaml",
      "templates/serviceaccount.yaml",
      "templates/tests",
      "templates/tests/test-connection.yaml",
      "values.yaml",
    ]);
    equal(
      readFileSync(join(folder, "web/Chart.yaml"), "utf8"),
      'apiVersion: v1\nappVersion: "1.0"\ndescription: A Helm chart for Kubernetes\nname: web\nversion: 0.1.0\n',
    );
    for (const path of filesOf(join(folder, "web")).filter((each) => statSync(join(folder, "web", each)).isFile())) {
      equal(readFileSync(join(folder, "web", path), "utf8").includes("<CHARTNAME>"), false, path);
    }
    equal((await loadChart(join(folder, "web"))).templates.length, 7);
  }));

Deno.test("createChart() keeps what is there, and adds what is missing", () =>
  inFolder({ "web/values.yaml": "mine: 1\n", "web/templates/own.yaml": "a" }, (folder) => {
    createChart(join(folder, "web"));
    equal(readFileSync(join(folder, "web/values.yaml"), "utf8"), "mine: 1\n");
    equal(filesOf(join(folder, "web")).includes("templates/service.yaml"), true);
    return Promise.resolve();
  }));

Deno.test("createChart() wants the folder above, and no file in the way", () =>
  inFolder({ file: "" }, (folder) => {
    throws(() => createChart(join(folder, "none/web")), {
      kind: "io",
      message: `stat ${join(folder, "none")}: no such file or directory`,
    });
    throws(() => createChart(join(folder, "file")), {
      kind: "io",
      message: `file ${join(folder, "file")} already exists and is not a directory`,
    });
    throws(() => createChart(join(folder, "file/web")), {
      kind: "io",
      message: `no such directory ${join(folder, "file")}`,
    });
    return Promise.resolve();
  }));

Deno.test("createFromStarter() names the chart in templates and values, and nowhere else", () =>
  inFolder({
    "ours/Chart.yaml": "name: ours\nversion: 3.2.1\n",
    "ours/values.yaml": "who: <CHARTNAME> $&\n",
    "ours/templates/a/b.yaml": "<CHARTNAME>/<CHARTNAME>",
    "ours/README.md": "<CHARTNAME>",
    "ours/charts/db/Chart.yaml": "name: db\nversion: 1.0.0\n",
  }, async (folder) => {
    await createFromStarter(join(folder, "$&"), join(folder, "ours"));
    const read = (path: string) => readFileSync(join(folder, "$&", path), "utf8");
    match(read("Chart.yaml"), /^name: \$&\nversion: 0\.1\.0$/m);
    equal(read("values.yaml"), "who: $& $&\n");
    equal(read("templates/a/b.yaml"), "$&/$&");
    equal(read("README.md"), "<CHARTNAME>");
    deepEqual(readdirSync(join(folder, "$&/charts")), ["db-1.0.0.tgz"]);
    await rejects(createFromStarter(join(folder, "$&"), join(folder, "ours")), {
      kind: "io",
      message: `mkdir ${join(folder, "$&")}: file exists`,
    });
  }));

Deno.test("createFromStarter() names a starter that cannot be loaded", () =>
  inFolder({}, async (folder) => {
    const path = join(folder, "none");
    await rejects(createFromStarter(join(folder, "web"), path), {
      kind: "io",
      message: `could not load ${path}: stat ${path}: no such file or directory`,
    });
  }));

import { deepEqual, equal, match } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import { program } from "../../tests/_lib/program.ts";
import { CHART_YAML, makeArchive } from "../../tests/_lib/archive.ts";

const CHART = {
  "web/Chart.yaml": `${CHART_YAML}icon: https://example.com/icon.png\n`,
  "web/values.yaml": "a: 1\n",
  "web/templates/a.yaml": "a: {{ .Values.a }}\n",
};

Deno.test("lint is content with a good chart", () =>
  inFolder(CHART, async (folder) => {
    const path = join(folder, "web");
    deepEqual(await program(["lint", path]), {
      code: 0,
      stdout: `==> Linting ${path}\nLint OK\n\n1 chart(s) linted, no failures\n`,
      stderr: "",
    });
  }));

Deno.test("lint lists what it found, and fails on errors", () =>
  inFolder({ ...CHART, "web/Chart.yaml": "name: other\n", "web/templates/b.yaml": "- a\n" }, async (folder) => {
    const { code, stdout, stderr } = await program(["lint", join(folder, "web")]);
    equal(code, 1);
    equal(stderr, "Error: 1 chart(s) linted, 1 chart(s) failed\n");
    deepEqual(stdout.split("\n").slice(1), [
      "[ERROR] Chart.yaml: directory name (web) and chart name (other) must be the same",
      "[ERROR] Chart.yaml: apiVersion is required",
      "[ERROR] Chart.yaml: version is required",
      "[INFO] Chart.yaml: icon is recommended",
      "[ERROR] templates/b.yaml: unable to parse YAML",
      "\terror unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type " +
      "rules.K8sYamlStruct",
      "",
      "",
    ]);
  }));

Deno.test("lint fails on warnings only with --strict", () =>
  inFolder({ "web/Chart.yaml": CHART["web/Chart.yaml"], "web/values.yaml": "" }, async (folder) => {
    const path = join(folder, "web");
    const loose = await program(["lint", path]);
    equal(loose.code, 0);
    match(loose.stdout, /\n\[WARNING\] templates\/: directory not found\n/);
    equal((await program(["lint", "--strict", path])).code, 1);
  }));

Deno.test("lint does not fail on a missing required value, but logs it", () =>
  inFolder({ ...CHART, "web/templates/a.yaml": 'a: {{ required "say b" .Values.b }}\n' }, async (folder) => {
    const { code, stderr } = await program(["lint", join(folder, "web")]);
    equal(code, 0);
    match(stderr, /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[INFO\] Missing required value: say b\n$/);
  }));

Deno.test("lint unpacks archives and leaves nothing behind", () =>
  inFolder({}, async (folder) => {
    const path = join(folder, "web.tgz");
    const entries = Object.entries(CHART).map(([name, data]) => ({ name, data }));
    writeFileSync(path, makeArchive(entries));
    const { code, stdout } = await program(["lint", path]);
    deepEqual([code, stdout.split("\n")[1]], [0, "Lint OK"]);
  }));

Deno.test("lint skips what is no chart, and fails", () =>
  inFolder({ "x/y": "", "bad.tgz": "no archive" }, async (folder) => {
    const [empty, bad, gone] = ["x", "bad.tgz", "gone.tgz"].map((name) => join(folder, name));
    const { code, stdout, stderr } = await program(["lint", empty ?? "", bad ?? "", gone ?? ""]);
    equal(code, 1);
    const advice = `Check the path: there is no gone.tgz in ${folder}.`;
    equal(stderr, `Error: 0 chart(s) linted, 3 chart(s) failed\n${advice}\n`);
    equal(
      stdout,
      `==> Skipping ${empty}
unable to check Chart.yaml file in chart: stat ${empty}/Chart.yaml: no such file or directory

==> Skipping ${bad}
unable to extract tar ball: gzip: invalid header

==> Skipping ${gone}
unable to open tar ball ${gone}: open ${gone}: no such file or directory

`,
    );
  }));

Deno.test("lint never fetches values", () =>
  inFolder(CHART, async (folder) => {
    const { stderr } = await program(["lint", join(folder, "web"), "-f", "http://127.0.0.1:9/v.yaml"]);
    equal(stderr, "Error: open http://127.0.0.1:9/v.yaml: no such file or directory\n");
  }));

/** The prediction in the plan of `migrate helm3`. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program } from "../../tests/_lib/program.ts";

const FILES = {
  "web/Chart.yaml": "name: web\nversion: 1.0.0\n",
  "web/templates/all.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data: {text: a}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web, heritage: {{ .Release.Service }}}
  ports: [{port: 80}]
`,
  "next/Chart.yaml": "apiVersion: v1\nname: web\nversion: 2.0.0\n",
  "next/templates/all.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\ndata: {text: {{ .Release.Time.Seconds }}}\n",
};

/** Runs `work` with a release `web` in a new sandbox. */
async function withRelease(
  work: (migrate: (...argv: string[]) => Promise<Outcome>, folder: string) => Promise<void>,
): Promise<void> {
  await inFolder(FILES, async (folder) => {
    const run = (...argv: string[]): Promise<Outcome> =>
      program([...argv, `--sandbox=${join(folder, "state.sqlite")}`], { own: true, variables: { HOME: folder } });
    equal((await run("install", join(folder, "web"), "--name", "web")).code, 0);
    await work((...argv) => run("migrate", "helm3", "web", "--helm3", "none", ...argv), folder);
  });
}

Deno.test("migrate helm3 shows the class of the first Helm 3 upgrade and what it stands on", async () => {
  await withRelease(async (migrate) => {
    const { code, stdout } = await migrate();
    equal(code, 0);
    match(stdout, / {2}upgrade {2}changes fields \(estimated by our own renderer: no/);
    match(stdout, / {11}Service web: changes fields, restarts no pods\n {13}changes spec\.selector\.heritage\n/);
    match(stdout, / {11}1 object: changes nothing\n/);
    ok(stdout.split("\n").filter((line) => /^ {11}/.test(line)).every((line) => line.length <= 80));
    const json = JSON.parse((await migrate("-o", "json")).stdout);
    deepEqual(json.releases[0].prediction.labels, [{ from: "Tiller", key: "heritage", to: "Helm" }]);
    equal((await migrate("--no-predict")).stdout.includes("upgrade"), false);
  });
});

Deno.test("migrate helm3 --chart predicts the upgrade to another chart", async () => {
  await withRelease(async (migrate, folder) => {
    const { stdout } = await migrate("--chart", join(folder, "next"));
    match(stdout, / {2}upgrade {2}cannot be rendered \(/);
    match(stdout, /-> in templates\/all\.yaml, line 4: write now in place of\s+\.Release\.Time/);
  });
});

Deno.test("migrate helm3 --post-renderer writes a program once, and only where a label needs it", async () => {
  await withRelease(async (migrate, folder) => {
    const file = join(folder, "keep.sh");
    const first = await migrate("--post-renderer", file);
    equal(first.code, 0);
    match(first.stderr, /Wrote .*keep\.sh, which keeps heritage: helm upgrade web CHART --post-renderer /);
    match(await Deno.readTextFile(file), /^#!\/bin\/sh\n/);
    const again = await migrate("--post-renderer", file);
    deepEqual([again.code, /keep\.sh exists already/.test(again.stderr)], [1, true]);
    const plain = join(folder, "plain");
    await Deno.mkdir(join(plain, "templates"), { recursive: true });
    await Deno.writeTextFile(join(plain, "Chart.yaml"), "name: web\nversion: 3.0.0\n");
    const none = await migrate("--chart", plain, "--post-renderer", join(folder, "none.sh"));
    match(none.stderr, /needs no post-renderer/);
  });
});

Deno.test("migrate helm3 refuses flags of the prediction that do not fit", async () => {
  await withRelease(async (migrate) => {
    match((await migrate("--no-predict", "--chart", "x")).stderr, /--no-predict cannot be used with --chart/);
    match(
      (await migrate("--yes", "--post-renderer", "x")).stderr,
      /--post-renderer belongs to the plan of one release/,
    );
  });
});

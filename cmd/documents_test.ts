/** `-o json` and `-o yaml` of all commands that print data: the shapes that `docs/documents.md` promises. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { decodeYaml } from "../engine/lang/yaml/mod.ts";
import { inFolder } from "../tests/_lib/folder.ts";
import { program } from "../tests/_lib/program.ts";

const FILES = {
  "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.2.3\nappVersion: '4.5'\n",
  "web/values.yaml": "a: 1\n",
  "web/README.md": "# Web\n",
  "web/templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata: {a: x}\n",
  "web/templates/secret.yaml":
    "apiVersion: v1\nkind: Secret\nmetadata: {name: {{ .Release.Name }}}\nstringData: {password: open-sesame}\n",
  "web/templates/hook.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: early, annotations: {helm.sh/hook: pre-install}}\n",
  "web/templates/NOTES.txt": "Hello.\n",
  "home/.keep": "",
};

/** Command lines, their `kind` and their further keys. `DIR` is the folder of the charts. */
const SHAPES: readonly (readonly [line: string, kind: string, keys: string])[] = [
  [
    "get web",
    "Release",
    "name namespace revision status description firstDeployed lastDeployed deleted chart values computedValues hooks objects notes tests",
  ],
  ["get hooks web", "Hooks", "name revision hooks"],
  ["get manifest web", "Manifest", "name revision objects"],
  ["get notes web", "Notes", "name revision notes"],
  ["rollback web 1", "Release", "name namespace revision status description firstDeployed lastDeployed deleted chart"],
  ["test web", "TestRun", "name namespace revision failures tests"],
  ["lint DIR/web", "LintReport", "linted failed charts"],
  ["inspect DIR/web", "Chart", "metadata values readme"],
  ["inspect chart DIR/web", "Chart", "metadata"],
  ["inspect values DIR/web", "Chart", "values"],
  ["inspect readme DIR/web", "Chart", "readme"],
  ["package DIR/web --save=false -d DIR", "Packages", "packages"],
  ["dependency list DIR/web", "Dependencies", "chart dependencies strays"],
  ["plugin list", "Plugins", "plugins"],
  ["home", "Home", "home repository repositoryFile cache localRepository starters plugins"],
  ["version", "Version", "skeg client server"],
  [
    "migrate helm3 config",
    "Helm3Config",
    "target performed repositories plugins starters helm3Plugins helm3Starters notes",
  ],
  ["delete web --dry-run", "DeletedReleases", "releases"],
];

Deno.test("-o json and -o yaml print the documented shapes, and nothing else", () =>
  inFolder(FILES, async (folder) => {
    const sandbox = `--sandbox=${join(folder, "state.db")}`;
    const variables = { HELM_HOME: join(folder, "home") };
    const run = (line: string) =>
      program([...line.replaceAll("DIR", folder).split(" "), sandbox], { variables, own: true });
    equal((await run("install DIR/web --name web")).code, 0);
    for (const [line, kind, keys] of SHAPES) {
      const { code, stdout } = await run(`${line} -o json`);
      equal(stdout.trimEnd().split("\n").length, 1, line);
      const document = JSON.parse(stdout);
      deepEqual([code, Object.keys(document)], [0, ["apiVersion", "kind", ...keys.split(" ")]], line);
      deepEqual([document.apiVersion, document.kind], ["skeg.dev/v1", kind], line);
      const yaml = decodeYaml((await run(`${line} -o yaml`)).stdout) as Record<string, unknown>;
      deepEqual(Object.keys(yaml).sort(), Object.keys(document).sort(), line);
      const bad = await run(`${line} -o jsn`);
      deepEqual([bad.code, bad.stdout], [1, ""], line);
      ok(bad.stderr.startsWith("Error: unsupported format jsn\nDid you mean json?"), bad.stderr);
    }
  }));

Deno.test("status -o json adds revision, status and objects under skeg's name, and no content of Secrets", () =>
  inFolder(FILES, async (folder) => {
    const sandbox = `--sandbox=${join(folder, "state.db")}`;
    await program(["install", join(folder, "web"), "--name", "web", sandbox]);
    const { stdout } = await program(["status", "web", "-o", "json", sandbox], { own: true });
    const document = JSON.parse(stdout);
    deepEqual(Object.keys(document), ["name", "info", "namespace", "revision", "status", "objects"]);
    deepEqual([document.revision, document.status], [1, "DEPLOYED"]);
    deepEqual(document.objects.map(({ createdAt: _, ...object }: { createdAt: string }) => object), [
      { apiVersion: "v1", kind: "Secret", namespace: "default", name: "web", exists: true, status: null },
      { apiVersion: "v1", kind: "ConfigMap", namespace: "default", name: "web", exists: true, status: null },
    ]);
    ok(!stdout.includes("open-sesame") && !stdout.includes(btoa("open-sesame")));
    const helm = JSON.parse((await program(["status", "web", "-o", "json", sandbox])).stdout);
    deepEqual(Object.keys(helm), ["name", "info", "namespace"]);
  }));

Deno.test("delete -o json tells of the releases before one that failed", () =>
  inFolder(FILES, async (folder) => {
    const sandbox = `--sandbox=${join(folder, "state.db")}`;
    await program(["install", join(folder, "web"), "--name", "web", sandbox]);
    const { code, stdout } = await program(["delete", "web", "nope", "--purge", "-o", "json", sandbox]);
    equal(code, 1);
    deepEqual(JSON.parse(stdout).releases, [{ name: "web", purged: true, dryRun: false, kept: "" }]);
  }));

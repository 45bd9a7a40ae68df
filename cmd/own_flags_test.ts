/** The flags that Helm does not have, each with what happens without it. */
import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../tests/_lib/folder.ts";
import { type Outcome, program } from "../tests/_lib/program.ts";

/** Runs command lines in a folder, against one sandbox. */
type Run = (line: string) => Promise<Outcome>;

function withFiles(files: Record<string, string>, work: (run: Run) => Promise<void>): Promise<void> {
  return inFolder(files, (folder) =>
    work((line) => {
      const words = line.split(" ").map((word) => word.startsWith("./") ? join(folder, word) : word);
      return program([...words, `--sandbox=${join(folder, "state.db")}`]);
    }));
}

const CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\n";

Deno.test("--allow-empty installs what has no objects, and its status is fine", () =>
  withFiles({
    "none/Chart.yaml": "name: none\nversion: 1.0.0\n",
    "none/templates/a.yaml": "# nothing\n",
  }, async (run) => {
    deepEqual(await run("install ./none --name plain"), {
      code: 1,
      stdout: "",
      stderr: "Error: release plain failed: no objects visited\n",
    });
    const { code, stdout } = await run("install ./none --name web --allow-empty --wait");
    equal(code, 0);
    match(stdout, /^NAME: {3}web\n.*\nNAMESPACE: default\nSTATUS: DEPLOYED\n\n\n?$/);
    equal((await run("status web")).code, 0);
    match((await run("upgrade web ./none")).stderr, /^Error: no objects visited\n/);
    equal((await run("status web")).code, 1);
    equal((await run("status web --allow-empty")).code, 0);
    equal((await run("upgrade web ./none --allow-empty")).code, 0);
    equal((await run("delete web --purge")).code, 0);
    equal((await run("upgrade --install web ./none --allow-empty")).code, 0);
  }));

Deno.test("--show-resources shows what is left of a deleted release", () =>
  withFiles({
    "web/Chart.yaml": "name: web\nversion: 1.0.0\n",
    "web/templates/a.yaml": CONFIG.replace("NAME", "a, annotations: {helm.sh/resource-policy: keep}"),
  }, async (run) => {
    await run("install ./web --name web");
    await run("delete web");
    equal((await run("status web")).stdout.includes("RESOURCES"), false);
    match((await run("status web --show-resources")).stdout, /RESOURCES:\n==> v1\/ConfigMap\n/);
  }));

Deno.test("--conditions-from-stored-values keeps a subchart that stored values switch on", () =>
  withFiles({
    "web/Chart.yaml": "name: web\nversion: 1.0.0\n",
    "web/values.yaml": "db: {enabled: false}\n",
    "web/requirements.yaml": "dependencies: [{name: db, version: 1.0.0, condition: db.enabled}]\n",
    "web/templates/a.yaml": CONFIG.replace("NAME", "a"),
    "web/charts/db/Chart.yaml": "name: db\nversion: 1.0.0\n",
    "web/charts/db/templates/b.yaml": CONFIG.replace("NAME", "b"),
  }, async (run) => {
    const hasSubchart = async () => (await run("get manifest web")).stdout.includes("name: b");
    await run("install ./web --name web --set db.enabled=true");
    equal((await run("upgrade web ./web --conditions-from-stored-values")).code, 0);
    equal(await hasSubchart(), true);
    await run("upgrade web ./web");
    equal(await hasSubchart(), false);
  }));

Deno.test("--as-hooks runs tests by weight", () => {
  const pod = (name: string, weight: number) =>
    `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  annotations: {helm.sh/hook: test-success, helm.sh/hook-weight: "${weight}", helm.sh/hook-delete-policy: hook-succeeded}
spec: {restartPolicy: Never, containers: [{name: main, image: main}]}
`;
  return withFiles({
    "web/Chart.yaml": "name: web\nversion: 1.0.0\n",
    "web/templates/a.yaml": CONFIG.replace("NAME", "a"),
    "web/templates/first.yaml": pod("first", 2),
    "web/templates/second.yaml": pod("second", 1),
  }, async (run) => {
    await run("install ./web --name web");
    const lines = "RUNNING: second\nPASSED: second\nRUNNING: first\nPASSED: first\n";
    deepEqual(await run("test web --as-hooks"), { code: 0, stdout: lines, stderr: "" });
    // Their pods are gone; those of a run without the flag stay in the way.
    equal((await run("test web")).stdout, "RUNNING: first\nPASSED: first\nRUNNING: second\nPASSED: second\n");
    match((await run("test web")).stdout, /ERROR: pods "first" already exists/);
  });
});

Deno.test("--wait-strict waits for every pod", () =>
  withFiles({
    "web/Chart.yaml": "name: web\nversion: 1.0.0\n",
    "web/templates/a.yaml": `apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: a}
spec:
  replicas: 2
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}}
    spec: {containers: [{name: main, image: main}]}
`,
  }, async (run) => {
    equal((await run("install ./web --name web --wait-strict --timeout 60")).code, 0);
    match((await run("status web")).stdout, /\na +2 +2 +2 /);
  }));

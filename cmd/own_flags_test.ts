/** Tests of flags that Helm does not have, each with and without the flag. */
import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { HOOK_EVENTS, STATUS_CODES } from "../engine/model/mod.ts";
import { inFolder } from "../tests/_lib/folder.ts";
import { type Outcome, program, type ProgramOptions } from "../tests/_lib/program.ts";

/** Runs command lines in a folder, against one sandbox. */
type Run = (line: string, options?: ProgramOptions) => Promise<Outcome>;

function withFiles(files: Record<string, string>, work: (run: Run, state: string) => Promise<void>): Promise<void> {
  return inFolder(files, (folder) =>
    work((line, options) => {
      const words = line.split(" ").map((word) => word.startsWith("./") ? join(folder, word) : word);
      return program([...words, `--sandbox=${join(folder, "state.db")}`], options);
    }, join(folder, "state.db")));
}

const CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\n";

// Pins Q16.
Deno.test("--allow-empty installs what has no objects, and its status is fine", () =>
  withFiles({
    "none/Chart.yaml": "name: none\nversion: 1.0.0\n",
    "none/templates/a.yaml": "# nothing\n",
  }, async (run) => {
    deepEqual(await run("install ./none --name plain"), {
      code: 1,
      stdout: "",
      stderr:
        "Error: release plain failed: no objects visited\nThe manifest holds no object. If that is right, install and upgrade have --allow-empty.\n",
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

// Pins Q34.
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

// Pins Q20.
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

// Pins Q36b.
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
    // Their pods are deleted; those of a run without the flag would block the next run.
    equal((await run("test web")).stdout, "RUNNING: first\nPASSED: first\nRUNNING: second\nPASSED: second\n");
    match((await run("test web")).stdout, /ERROR: pods "first" already exists/);
  });
});

/** A workload whose one container runs `image`. */
function workload(kind: string, more: string): string {
  const name = kind.toLowerCase();
  return `apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: main, image: {{ .Values.image }}}]}
${more}`;
}

// Pins Q44.
Deno.test("--wait-strict waits until every pod is new and ready", () =>
  withFiles({
    "web/Chart.yaml": "name: web\nversion: 1.0.0\n",
    "web/values.yaml": "image: one\n",
    "web/templates/a.yaml": workload("Deployment", "  replicas: 2\n"),
    "web/templates/b.yaml": workload("StatefulSet", "  replicas: 2\n  serviceName: none\n"),
    "web/templates/c.yaml": workload("DaemonSet", ""),
    "web/templates/d.yaml": workload("ReplicaSet", "  replicas: 2\n"),
  }, async (run) => {
    const ready = [
      /^deployment +2\/2 +2 +2 /m,
      /^statefulset +2\/2 /m,
      /^daemonset( +\d+){5} /m,
      /^replicaset +2 +2 +2 /m,
    ];
    for (
      const line of [
        "install ./web --name web --wait-strict --timeout 60 --progress none",
        "upgrade web ./web --set image=two --wait-strict --timeout 60 --progress none",
        "rollback web 1 --wait-strict --timeout 60 --progress none",
      ]
    ) {
      const { code, stderr } = await run(line);
      deepEqual([code, stderr], [0, ""]);
      const { stdout } = await run("status web");
      for (const row of ready) match(stdout, row);
    }
  }));

// Pins L8.
Deno.test("--print-empty prints a document also when there is nothing to list", () =>
  withFiles({}, async (run) => {
    equal((await run("list --output json")).stdout, "");
    equal((await run("list --output json --print-empty")).stdout, '{"Next":"","Releases":[]}\n');
    equal((await run("list --output json --short --print-empty")).stdout, "[]\n");
    equal((await run("list --print-empty")).stdout, "");
  }));

Deno.test("--show-release prints what a dry run would make", () =>
  withFiles({
    "web/Chart.yaml": "name: web\nversion: 1.0.0\n",
    "web/templates/a.yaml": CONFIG.replace("NAME", "a"),
    "web/templates/b.yaml": CONFIG.replace(
      "NAME",
      'b, annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: "2"}',
    ),
  }, async (run) => {
    const line = "install ./web --name web --dry-run --set x=1";
    equal((await run(`${line} -o json`)).stdout, "");
    const release = JSON.parse((await run(`${line} -o json --show-release`)).stdout);
    deepEqual(
      [release.name, release.version, release.config.raw, release.chart.metadata.version, release.info.status.code],
      ["web", 1, "x: 1\n", "1.0.0", STATUS_CODES.indexOf("PENDING_INSTALL")],
    );
    match(release.manifest, /name: a/);
    deepEqual(release.hooks.map(({ name, weight, events }: Record<string, unknown>) => [name, weight, events]), [
      ["b", 2, [HOOK_EVENTS.indexOf("pre-install")]],
    ]);
    match((await run(`${line} --show-release`)).stdout, /^NAME: {3}web\nREVISION: 1\n/);
    await run("install ./web --name web");
    const next = await run("upgrade web ./web --dry-run -o json --show-release", { watched: true });
    equal(JSON.parse(next.stdout).version, 2);
    match(next.stderr, /Note: this was a dry run; nothing has been changed\.\n/);
    equal((await run("upgrade web ./web --dry-run", { variables: { SKEG_HINTS: "off" } })).stderr, "");
  }));

// Pins L1.
Deno.test("a word that is not a subcommand is noted, unless hints are off", async () => {
  const quiet = await program(["repo", "bogus"], { variables: { SKEG_HINTS: "off" } });
  const { code, stdout, stderr } = await program(["repo", "ad"]);
  deepEqual([quiet.code, quiet.stderr, code, stdout], [0, "", 0, quiet.stdout]);
  equal(stderr, 'Note: unknown command "ad" for "helm repo". Did you mean add?\n');
});

// Pins Q40.
Deno.test("--apply chooses whether what was changed in the cluster is repaired", () =>
  withFiles({
    "web/Chart.yaml": "name: web\nversion: 1.0.0\n",
    "web/values.yaml": "size: 2\n",
    "web/templates/a.yaml": `apiVersion: v1
kind: ResourceQuota
metadata: {name: a}
spec: {hard: {pods: "{{ .Values.size }}", services: "5"}}
`,
  }, async (run, state) => {
    await run("install ./web --name web");
    const path = "/api/v1/namespaces/default/resourcequotas/a";
    const hard = async (pods?: string): Promise<unknown> => {
      const { openSandbox } = await import("../engine/sandbox/mod.ts");
      const { transport, close } = await openSandbox({ file: state });
      const change = { method: "PATCH", contentType: "application/merge-patch+json" } as const;
      const answer = pods === undefined
        ? await transport({ method: "GET", path })
        : await transport({ ...change, path, body: JSON.stringify({ spec: { hard: { pods } } }) });
      const { spec } = await answer.json();
      await close();
      return spec.hard.pods;
    };
    equal(await hard("9"), "9");
    equal((await run("upgrade web ./web")).code, 0);
    equal(await hard(), "9");
    equal((await run("upgrade web ./web --apply three-way")).code, 0);
    equal(await hard(), "2");
    equal(await hard("9"), "9");
    equal((await run("rollback web 1")).code, 0);
    equal(await hard(), "9");
    equal((await run("rollback web 1 --apply=server-side")).code, 0);
    equal(await hard(), "2");
    deepEqual(await run("rollback web 1 --apply by-hand"), {
      code: 1,
      stdout: "",
      stderr: 'Error: unknown apply mode: "by-hand"\nUse tiller, three-way or server-side.\n',
    });
  }));

Deno.test("--schema refuses values that values.schema.json does not allow; without it they are installed", () =>
  withFiles({
    "web/Chart.yaml": "name: web\nversion: 1.0.0\n",
    "web/values.yaml": "port: 80\n",
    "web/values.schema.json": '{"properties": {"port": {"type": "integer"}}}',
    "web/templates/a.yaml": CONFIG.replace("NAME", "a"),
  }, async (run) => {
    const refused =
      /values don't meet the specifications of the schema\(s\) in the following chart\(s\):\nweb:\n- port: /;
    match((await run("template ./web --schema --set port=x")).stderr, refused);
    equal((await run("template ./web --set port=x")).code, 0);
    equal((await run("template ./web --schema")).code, 0);
    match((await run("lint ./web --schema --set port=x")).stdout, /\[ERROR\] values.schema.json: port: Instance type/);
    equal((await run("lint ./web --set port=x")).stdout.includes("schema"), false);
    match((await run("install ./web --name bad --schema --set port=x")).stderr, refused);
    equal((await run("status bad")).code, 1);
    equal((await run("install ./web --name web --set port=x")).code, 0);
    // The stored value counts, too, when an upgrade reuses it.
    match((await run("upgrade web ./web --schema")).stderr, refused);
    equal((await run("upgrade web ./web --schema --reset-values")).code, 0);
  }));

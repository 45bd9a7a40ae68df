import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  chartFromFiles,
  createSkeg,
  memoryDriver,
  type MemoryStore,
  type Release,
  type ReleaseEvent,
  SkegError,
} from "../mod.ts";
import { inFolder } from "../tests/_lib/folder.ts";
import { startOciRegistry } from "../tests/_lib/oci_registry.ts";
import { withOldRecords } from "../tests/_lib/old_records.ts";
import { program } from "../tests/_lib/program.ts";

const FILES = {
  "Chart.yaml": "name: web\nversion: 1.0.0\n",
  "values.yaml": "greeting: hello\n",
  "templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  greeting: {{ required "a greeting" .Values.greeting }}
`,
};

Deno.test("createSkeg() takes a release through its life", async () => {
  const events: ReleaseEvent[] = [];
  const skeg = createSkeg({ sandbox: ":memory:", namespace: "shop", onEvent: (event) => events.push(event) });
  try {
    const chart = chartFromFiles(FILES);
    const first = await skeg.install(chart, { name: "web" });
    deepEqual([first.name, first.namespace, first.revision, first.info.status.code], ["web", "shop", 1, "DEPLOYED"]);
    const second = await skeg.upgrade("web", chart, { set: ["greeting=hi"] });
    deepEqual([second.revision, second.config?.raw], [2, "greeting: hi\n"]);
    ok((await skeg.status("web")).info.status.resources.includes("==> v1/ConfigMap"));
    equal((await skeg.rollback("web")).revision, 3);
    deepEqual((await skeg.history("web")).map(({ revision, info }) => [revision, info.status.code]), [
      [3, "DEPLOYED"],
      [2, "SUPERSEDED"],
      [1, "SUPERSEDED"],
    ]);
    equal((await skeg.get("web", { revision: 2 })).config?.raw, "greeting: hi\n");
    equal((await skeg.list()).releases.length, 1);
    equal((await skeg.test("web")).failures, 0);
    equal((await skeg.delete("web", { purge: true })).release.name, "web");
    equal((await skeg.list()).total, 0);
    ok(events.some((event) => event.type === "object" && event.progress.object === "ConfigMap/web"));
  } finally {
    await skeg.close();
  }
});

Deno.test("createSkeg() loads charts from paths and takes values as text", () =>
  inFolder(
    Object.fromEntries(Object.entries(FILES).map(([path, text]) => [join("web", path), text])),
    async (folder) => {
      const skeg = createSkeg({ sandbox: join(folder, "state.db"), storage: "secret" });
      const release = await skeg.install(join(folder, "web"), { name: "web", values: "greeting: hi\n" });
      equal(release.namespace, "default");
      await skeg.close();
      const again = createSkeg({ sandbox: join(folder, "state.db"), storage: "secret" });
      equal((await again.get("web")).config?.raw, "greeting: hi\n");
      await again.close();
    },
  ));

Deno.test("createSkeg() rejects with a SkegError that says what is wrong", async () => {
  const skeg = createSkeg({ sandbox: ":memory:" });
  await rejects(skeg.get("nope"), (error) => error instanceof SkegError && error.kind === "not-found");
  await rejects(
    skeg.install(chartFromFiles(FILES), { name: "web", set: ["greeting="] }),
    (error) => error instanceof SkegError && error.kind === "template",
  );
  await skeg.close();
});

Deno.test("createSkeg() installs the same bytes twice when it is given the same clock and numbers", async () => {
  const chart = chartFromFiles({
    ...FILES,
    "templates/secret.yaml": `apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}}
stringData: {password: {{ randAlphaNum 16 | quote }}, made: {{ now | unixEpoch | quote }}}
`,
  });
  const install = async (seed: number): Promise<Release> => {
    let state = seed;
    const random = () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
    const skeg = createSkeg({ sandbox: ":memory:", clock: () => ({ seconds: 1_600_000_000, nanos: 5 }), random });
    const upgraded = async (name: string) => await skeg.upgrade(name, chart, { values: { greeting: "hi" } });
    const release = await upgraded((await skeg.install(chart)).name);
    const { manifests } = await skeg.template(chart);
    await skeg.close();
    return { ...release, manifest: [release.manifest, ...manifests.map(({ text }) => text)].join("\n") };
  };
  const [one, same, other] = [await install(1), await install(1), await install(2)];
  deepEqual([same.name, same.manifest, same.info.firstDeployed], [one.name, one.manifest, one.info.firstDeployed]);
  deepEqual(one.info.lastDeployed, { seconds: 1_600_000_000, nanos: 5 });
  ok(one.manifest.includes('made: "1600000000"'));
  ok(other.name !== one.name && other.manifest.replaceAll(other.name, one.name) !== one.manifest);
});

Deno.test("createSkeg() stops when the caller's signal fires", async () => {
  const skeg = createSkeg({ sandbox: ":memory:" });
  const stop = AbortSignal.abort(new SkegError("aborted", "enough"));
  await rejects(skeg.install(chartFromFiles(FILES), { name: "web", signal: stop }));
  equal((await skeg.list()).total, 0);
  await skeg.close();
});

Deno.test("template() gives hooks, manifests and notes, and holds demands against capabilities that are given", async () => {
  const skeg = createSkeg({ namespace: "shop" });
  const chart = chartFromFiles({
    ...FILES,
    "Chart.yaml": 'name: web\nversion: 1.0.0\nkubeVersion: ">=1.20.0-0"\n',
    "templates/hook.yaml":
      "apiVersion: v1\nkind: Pod\nmetadata:\n  name: first\n  annotations: {helm.sh/hook: pre-install}\n",
    "templates/NOTES.txt": "{{ .Release.Name }} of {{ .Release.Namespace }}, revision {{ .Release.Revision }}",
  });
  const made = await skeg.template(chart, { release: { name: "x", revision: 3 }, values: { greeting: "hi" } });
  deepEqual(made.hooks.map(({ kind, name }) => `${kind}/${name}`), ["Pod/first"]);
  deepEqual(made.manifests.map(({ kind }) => kind), ["ConfigMap"]);
  ok(made.manifest.includes("greeting: hi"));
  equal(made.notes, "x of shop, revision 3");
  await rejects(skeg.template(chart, { capabilities: { kubeVersion: "1.16.0" } }), { kind: "chart" });
  await skeg.template(chart, { capabilities: { kubeVersion: "1.34.0" } });
});

Deno.test("values, files and set go over each other in this order", async () => {
  const skeg = createSkeg({ sandbox: ":memory:" });
  const files = [{ name: "own.yaml", content: "b: file\nc: file\n" }];
  const given = { values: { a: "data", b: "data", c: "data" }, files, set: ["c=set"] };
  const release = await skeg.install(chartFromFiles(FILES), { name: "web", ...given });
  equal(release.config?.raw, "a: data\nb: file\nc: set\n");
  await skeg.close();
});

Deno.test("a driver of one's own keeps the records, and one operation may have a listener of its own", async () => {
  const store: MemoryStore = new Map();
  const all: string[] = [], one: string[] = [];
  const skeg = createSkeg({ sandbox: ":memory:", storage: memoryDriver(store), onEvent: ({ type }) => all.push(type) });
  await skeg.install(chartFromFiles(FILES), { name: "web", onEvent: ({ type }) => one.push(type) });
  await skeg.upgrade("web", chartFromFiles(FILES));
  deepEqual([...store.keys()], ["web.v1", "web.v2"]);
  ok(one.includes("record") && all.length > one.length);
  await skeg.close();
});

Deno.test("every operation rejects with kind aborted when its signal has fired", async () => {
  const skeg = createSkeg({ sandbox: ":memory:" });
  const signal = AbortSignal.abort();
  const chart = chartFromFiles(FILES);
  const calls = [
    skeg.install(chart, { signal }),
    skeg.upgrade("web", chart, { signal }),
    skeg.rollback("web", 1, { signal }),
    skeg.delete("web", { signal }),
    skeg.list({ signal }),
    skeg.status("web", { signal }),
    skeg.history("web", { signal }),
    skeg.get("web", { signal }),
    skeg.test("web", { signal }),
    skeg.template(chart, { signal }),
  ];
  for (const call of calls) await rejects(call, { kind: "aborted" });
  await skeg.close();
});

Deno.test("an install that waits ends when its signal fires, and is FAILED", async () => {
  const skeg = createSkeg({ sandbox: ":memory:" });
  const chart = chartFromFiles({
    "Chart.yaml": "name: stuck\nversion: 1.0.0\n",
    "templates/pod.yaml":
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {nodeSelector: {no: where}, containers: [{name: c, image: c}]}\n",
  });
  const stop = new AbortController();
  const onEvent = (event: ReleaseEvent) => {
    if (event.type === "object" && event.progress.verb === "create") queueMicrotask(() => stop.abort());
  };
  await rejects(skeg.install(chart, { name: "web", wait: true, signal: stop.signal, onEvent }), { kind: "aborted" });
  equal((await skeg.get("web")).info.status.code, "FAILED");
  await skeg.close();
});

Deno.test("charts come from registries and repositories as well", () =>
  inFolder(
    { "web/Chart.yaml": FILES["Chart.yaml"], "web/templates/config.yaml": FILES["templates/config.yaml"] },
    async (folder) => {
      const server = startOciRegistry({ auth: "basic", user: { name: "ann", password: "secret" } });
      const skeg = createSkeg({ sandbox: ":memory:", home: join(folder, "helm") });
      const access = { username: "ann", password: "secret" };
      const place = `oci://${server.host}/charts`;
      try {
        await program(["package", join(folder, "web"), "--save=false", "-d", folder]);
        const pushed = ["push", join(folder, "web-1.0.0.tgz"), place, "--username", "ann", "--password", "secret"];
        equal((await program(pushed)).code, 0);
        const values = { greeting: "hi" };
        const release = await skeg.install(`${place}/web`, { name: "web", version: "^1.0", access, values });
        equal(release.chart?.metadata.version, "1.0.0");
        equal((await skeg.template(`${place}/web:1.0.0`, { access, values })).manifests.length, 1);
        await rejects(skeg.install(`${place}/web`, { version: "^2", access }), { kind: "not-found" });
        await rejects(skeg.install("stable/web"), { message: /failed to download "stable\/web"/ });
        await rejects(skeg.install("./nowhere"), { kind: "chart", message: 'path "./nowhere" not found' });
      } finally {
        await skeg.close();
        await server.stop();
      }
    },
  ));

Deno.test("the library has the ways that are better than Helm's as options", async () => {
  const skeg = createSkeg({ sandbox: ":memory:" });
  try {
    const empty = chartFromFiles({ "Chart.yaml": "name: none\nversion: 1.0.0\n", "templates/a.yaml": "# nothing\n" });
    await rejects(skeg.install(empty, { name: "no" }), { message: "release no failed: no objects visited" });
    await skeg.install(empty, { name: "none", allowEmpty: true, waitStrict: true });
    equal((await skeg.status("none")).info.status.resources, "");
    const chart = chartFromFiles({
      ...FILES,
      "requirements.yaml": "dependencies: [{name: db, version: 1.0.0, repository: '', condition: db.enabled}]\n",
      "values.yaml": "greeting: hello\ndb: {enabled: false}\n",
      "charts/db/Chart.yaml": "name: db\nversion: 1.0.0\n",
    });
    const subcharts = ({ chart }: Release): string[] =>
      (chart?.dependencies ?? []).map(({ metadata }) => metadata.name);
    await skeg.install(chart, { name: "web", set: ["db.enabled=true"] });
    deepEqual(subcharts(await skeg.upgrade("web", chart, { conditionsFromStoredValues: true })), ["db"]);
    deepEqual(subcharts(await skeg.upgrade("web", chart)), []);
    equal((await skeg.test("web", { asHooks: true })).failures, 0);
    const { release } = await skeg.delete("web");
    equal(release.info.status.code, "DELETED");
    const { info } = await skeg.status("web", { showResources: true });
    ok(info.status.resources.includes("==> MISSING"));
  } finally {
    await skeg.close();
  }
});

Deno.test("importing the library opens nothing and loads no cluster client", async () => {
  const root = join(import.meta.dirname ?? ".", "..");
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", join(root, "mod.ts")],
    stdout: "piped",
    stderr: "null",
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: {
      specifier: string;
      dependencies?: { specifier: string; code?: { specifier?: string }; isDynamic?: boolean }[];
    }[];
  };
  const bySpecifier = new Map(modules.map((module) => [module.specifier, module]));
  const seen = new Set<string>();
  const visit = (specifier: string): void => {
    if (seen.has(specifier)) return;
    seen.add(specifier);
    for (const { code, isDynamic } of bySpecifier.get(specifier)?.dependencies ?? []) {
      if (!isDynamic && code?.specifier !== undefined) visit(code.specifier);
    }
  };
  visit(
    modules.find(({ specifier }) => specifier === pathToFileURL(join(root, "mod.ts")).href)?.specifier ?? "",
  );
  ok(seen.size > 50);
  deepEqual([...seen].filter((specifier) => /\/engine\/(?:kube(?!\/(?:served|ready))|sandbox)\//.test(specifier)), []);
  // The front door of the operations has their error and loads each of them when it is called.
  const operations = /\/engine\/release\/(?:install|upgrade|rollback|uninstall|list|status|run_tests|perform)\.ts$/;
  deepEqual([...seen].filter((specifier) => operations.test(specifier)), []);
});

Deno.test("createSkeg().repair maps removed API versions and restores what was there", () => {
  const old = "---\napiVersion: rbac.authorization.k8s.io/v1beta1\nkind: Role\nmetadata: {name: web}\n";
  return withOldRecords([{ manifest: old }, { name: "shop" }], async ({ folder }) => {
    const home = join(folder, "home");
    const skeg = createSkeg({ sandbox: join(folder, "state.db"), home });
    try {
      const preview = await skeg.repair.mapApis({ all: true });
      deepEqual(preview.reports.map(({ release, records }) => [release, records]), [["shop", []], ["web", ["web.v1"]]]);
      equal((await skeg.get("web")).manifest, old);
      const { reports } = await skeg.repair.mapApis({ release: "web", yes: true });
      equal((await skeg.get("web")).manifest, old.replace("v1beta1", "v1"));
      const backup = reports[0]?.backup ?? "";
      ok(backup.startsWith(join(home, "backups")), backup);
      equal((await skeg.repair.undo({ archive: new Uint8Array(readFileSync(backup)) })).performed, false);
      equal((await skeg.repair.undo({ archive: backup, yes: true })).performed, true);
      equal((await skeg.get("web")).manifest, old);
      await rejects(skeg.repair.mapApis({}), { kind: "usage" });
      await rejects(skeg.repair.mapApis({ release: "web", signal: AbortSignal.abort() }), { kind: "aborted" });
    } finally {
      await skeg.close();
    }
    const memory = createSkeg({ sandbox: ":memory:", storage: "memory" });
    await rejects(memory.repair.mapApis({ release: "web" }), { kind: "usage", message: /cannot be repaired/ });
    await memory.close();
  });
});

Deno.test("createSkeg() runs chart tests with coverage, and reports failures as results", async () => {
  const suite = "suite: config\ntests:\n- it: greets\n  asserts:\n  - equal: {path: data.greeting, value: hello}\n" +
    "- it: fails\n  asserts:\n  - isKind: {of: Secret}\n";
  const files = Object.fromEntries(Object.entries(FILES).map(([path, text]) => [`web/${path}`, text]));
  await inFolder(
    { ...files, "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n", "web/tests/a_test.yaml": suite },
    async (folder) => {
      const skeg = createSkeg();
      const seen: string[] = [];
      const events = { suite: ({ name }: { name: string }) => void seen.push(name) };
      const report = await skeg.unittest(join(folder, "web"), { coverage: true, events });
      deepEqual([report.passed, report.counts.tests.passed, report.counts.tests.failed], [false, 1, 1]);
      deepEqual(seen, ["config"]);
      deepEqual(report.charts[0]?.coverage?.[0]?.templates[0]?.lines, { hit: 6, total: 6 });
      await skeg.close();
    },
  );
});

Deno.test("createSkeg() says where output of charts and revisions comes from", async () => {
  const skeg = createSkeg({ sandbox: ":memory:" });
  try {
    const chart = chartFromFiles(FILES);
    const asked = await skeg.why(chart, { set: ["greeting=hi"], release: { name: "web" } });
    deepEqual(asked.objects, [{ template: "web/templates/config.yaml", kind: "ConfigMap", name: "web" }]);
    const { text, places } = asked.field("ConfigMap/web", "data.greeting");
    deepEqual([text, places[0]?.file, places[0]?.line], ["hi", "templates/config.yaml", 6]);
    deepEqual(asked.value("greeting").map(({ path }) => path), ["data.greeting"]);
    deepEqual(asked.templateLine("templates/config.yaml", 4).map(({ path }) => path), ["metadata.name"]);
    deepEqual(await asked.missing("Secret/web"), []);
    await skeg.install(chart, { name: "web", set: ["greeting=one"] });
    await skeg.upgrade("web", chart, { set: ["greeting=two"] });
    const newest = (await skeg.whyRelease("web")).field("ConfigMap/web", "data.greeting");
    const first = (await skeg.whyRelease("web", { revision: 1 })).field("ConfigMap/web", "data.greeting");
    deepEqual([newest.text, first.text], ["two", "one"]);
    equal(newest.values[0]?.source, "given at revision 2");
  } finally {
    await skeg.close();
  }
});

/** Plans come true: plans beside the operations that they plan, on the sandbox. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { memoryDriver } from "../../../storage/mod.ts";
import { encodeYaml } from "../../lang/yaml/mod.ts";
import type { Chart } from "../../model/mod.ts";
import {
  type ApplyMode,
  createKubeClient,
  type JsonObject,
  type KubeObject,
  type KubeRequest,
  type Transport,
} from "../../kube/mod.ts";
import { compareManifests, NO_RENDERS, RISK_CODES } from "../../kube/explain/mod.ts";
import { openSandbox } from "../../sandbox/mod.ts";
import type { Environment } from "../environment.ts";
import { install, rollback, uninstall, upgrade } from "../operations.ts";
import type { UpgradeOptions } from "../upgrade.ts";
import { applyPlan } from "./apply.ts";
import { planOperation } from "./plan.ts";
import { readPlan, savePlan } from "./saved_plan.ts";

interface Bench {
  readonly env: Environment;
  readonly requests: KubeRequest[];
  readonly transport: Transport;
  readonly close: () => Promise<void>;
}

async function bench(): Promise<Bench> {
  const cluster = await openSandbox();
  const requests: KubeRequest[] = [];
  const transport: Transport = (request) => {
    requests.push(request);
    return cluster.transport(request);
  };
  const env: Environment = {
    kube: createKubeClient({ ...cluster, transport }, { waitIntervalMs: 1 }),
    driver: memoryDriver(),
    clock: () => ({ seconds: 1_600_000_000, nanos: 0 }),
    random: () => 0.5,
    report: () => {},
    historyMax: 0,
  };
  return { env, requests, transport, close: () => cluster.close() };
}

/** A chart of one template with these objects. */
function chartOf(objects: readonly unknown[]): Chart {
  const text = objects.map((object) => `---\n${encodeYaml(JSON.parse(JSON.stringify(object)))}`).join("");
  return {
    metadata: { name: "web", version: "1.0.0" },
    templates: [{ path: "templates/all.yaml", data: new TextEncoder().encode(text) }],
    dependencies: [],
    files: [],
  };
}

const pathOf = ({ apiVersion, kind, metadata }: KubeObject): string => {
  const base = apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`;
  return `${base}/namespaces/default/${kind?.toLowerCase()}s/${metadata?.name}`;
};

async function read(transport: Transport, path: string): Promise<KubeObject | undefined> {
  const response = await transport({ method: "GET", path });
  const body = await response.json();
  return response.status === 404 ? undefined : body;
}

const config = (name: string, data: JsonObject): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  data,
});

const containers = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom("a", "b", "c"),
    image: fc.constantFrom("x:1", "y:2"),
    env: fc.uniqueArray(
      fc.record({ name: fc.constantFrom("P", "Q", "R"), value: fc.constantFrom("1", "2") }),
      { selector: ({ name }) => name, maxLength: 3 },
    ),
  }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 3 },
);
const deployments = fc.record({ containers, replicas: fc.integer({ min: 0, max: 3 }), paused: fc.boolean() })
  .map(({ containers, replicas, paused }): KubeObject => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      replicas,
      ...paused ? { paused } : {},
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers } },
    },
  }));
const data = fc.dictionary(fc.constantFrom("p", "q", "r"), fc.constantFrom("1", "2", ""));
const sets = fc.tuple(deployments, data, fc.option(data)).map(([deployment, first, second]) => [
  deployment,
  config("one", first),
  ...second === null ? [] : [config("two", second)],
]);
const modes = fc.constantFrom<ApplyMode>("tiller", "three-way", "server-side");

Deno.test("planOperation() predicts every object of an upgrade, in all modes and after any edit", async () => {
  await fc.assert(
    fc.asyncProperty(sets, sets, sets, modes, fc.boolean(), async (old, target, edits, apply, isSaved) => {
      const { env, transport, requests, close } = await bench();
      try {
        await install(env, { chart: chartOf(old), name: "web", namespace: "default" });
        for (const edit of edits) {
          const body = JSON.stringify({ spec: edit.spec, data: edit.data });
          const path = `${pathOf(edit)}?fieldManager=kubectl-edit`;
          await (await transport({ method: "PATCH", path, body, contentType: "application/merge-patch+json" })).text();
        }
        const options = { name: "web", chart: chartOf(target), apply };
        const paths = [...new Set([...old, ...target].map(pathOf))];
        const before = await Promise.all(paths.map((path) => read(transport, path)));
        requests.length = 0;
        const { report, predicted } = await planOperation(env, { operation: "upgrade", options });
        const writes = requests.filter(({ method, path }) => method !== "GET" && !path.includes("dryRun=All"));
        deepEqual(writes, []);
        // The sandbox's controllers may still write statuses.
        for (const [at, path] of paths.entries()) {
          const [now, then] = [await read(transport, path), before[at]];
          deepEqual([now?.metadata?.uid, now?.metadata?.generation], [then?.metadata?.uid, then?.metadata?.generation]);
          deepEqual(differences(now ?? {}, then ?? {}, apply), [], path);
        }
        const isRefused = report.objects.some(({ action }) => action === "refused");
        const failure = await (isSaved ? applied(env, options) : upgrade(env, options)).then(
          () => undefined,
          (error: Error) => error,
        );
        equal(failure !== undefined, isRefused, failure?.message ?? "it succeeded");
        if (isRefused) return;
        const after = new Map(predicted.writes.map(({ path, after }) => [path, after]));
        for (const [at, path] of paths.entries()) {
          const expected = after.has(path) ? after.get(path) : before[at];
          const found = await read(transport, path);
          equal(found === undefined, expected === undefined, path);
          if (found !== undefined && expected !== undefined) deepEqual(differences(found, expected, apply), [], path);
        }
        // What the report leaves out does not change.
        const named = new Set(report.objects.filter(({ action }) => action !== "none").map(({ id }) => id.name));
        for (const [at, path] of paths.entries()) {
          if (named.has(path.split("/").at(-1) ?? "")) continue;
          deepEqual(differences(await read(transport, path) ?? {}, before[at] ?? {}, apply), [], path);
        }
        const again = await planOperation(env, { operation: "upgrade", options });
        deepEqual(again.report.objects.filter(({ action }) => action !== "none"), []);
      } finally {
        await close();
      }
    }),
    { numRuns: 40 },
  );
});

/** Makes a plan, saves it as a file does, and applies it. */
async function applied(env: Environment, options: UpgradeOptions): Promise<void> {
  const saved = await savePlan(env, await planOperation(env, { operation: "upgrade", options }));
  await applyPlan(env, readPlan(JSON.stringify(saved), "plan.json"), { accept: RISK_CODES });
}

/**
 * Returns the fields that differ, without the annotations of the sandbox's controllers.
 *
 * Server-side apply may need two patches, and the server can only predict each of them alone: then the order of items that
 * others added to a list is a guess.
 */
function differences(a: KubeObject, b: KubeObject, apply: ApplyMode): string[] {
  return compareManifests(a, b, { facts: NO_RENDERS })
    .filter(({ order }) => order !== true || apply !== "server-side")
    .map(({ path }) => path).filter((path) => !path.startsWith("/metadata/annotations"));
}

Deno.test("planOperation() of an install names existing objects, their owners, and what would stop", async () => {
  const { env, close } = await bench();
  await install(env, { chart: chartOf([config("mine", { a: "1" })]), name: "api", namespace: "default" });
  const options = { chart: chartOf([config("mine", {}), config("new", {})]), name: "web", namespace: "default" };
  const { report } = await planOperation(env, { operation: "install", options });
  deepEqual(report.objects.map(({ id, action }) => [id.name, action]), [["mine", "refused"], ["new", "create"]]);
  deepEqual(report.risks.map(({ code, level, object }) => [code, level, object]), [
    ["other-release", "danger", "ConfigMap/mine"],
  ]);
  match(report.risks[0]?.text ?? "", /belongs to release "api"; the operation stops/);
  await close();
});

Deno.test("planOperation() shows refused patches with the server's words, and goes on", async () => {
  const { env, close } = await bench();
  const service = (clusterIP: string): KubeObject => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web" },
    spec: { clusterIP, ports: [{ port: 80 }] },
  });
  const old = [service("10.96.0.77"), config("gone", {})];
  await install(env, { chart: chartOf(old), name: "web", namespace: "default" });
  const options = { name: "web", chart: chartOf([service("10.96.0.78")]) };
  const { report } = await planOperation(env, { operation: "upgrade", options });
  deepEqual(report.objects.map(({ id, action }) => [id.name, action]), [["web", "refused"], ["gone", "delete"]]);
  deepEqual([report.risks[0]?.code, report.risks[0]?.level], ["immutable", "danger"]);
  match(report.risks[0]?.text ?? "", /may not change.*this patch fails, nothing is deleted, and revision 2 is FAILED/s);
  const forced = await planOperation(env, { operation: "upgrade", options: { ...options, force: true } });
  deepEqual(forced.report.objects.map(({ action }) => action), ["recreate", "delete"]);
  equal(forced.report.risks[0]?.code, "recreate");
  await close();
});

Deno.test("planOperation() of a rollback and of a deletion predicts what they do", async () => {
  const { env, transport, close } = await bench();
  const kept = {
    ...config("kept", {}),
    metadata: { name: "kept", annotations: { "helm.sh/resource-policy": "keep" } },
  };
  await install(env, { chart: chartOf([config("one", { a: "1" }), kept]), name: "web", namespace: "default" });
  await upgrade(env, { name: "web", chart: chartOf([config("one", { a: "2" }), config("two", {}), kept]) });
  const back = await planOperation(env, { operation: "rollback", options: { name: "web", revision: 1 } });
  deepEqual(back.report.objects.map(({ id, action }) => [id.name, action]), [["one", "update"], ["two", "delete"]]);
  deepEqual(back.report.objects[0]?.changes.map(({ path, before, after }) => [path, before, after]), [
    ["/data/a", "2", "1"],
  ]);
  await rollback(env, { name: "web", revision: 1 });
  const gone = await planOperation(env, { operation: "delete", options: { name: "web" } });
  deepEqual(gone.report.objects.map(({ id, action }) => [id.name, action]), [["one", "delete"], ["kept", "keep"]]);
  equal(gone.report.summary.deleted, 1);
  await uninstall(env, { name: "web" });
  equal(await read(transport, "/api/v1/namespaces/default/configmaps/one"), undefined);
  await close();
});

Deno.test("planOperation() never sends a write to a server without dry runs, and predicts the same here", async () => {
  const { env, requests, transport, close } = await bench();
  await install(env, { chart: chartOf([config("one", { a: "1" })]), name: "web", namespace: "default" });
  const version = JSON.stringify({ major: "1", minor: "12+", gitVersion: "v1.12.3" });
  const old: Environment = {
    ...env,
    kube: createKubeClient({
      ...env.kube.cluster,
      transport: (request) => request.path === "/version" ? Promise.resolve(new Response(version)) : transport(request),
    }),
  };
  requests.length = 0;
  const options = { name: "web", chart: chartOf([config("one", { a: "2" }), config("two", {})]) };
  const { report } = await planOperation(old, { operation: "upgrade", options });
  ok(requests.every(({ method }) => method === "GET"));
  deepEqual(report.objects.map(({ id, action, predicted }) => [id.name, action, predicted]), [
    ["one", "update", "local"],
    ["two", "create", "local"],
  ]);
  equal(report.summary.local, 2);
  equal((await read(transport, "/api/v1/namespaces/default/configmaps/one"))?.data?.["a" as never], "1");
  await close();
});

Deno.test("planOperation() costs at most one more request for each object than an upgrade without changes", async () => {
  const { env, requests, close } = await bench();
  const many = Array.from({ length: 500 }, (_, at) => config(`c${at}`, { a: "1" }));
  const options = { name: "web", chart: chartOf(many) };
  await install(env, { ...options, namespace: "default" });
  requests.length = 0;
  await planOperation(env, { operation: "upgrade", options });
  ok(requests.length <= 600, `${requests.length} requests`);
  await close();
});

Deno.test("planOperation() names API versions of the record that the server does not have any more", async () => {
  const { env, close } = await bench();
  const web: KubeObject = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "a", image: "x:1" }] } },
    },
  };
  const chart = chartOf([web]);
  const { release } = await install(env, { chart, name: "web", namespace: "default" });
  await env.driver.update({ ...release, manifest: release.manifest.replace("apps/v1", "extensions/v1beta1") });
  const { report } = await planOperation(env, { operation: "upgrade", options: { name: "web", chart } });
  deepEqual(report.risks, [{
    code: "removed-api",
    level: "warn",
    object: "Deployment/web",
    text: "the server does not have extensions/v1beta1 any more; the object is sent as apps/v1",
  }]);
  await close();
});

Deno.test("planOperation() names a revision that is not finished: a danger while its operation may be running", async () => {
  const { env: { clock, ...rest }, close } = await bench();
  const env: Environment = { ...rest, clock, patienceSeconds: 0 };
  const { release } = await install(env, { chart: chartOf([config("one", {})]), name: "web", namespace: "default" });
  const status = { ...release.info.status, code: "PENDING_UPGRADE" as const };
  await env.driver.create({ ...release, revision: 2, info: { ...release.info, lastDeployed: clock(), status } });
  for (const [later, level] of [[0, "danger"], [3600, "warn"]] as const) {
    const then = { ...env, clock: () => ({ seconds: clock().seconds + later, nanos: 0 }) };
    const { report } = await planOperation(then, { operation: "rollback", options: { name: "web", revision: 1 } });
    deepEqual(report.risks.map(({ code, level, object }) => [code, level, object]), [[
      "pending",
      level,
      "release web",
    ]]);
  }
  await close();
});

Deno.test("planOperation() in mode server-side names the managers whose fields are taken over", async () => {
  const { env, transport, close } = await bench();
  const chart = chartOf([config("one", { a: "1", b: "1" })]);
  await install(env, { chart, name: "web", namespace: "default" });
  const path = "/api/v1/namespaces/default/configmaps/one?fieldManager=kubectl-edit";
  const body = JSON.stringify({ data: { a: "2" } });
  await transport({ method: "PATCH", path, body, contentType: "application/merge-patch+json" });
  for (const apply of ["tiller", "three-way", "server-side"] as const) {
    const { report } = await planOperation(env, { operation: "upgrade", options: { name: "web", chart, apply } });
    const texts = report.risks.map(({ code, text }) => `${code} ${text}`);
    deepEqual(texts, apply === "server-side" ? ["takeover takes over from kubectl-edit: data.a"] : []);
  }
  await close();
});

const hookOf = (name: string, kind: string, policies: string, more: JsonObject = {}): JsonObject => ({
  apiVersion: "v1",
  kind,
  metadata: {
    name,
    annotations: {
      "helm.sh/hook": "pre-upgrade",
      ...policies === "" ? {} : { "helm.sh/hook-delete-policy": policies },
    },
  },
  ...more,
});

Deno.test("planOperation() warns of hooks that exist, of policies that delete a claim, of foreign objects and large records", async () => {
  const { env, transport, close } = await bench();
  await install(env, { chart: chartOf([config("one", {})]), name: "web", namespace: "default" });
  for (const name of ["left", "foreign"]) {
    const body = JSON.stringify(config(name, {}));
    await (await transport({ method: "POST", path: "/api/v1/namespaces/default/configmaps", body })).text();
  }
  const claim = { spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } };
  // Random bytes cannot be compressed: the record comes near its limit of 1 MiB.
  const noise = Array.from({ length: 11 }, () => crypto.getRandomValues(new Uint8Array(65_536)));
  const chart: Chart = {
    ...chartOf([
      config("one", {}),
      config("foreign", {}),
      hookOf("left", "ConfigMap", ""),
      hookOf("data", "PersistentVolumeClaim", "before-hook-creation", claim),
    ]),
    files: [{ path: "noise.txt", data: new Uint8Array(noise.flatMap((bytes) => [...bytes])) }],
  };
  const { report } = await planOperation(env, { operation: "upgrade", options: { name: "web", chart } });
  const found = report.risks.map(({ code, level, object }) => `${level} ${code} ${object}`);
  deepEqual(
    ["danger foreign ConfigMap/foreign", "warn hook ConfigMap/left", "warn hook PersistentVolumeClaim/data"].filter((
      one,
    ) => !found.includes(one)),
    [],
    found.join("; "),
  );
  ok(found.includes("warn record release web"), found.join("; "));
  deepEqual(report.hooks.map(({ name, event }) => [name, event]), [["data", "pre-upgrade"], ["left", "pre-upgrade"]]);
  await close();
});

Deno.test("planOperation() with adopt takes objects over that no release owns, and of another release only with its flag", async () => {
  const { env, transport, close } = await bench();
  await install(env, { chart: chartOf([config("theirs", { a: "1" })]), name: "api", namespace: "default" });
  await install(env, { chart: chartOf([config("one", {})]), name: "web", namespace: "default" });
  const body = JSON.stringify(config("loose", { a: "1" }));
  await (await transport({ method: "POST", path: "/api/v1/namespaces/default/configmaps", body })).text();
  const actions = async (names: readonly string[], more: object) => {
    const chart = chartOf(["one", ...names].map((name) => config(name, { a: "2" })));
    const { report } = await planOperation(env, { operation: "upgrade", options: { name: "web", chart, ...more } });
    const kinds = report.risks.map(({ code }) => code);
    return [report.objects.map(({ id, action }) => `${action} ${id.name}`), kinds, report.summary.adopted];
  };
  deepEqual(await actions(["loose"], {}), [["update one", "refused loose"], ["foreign"], 0]);
  deepEqual(await actions(["loose"], { adopt: true }), [["update one", "adopt loose"], [], 1]);
  deepEqual(await actions(["theirs"], { adopt: true }), [["update one", "refused theirs"], ["other-release"], 0]);
  deepEqual(await actions(["theirs"], { adopt: true, takeOwnership: true }), [["update one", "adopt theirs"], [], 1]);
  await close();
});

Deno.test("planOperation() predicted here names what an empty value of the chart takes away, as the server does", async () => {
  const { env, transport, close } = await bench();
  const replicas = (value: number | null): JsonObject => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      replicas: value,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "main", image: "nginx" }] } },
    },
  });
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "web" }, data: { token: null } };
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web" },
    spec: { ports: [{ port: 80 }], selector: { app: "web", tier: null } },
  };
  const chart = chartOf([replicas(null), secret, service]);
  await install(env, { chart, name: "web", namespace: "default" });
  await transport({
    method: "PATCH",
    path: "/apis/apps/v1/namespaces/default/deployments/web",
    contentType: "application/merge-patch+json",
    body: JSON.stringify({ spec: { replicas: 5 } }),
  });
  const options = { name: "web", chart, apply: "three-way" } as const;
  for (const predict of ["server", "local"] as const) {
    const { report } = await planOperation(env, { operation: "upgrade", options }, { predict });
    deepEqual(report.objects.map(({ id, action }) => `${id.kind} ${action}`), [
      "Secret update",
      "Service update",
      "Deployment update",
    ], predict);
  }
  await close();
});

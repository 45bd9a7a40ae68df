import { deepEqual, equal, match, notEqual, ok, rejects } from "node:assert/strict";
import { chartFromFiles } from "../../engine/chart/load/mod.ts";
import { KubeManifest } from "../../engine/kube/mod.ts";
import { getRelease, history, list, rollback, status, uninstall, upgrade } from "../../engine/release/mod.ts";
import type { Chart, KubeObject, Release } from "../../engine/model/mod.ts";
import { playKill } from "../resilience/_kills.ts";
import { oldSubject } from "../resilience/_old_release.ts";
import { hurry, stageOn, STRIDE } from "../resilience/_stage.ts";
import { type OldCluster, oldStory } from "./_old_cluster.ts";

const BARE = { isBare: true };
const FULL = { isBare: false };

const WORKLOADS = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "CronJob"];

/** Returns the marks that must not change without an intended change: uid, and generation of a workload's spec. */
function marks(objects: ReadonlyMap<string, KubeObject>, generations = true): Record<string, unknown> {
  return Object.fromEntries([...objects].map(([key, { metadata, kind = "" }]) => {
    const generation = generations && WORKLOADS.includes(kind) ? metadata?.generation : undefined;
    return [key, [metadata?.uid, generation]];
  }));
}

/** Returns the changed objects, with their marks before and after. */
function changed(before: ReadonlyMap<string, KubeObject>, after: ReadonlyMap<string, KubeObject>): string[] {
  const [old, now] = [marks(before), marks(after)];
  return Object.keys({ ...old, ...now }).filter((key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]))
    .map((key) => `${key}: ${old[key]} -> ${now[key]}`);
}

async function newest({ env }: OldCluster, name: string): Promise<Release> {
  return await getRelease(env, { name });
}

// Pins Q51b.
oldStory("every release is taken over: status, rollback to itself, rollback, upgrade, purge", BARE, async (old) => {
  const { env, live } = old;
  const { releases } = await list(env, { limit: 500 });
  deepEqual(releases.map(({ name }) => name).sort(), ["all", "five", "four", "six", "three", "two", "web"]);
  const owned = new Map<string, Set<string>>();
  for (const { name } of releases) owned.set(name, new Set((await live(await newest(old, name))).keys()));
  for (const { name, revision } of releases) {
    match((await status(env, { name })).info.status.resources, /^==> /, name);
    const first = await newest(old, name);
    const before = await live(first);
    ok(before.size >= 3, name);

    await rollback(env, { name, revision });
    deepEqual(changed(before, await live(first)), []);
    if (revision > 1) await rollback(env, { name, revision: 1 });

    ok(first.chart);
    await upgrade(env, {
      name,
      chart: first.chart,
      reuseValues: true,
      disableHooks: true,
      removedApis: "map",
      skipRemoved: true,
    });
    const after = await newest(old, name);
    const kept = marks(await live(after), false);
    for (const [key, mark] of Object.entries(marks(before, false))) {
      if (key in kept) deepEqual(kept[key], mark, `${name}: ${key} was made anew`);
    }
    // The new record holds the manifests that were sent, so none of them is removed on the server.
    deepEqual(await env.kube.findRemoved([new KubeManifest(after.manifest)]), [], name);

    owned.delete(name);
    const others = new Set([...owned.values()].flatMap((keys) => [...keys]));
    await uninstall(env, { name, purge: true, disableHooks: true });
    const left = [...await live(first)].filter(([key, { metadata }]) =>
      !others.has(key) && metadata?.deletionTimestamp === undefined
    );
    deepEqual(left.map(([key]) => key), [], `${name}: delete --purge`);
    await rejects(newest(old, name), { kind: "not-found" });
    for (const [other, keys] of owned) {
      const there = await live(await newest(old, other));
      deepEqual([...keys].filter((key) => !there.has(key)), [], `${other} lost objects to ${name}`);
    }
  }
  deepEqual((await list(env)).releases, []);
});

/** Returns the chart of these releases, migrated by hand to current API versions. */
function modernChart(chart: Chart, image = "nginx:1.13"): Chart {
  return chartFromFiles({
    "Chart.yaml": 'name: web\nversion: 0.2.0\nappVersion: "1.0"\n',
    "values.yaml": chart.values?.raw ?? "",
    "templates/all.yaml": `apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-web
spec:
  ports: [{port: 80, targetPort: 80}]
  selector: {app: {{ .Release.Name }}-web}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
  labels: {app: {{ .Release.Name }}-web}
spec:
  replicas: {{ .Values.replicas | default 1 }}
  selector:
    matchLabels: {app: {{ .Release.Name }}-web}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}-web}
    spec:
      containers:
      - name: web
        image: ${image}
        ports: [{containerPort: 80}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ .Release.Name }}-web
spec:
  rules:
  - host: web.example.com
    http:
      paths:
      - path: /
        pathType: ImplementationSpecific
        backend: {service: {name: {{ .Release.Name }}-web, port: {number: 80}}}
`,
  });
}

/** Returns the pod-template hashes of a Deployment's ReplicaSets, and its pods. */
async function podsOf({ read }: OldCluster, app: string): Promise<{ hashes: string[]; pods: string[] }> {
  const items = async (path: string): Promise<KubeObject[]> =>
    (await read(`${path}?labelSelector=app%3D${app}`) as { items: KubeObject[] }).items;
  const sets = await items("/apis/apps/v1/namespaces/default/replicasets");
  const pods = await items("/api/v1/namespaces/default/pods");
  return {
    hashes: sets.map(({ metadata }) => metadata?.labels?.["pod-template-hash"] ?? "").sort(),
    pods: pods.map(({ metadata }) => metadata?.uid ?? "").sort(),
  };
}

oldStory(
  "over the API boundary by a moved chart, back and forth: pods stay where nothing changes",
  FULL,
  async (old) => {
    const { env, live } = old;
    const first = await newest(old, "web");
    ok(first.chart);
    await waitFor(async () => (await podsOf(old, "web-web")).pods.length === 1);
    const [before, pods] = [marks(await live(first)), await podsOf(old, "web-web")];
    const same = async (step: string): Promise<void> => {
      deepEqual(marks(await live(first)), before, step);
      deepEqual(await podsOf(old, "web-web"), pods, step);
    };
    await upgrade(env, { name: "web", chart: modernChart(first.chart), wait: true, timeoutSeconds: 60 });
    await same("upgrade to apps/v1");
    await rollback(env, { name: "web", revision: 1, wait: true, timeoutSeconds: 60 });
    await same("rollback to extensions/v1beta1");
    await rollback(env, { name: "web", revision: 2, wait: true, timeoutSeconds: 60 });
    await same("rollback to apps/v1");
    for (const apply of ["three-way", "server-side"] as const) {
      await rollback(env, { name: "web", revision: 1, apply });
      await rollback(env, { name: "web", revision: 2, apply });
      const { hashes } = await podsOf(old, "web-web");
      deepEqual(hashes, pods.hashes, apply);
    }
    // An intended change reaches the pods as a normal rollout.
    await upgrade(env, { name: "web", chart: modernChart(first.chart, "nginx:1.14"), wait: true, timeoutSeconds: 60 });
    notEqual((await podsOf(old, "web-web")).hashes.length, pods.hashes.length);
    const deployment = await old.read("/apis/apps/v1/namespaces/default/deployments/web-web");
    const { strategy, revisionHistoryLimit, progressDeadlineSeconds } = deployment?.spec as Record<string, unknown>;
    deepEqual(strategy, { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } });
    deepEqual([revisionHistoryLimit, progressDeadlineSeconds], [2147483647, 2147483647]);
  },
);

oldStory("what is gone is made anew with the old version's defaults", BARE, async (old) => {
  const { env, send, read } = old;
  const path = "/apis/apps/v1/namespaces/default/deployments/two-web";
  await send("DELETE", path);
  await waitFor(async () => await read(path) === undefined);
  await rollback(env, { name: "two", revision: 1 });
  const spec = (await read(path))?.spec as Record<string, unknown>;
  deepEqual(spec.strategy, { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } });
  deepEqual([spec.revisionHistoryLimit, spec.progressDeadlineSeconds], [2147483647, 2147483647]);
  deepEqual(spec.selector, { matchLabels: { app: "two-web" } });
});

// Pins Q51.
oldStory(
  "a chart that was not moved is refused before anything has changed, and --force deletes nothing",
  BARE,
  async (old) => {
    const { env, live, events } = old;
    const first = await newest(old, "four");
    ok(first.chart);
    const before = marks(await live(first));
    for (const force of [false, true]) {
      await rejects(
        upgrade(env, { name: "four", chart: first.chart, force }),
        (error: Error & { details?: string }) => {
          match(
            error.message,
            /unable to recognize "": no matches for kind "Deployment" in version "extensions\/v1beta1"/,
          );
          match(error.details ?? "", /Deployment "four-web" \(web\/templates\/all\.yaml\): .*1\.16.*apps\/v1/);
          match(error.details ?? "", /Ingress "four-web"/);
          match(error.details ?? "", /--removed-apis map/);
          return true;
        },
      );
      equal((await history(env, { name: "four", max: 10 })).length, 1);
      deepEqual(marks(await live(first)), before);
    }
    deepEqual(events.filter(({ type }) => type === "record"), []);
  },
);

oldStory("a rollback that the server refuses leaves DEPLOYED what runs", BARE, async (old) => {
  const { env, live } = old;
  const first = await newest(old, "five");
  ok(first.chart);
  // A chart with other labels needs --force, because the selector is immutable.
  const other = chartFromFiles({
    "Chart.yaml": "name: web\nversion: 0.3.0\n",
    "templates/all.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: five-web}
spec:
  selector: {matchLabels: {app: other}}
  template:
    metadata: {labels: {app: other}}
    spec: {containers: [{name: web, image: "nginx:1.13"}]}
`,
  });
  await upgrade(env, { name: "five", chart: other, force: true, timeoutSeconds: 30 });
  const now = await newest(old, "five");
  const before = marks(await live(now));
  await rejects(rollback(env, { name: "five", revision: 1 }), /selector/);
  deepEqual(marks(await live(now)), before);
  const statuses = (await history(env, { name: "five", max: 10 })).map(({ info }) => info.status.code);
  deepEqual(statuses, ["DEPLOYED", "SUPERSEDED"]);
  await upgrade(env, { name: "five", chart: other, config: "x: 1\n" });
});

async function waitFor(check: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  throw new Error("waited for 30 seconds");
}

oldStory("killed after any request, an operation is brought to a good end by the next one", BARE, async (old) => {
  hurry();
  const stage = stageOn(old.cluster, "default", "kube-system", { settle: async () => {}, close: async () => {} });
  const subject = oldSubject(() => Promise.resolve(stage));
  const remedies = Object.keys(subject.remedies);
  let kills = 0;
  for (const [row, victim] of subject.victims.entries()) {
    for (let k = 1;; k++) {
      // Each request gets one remedy, in turns; with SKEG_RESILIENCE=all each request gets all remedies.
      const tried = STRIDE === 1 ? remedies : [remedies[(row + k) % remedies.length] ?? ""];
      const outcomes = [];
      for (const remedy of tried) outcomes.push(await playKill(subject, victim, k, remedy));
      if (outcomes.some(({ killed }) => !killed)) break;
      kills += outcomes.length;
      for (const { wrong, left, remedy } of outcomes) {
        deepEqual(wrong, [], `${victim.verb}, request ${k}: ${left}; ${remedy}`);
      }
    }
  }
  ok(kills > 40, `${kills} kills`);
});

oldStory("what --force makes anew has the old version's defaults, and its labels may be others", BARE, async (old) => {
  const { env, read } = old;
  const path = "/apis/apps/v1/namespaces/default/deployments/six-web";
  const before = await read(path);
  const chart = chartFromFiles({
    "Chart.yaml": "name: web\nversion: 0.3.0\n",
    "templates/all.yaml": `apiVersion: extensions/v1beta1
kind: Deployment
metadata: {name: six-web}
spec:
  template:
    metadata: {labels: {app: other}}
    spec: {containers: [{name: web, image: "nginx:1.13"}]}
`,
  });
  const options = { name: "six", chart, removedApis: "map", timeoutSeconds: 30 } as const;
  await rejects(upgrade(env, options), /cannot be changed/);
  deepEqual((await read(path))?.metadata?.uid, before?.metadata?.uid);
  await upgrade(env, { ...options, force: true });
  const { metadata, spec } = await read(path) as { metadata: { uid: string }; spec: Record<string, unknown> };
  notEqual(metadata.uid, before?.metadata?.uid);
  deepEqual([spec.selector, spec.revisionHistoryLimit], [{ matchLabels: { app: "other" } }, 2147483647]);
});

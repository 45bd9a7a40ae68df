import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { chartFromFiles } from "../engine/chart/load/mod.ts";
import { openSandbox } from "../engine/sandbox/mod.ts";
import type { KnownOutline } from "../engine/release/mod.ts";
import { inFolder } from "../tests/_lib/folder.ts";
import { createSkeg } from "./skeg.ts";
import type { SentRequest, Skeg } from "./skeg_options.ts";

const chart = (version = "1.0.0", replicas = 1) =>
  chartFromFiles({
    "Chart.yaml": `name: web\nversion: ${version}\n`,
    "templates/a.yaml":
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: {{ .Release.Name }}}\nspec:\n  replicas: ${replicas}\n  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}, annotations: {skeg.dev/log: "one\\ntwo"}}\n    spec: {containers: [{name: main, image: x}]}\n`,
    "templates/b.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n",
  });

/** Runs `work` with a library on a sandbox file, and the requests that it sends. */
async function withSandbox(work: (skeg: Skeg, sent: SentRequest[], file: string) => Promise<void>): Promise<void> {
  await inFolder({}, async (folder) => {
    const sent: SentRequest[] = [];
    const file = `${folder}/state.db`;
    const skeg = createSkeg({ sandbox: file, onRequest: (request) => void sent.push(request) });
    try {
      await work(skeg, sent, file);
    } finally {
      await skeg.close();
    }
  });
}

Deno.test("outlines() has the newest revision of each release, and reads known records no more", () =>
  withSandbox(async (skeg, sent) => {
    await skeg.install(chart(), { name: "web" });
    await skeg.upgrade("web", chart("1.1.0"));
    await skeg.install(chart(), { name: "a-web" });
    const known = new Map<string, KnownOutline>();
    const first = await skeg.outlines({ known });
    deepEqual(first.revisions.map(({ head, release }) => [head.key, release?.chart?.metadata.version]), [
      ["a-web.v1", "1.0.0"],
      ["web.v2", "1.1.0"],
    ]);
    deepEqual([first.releases, first.records, known.size], [2, 3, 2]);
    sent.length = 0;
    const again = await skeg.outlines({ known });
    deepEqual(again, first);
    equal(sent.length, 1);
    await skeg.upgrade("a-web", chart("1.2.0"));
    sent.length = 0;
    const later = await skeg.outlines({ known });
    ok(later.version !== first.version);
    deepEqual(sent.map(({ path }) => path.split("/").at(-1)), ["configmaps", "a-web.v2"]);
    deepEqual([...known.keys()].sort(), ["a-web.v1", "a-web.v2", "web.v2"]);
    equal((await skeg.outlines({ revisions: true })).revisions.length, 4);
    await skeg.delete("web", { purge: true });
    await skeg.outlines({ known });
    ok(!known.has("web.v2"));
  }));

Deno.test("revisions() has sizes and versions of records, newest first", () =>
  withSandbox(async (skeg) => {
    await skeg.install(chart(), { name: "web" });
    await skeg.upgrade("web", chart("1.1.0"));
    const { revisions: found, records } = await skeg.revisions("web");
    equal(records, 2);
    deepEqual(found.map(({ release }) => release.revision), [2, 1]);
    ok(found.every(({ sizeBytes = 0, version = "" }) => sizeBytes > 300 && version !== ""));
    equal((await skeg.revisions("web", { max: 1 })).revisions.length, 1);
    await rejects(skeg.revisions("nothing"), { kind: "not-found" });
  }));

Deno.test("resources() has the state of each object, what it owns, and objects that are missing", () =>
  withSandbox(async (skeg, sent, file) => {
    await skeg.install(chart("1.0.0", 2), { name: "web", wait: true });
    sent.length = 0;
    const { objects } = await skeg.resources("web");
    deepEqual(objects.map(({ kind, state, owned }) => [kind, state, owned.length]), [
      ["ConfigMap", "ready", 0],
      ["Deployment", "ready", 0],
    ]);
    // The record; one list for each kind; nothing says more about what is ready.
    equal(sent.filter(({ path }) => path.includes("pods")).length, 0);
    const [, deployment] = (await skeg.resources("web", { owned: true })).objects;
    deepEqual(deployment?.owned.map(({ kind, owned }) => [kind, owned.map((pod) => [pod.kind, pod.state])]), [
      ["ReplicaSet", [["Pod", "ready"], ["Pod", "ready"]]],
    ]);
    const sandbox = await openSandbox({ file });
    await sandbox.transport({ method: "DELETE", path: "/api/v1/namespaces/default/configmaps/web" });
    await sandbox.close();
    const [gone] = (await skeg.resources("web")).objects;
    deepEqual([gone?.state, gone?.reason, gone?.live], ["missing", "it does not exist", undefined]);
  }));

Deno.test("resources() has the Jobs of a CronJob, and their pods", () =>
  withSandbox(async (skeg, _sent, file) => {
    const cron = chartFromFiles({
      "Chart.yaml": "name: cron\nversion: 1.0.0\n",
      "templates/a.yaml":
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly}\nspec:\n  schedule: '@daily'\n  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: x}]}}}}\n",
    });
    await skeg.install(cron, { name: "cron" });
    const live = await skeg.object({ apiVersion: "batch/v1", kind: "CronJob", namespace: "default", name: "nightly" });
    const sandbox = await openSandbox({ file });
    const reference = {
      apiVersion: "batch/v1",
      kind: "CronJob",
      name: "nightly",
      uid: live?.metadata?.uid,
      controller: true,
    };
    const made = await sandbox.transport({
      method: "POST",
      path: "/apis/batch/v1/namespaces/default/jobs",
      body: JSON.stringify({
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name: "nightly-1", ownerReferences: [reference] },
        spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "main", image: "x" }] } } },
      }),
    });
    equal(made.status, 201);
    await sandbox.close();
    let jobs;
    for (let tries = 0; tries < 50; tries++) {
      [jobs] = (await skeg.resources("cron", { owned: true })).objects.map(({ owned }) => owned);
      if ((jobs?.[0]?.owned.length ?? 0) > 0) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    deepEqual(jobs?.map(({ kind, name, owned }) => [kind, name, owned.map((pod) => pod.kind)]), [["Job", "nightly-1", [
      "Pod",
    ]]]);
  }));

Deno.test("object(), events() and log() read one object, its events, and a pod's log", () =>
  withSandbox(async (skeg) => {
    await skeg.install(chart(), { name: "web", wait: true });
    const named = { apiVersion: "apps/v1", kind: "Deployment", namespace: "default", name: "web" };
    equal((await skeg.object(named))?.metadata?.name, "web");
    equal(await skeg.object({ ...named, name: "other" }), undefined);
    await rejects(skeg.object({ ...named, kind: "Nothing" }), /no matches for kind "Nothing"/);
    deepEqual(await skeg.events([{ kind: "Pod", namespace: "default", name: "none" }]), []);
    const [, deployment] = (await skeg.resources("web", { owned: true })).objects;
    const pod = deployment?.owned[0]?.owned[0]?.name ?? "";
    const lines: string[] = [];
    for await (const { text } of skeg.log("default", pod)) lines.push(text);
    deepEqual(lines, ["one", "two"]);
    await rejects(async () => {
      for await (const _ of skeg.log("default", "no-such-pod"));
    }, { kind: "not-found" });
  }));

Deno.test("watch() names releases whose records change, until its signal fires", () =>
  withSandbox(async (skeg) => {
    await skeg.install(chart(), { name: "web" });
    const stop = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { releases } of skeg.watch({ signal: stop.signal })) {
        seen.push(...releases);
        if (seen.includes("b")) stop.abort();
      }
    })();
    await skeg.install(chart(), { name: "b" });
    // The watch begins after its first list, at a moment that is not told.
    for (let tries = 0; tries < 40 && !stop.signal.aborted; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await skeg.upgrade("b", chart());
    }
    await watching;
    deepEqual([...new Set(seen)], ["b"]);
  }));

Deno.test("follow() gives the heads of all records at once, and again after a change, for outlines() to use", () =>
  withSandbox(async (skeg, sent) => {
    await skeg.install(chart(), { name: "web" });
    const stop = new AbortController();
    const changes: string[][] = [];
    for await (const { heads = [], releases, problem } of skeg.follow({ signal: stop.signal })) {
      equal(problem, "");
      changes.push([...releases, ...heads.map(({ key }) => key)]);
      if (changes.length > 1) {
        sent.length = 0;
        const { revisions, records } = await skeg.outlines({ heads });
        deepEqual([revisions.map(({ head }) => head.key), records], [["b.v1", "web.v1"], 2]);
        deepEqual(sent.filter(({ path }) => path.split("/").at(-1) === "configmaps"), []);
        break;
      }
      await skeg.install(chart(), { name: "b" });
    }
    deepEqual(changes, [["web.v1"], ["b", "web.v1", "b.v1"]]);
  }));

Deno.test("followResources() gives the objects at once, and again after a change of one, for the revision that was asked for", () =>
  withSandbox(async (skeg, sent) => {
    await skeg.install(chart("1.0.0", 1), { name: "web", wait: true });
    const stop = new AbortController();
    const pods: number[] = [];
    for await (const { release, objects, problems } of skeg.followResources("web", { signal: stop.signal })) {
      deepEqual([release.revision, problems], [1, []]);
      const [, deployment] = objects;
      const count = deployment?.owned.flatMap(({ owned }) => owned).filter(({ state }) => state === "ready").length ??
        0;
      if (pods.at(-1) !== count) pods.push(count);
      if (pods.length === 1) {
        sent.length = 0;
        await skeg.upgrade("web", chart("1.0.0", 3));
      }
      if (count === 3) stop.abort();
    }
    equal(pods[0], 1);
    equal(pods.at(-1), 3);
    // Changes came by the watches: nothing was listed again.
    deepEqual(sent.filter(({ path }) => path.endsWith("/pods")), []);
  }));

Deno.test("followResources() ends with the error when there is no such release", () =>
  withSandbox(async (skeg) => {
    await rejects(skeg.followResources("none").next(), { kind: "not-found" });
  }));

Deno.test("cluster() says what operations act on", () =>
  withSandbox(async (skeg) => {
    const { server, version, namespace, storage } = await skeg.cluster();
    deepEqual([server, namespace, storage], ["sandbox", "default", "ConfigMap"]);
    match(version.gitVersion, /^v1\./);
  }));

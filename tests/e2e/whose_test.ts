/**
 * The owner of an object in difficult cases: few permissions, adopted objects,
 * lists, interrupted deletions, shortened histories.
 */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { chartFromFiles } from "../../engine/chart/load/mod.ts";
import { createKubeClient, type KubeRequest, type Transport } from "../../engine/kube/mod.ts";
import { type Environment, getRelease, install, rollback, uninstall, upgrade } from "../../engine/release/mod.ts";
import type { Chart } from "../../engine/model/mod.ts";
import type { ObjectCall, RecordObject } from "../../storage/mod.ts";
import { type Stage, story, storyWithSecrets } from "./_cluster.ts";

const BAD = "apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 70000}]}\n";

function configMap(name: string, text = "chart"): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {text: "${text}"}\n`;
}

/** A chart of the given documents. */
function chartOf(...documents: readonly string[]): Chart {
  return chartFromFiles({
    "Chart.yaml": "name: site\nversion: 0.1.0\n",
    ...Object.fromEntries(documents.map((text, index) => [`templates/${index}.yaml`, text])),
  });
}

/** Creates `x` without a release, and waits until the server's clock has advanced. */
async function byHand({ namespace, send }: Stage, name = "x"): Promise<void> {
  await send("POST", `/api/v1/namespaces/${namespace}/configmaps`, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name },
    data: { text: "theirs" },
  });
  await aSecond();
}

const aSecond = () => new Promise((resolve) => setTimeout(resolve, 1100));

/** Returns an environment on the same cluster in which `answer` replaces the answers to some requests. */
function withAnswers(stage: Stage, answer: (request: KubeRequest) => Response | undefined): Environment {
  const { cluster } = stage.env.kube;
  const transport: Transport = async (request) => answer(request) ?? await cluster.transport(request);
  return stage.another({ kube: createKubeClient({ ...cluster, transport }) });
}

function forbidden(): Response {
  const status = { kind: "Status", status: "Failure", reason: "Forbidden", code: 403, message: "forbidden" };
  return new Response(JSON.stringify(status), { status: 403 });
}

const warnings = ({ events }: Stage) => events.flatMap((event) => event.type === "warning" ? [event.text] : []);

story("another release's object stays although it may be deleted and not be read", async (stage) => {
  const { env, namespace, names } = stage;
  await install(env, { name: "other", namespace, chart: chartOf(configMap("x")) });
  const chart = chartOf(configMap("a"), configMap("x"));
  await install(env, { name: "web", namespace, chart, adopt: true, takeOwnership: true });
  const blind = withAnswers(
    stage,
    ({ method, path }) =>
      method === "GET" && path.startsWith(`/api/v1/namespaces/${namespace}/`) ? forbidden() : undefined,
  );
  await uninstall(blind, { name: "web", purge: true });
  deepEqual(await names("configmaps"), ["x"]);
});

for (const operation of ["install", "upgrade"] as const) {
  for (const after of ["delete --purge", "delete, then delete --purge", "upgrade", "rollback"] as const) {
    if (operation === "install" && (after === "upgrade" || after === "rollback")) continue;
    story(`what ${operation} --adopt took over and then failed survives: ${after}`, async (stage) => {
      const { env, namespace, names } = stage;
      await byHand(stage);
      const chart = chartOf(configMap("a"), configMap("x"), BAD);
      if (operation === "upgrade") {
        await install(env, { name: "web", namespace, chart: chartOf(configMap("a")) });
        await rejects(upgrade(env, { name: "web", chart, adopt: true }), /70000|bad/);
      } else await rejects(install(env, { name: "web", namespace, chart, adopt: true }), /70000|bad/);
      if (after === "upgrade") await upgrade(env, { name: "web", chart: chartOf(configMap("a")) });
      if (after === "rollback") await rollback(env, { name: "web", revision: 1 });
      if (after === "delete, then delete --purge") await uninstall(env, { name: "web" });
      await uninstall(env, { name: "web", purge: true });
      deepEqual(await names("configmaps"), ["x"]);
    });
  }
}

story("a list of which one object is another's: the others stay the release's own", async (stage) => {
  const { env, namespace, names } = stage;
  await byHand(stage);
  await install(env, { name: "web", namespace, chart: chartOf(configMap("a")) });
  const list = (...items: string[]) =>
    `apiVersion: v1\nkind: List\nitems:\n${
      items.map((name) => `- {apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}, data: {text: chart}}\n`).join(
        "",
      )
    }`;
  await rejects(upgrade(env, { name: "web", chart: chartOf(configMap("a"), list("b", "c", "x")) }), /already exists/);
  deepEqual(await names("configmaps"), ["a", "b", "c", "x"]);
  await upgrade(env, { name: "web", chart: chartOf(configMap("a"), list("c")) });
  deepEqual(await names("configmaps"), ["a", "c", "x"]);
  await uninstall(env, { name: "web", purge: true });
  deepEqual(await names("configmaps"), ["x"]);
});

/** Returns an environment in which the server fails to delete a ConfigMap. */
function cannotDelete(stage: Stage, name: string): Environment {
  return withAnswers(
    stage,
    ({ method, path }) =>
      method === "DELETE" && path.includes(`/namespaces/${stage.namespace}/configmaps/${name}`)
        ? forbidden()
        : undefined,
  );
}

story("a deletion that was cut off is finished, whatever the clocks and the history say", async (stage) => {
  const { namespace, names, another } = stage;
  const ahead = () => ({ seconds: Math.floor(Date.now() / 1000) + 3600, nanos: 0 });
  const env = another({ clock: ahead, historyMax: 1 });
  await install(env, { name: "web", namespace, chart: chartOf(configMap("a"), configMap("b")) });
  await aSecond();
  for (const text of ["2", "3"]) {
    await upgrade(env, { name: "web", chart: chartOf(configMap("a"), configMap("b"), configMap("c", text)) });
  }
  await rejects(uninstall(cannotDelete(stage, "b"), { name: "web", purge: true }), /forbidden/);
  equal((await getRelease(env, { name: "web" })).info.status.code, "DELETING");
  await uninstall(env, { name: "web", purge: true });
  deepEqual(await names("configmaps"), []);
});

story("a deletion that was cut off is finished where records are younger than objects", async (stage) => {
  const { env, namespace, names, records, read, send } = stage;
  await install(env, { name: "web", namespace, chart: chartOf(configMap("a"), configMap("b")) });
  await aSecond();
  // The records were restored from a backup, or moved from another namespace.
  const path = `/api/v1/namespaces/${records}/configmaps`;
  const { kind, apiVersion, metadata, data } = await read(`${path}/web.v1`) as RecordObject;
  await send("DELETE", `${path}/web.v1`);
  await send("POST", path, { kind, apiVersion, metadata: { name: "web.v1", labels: metadata?.labels }, data });
  await rejects(uninstall(cannotDelete(stage, "b"), { name: "web", purge: true }), /forbidden/);
  await uninstall(env, { name: "web", purge: true });
  deepEqual(await names("configmaps"), []);
});

story("what was taken over goes with the release, also when the first attempt was cut off", async (stage) => {
  const { env, namespace, names } = stage;
  await byHand(stage, "b");
  const chart = chartOf(configMap("a"), configMap("b", "theirs"));
  await install(env, { name: "web", namespace, chart, adopt: true });
  await rejects(uninstall(cannotDelete(stage, "b"), { name: "web", purge: true }), /forbidden/);
  await uninstall(env, { name: "web", purge: true });
  deepEqual(await names("configmaps"), []);
});

story("a failed release's deletion that was cut off still leaves what it did not make", async (stage) => {
  const { env, namespace, names } = stage;
  await byHand(stage);
  await rejects(install(env, { name: "web", namespace, chart: chartOf(configMap("a"), configMap("x")) }), /exists/);
  await rejects(install(env, { name: "web", namespace, chart: chartOf(configMap("a"), BAD), reuseName: true }), /bad/);
  await rejects(uninstall(cannotDelete(stage, "a"), { name: "web", purge: true }), /forbidden/);
  await uninstall(env, { name: "web", purge: true });
  deepEqual(await names("configmaps"), ["x"]);
});

story("records of other releases that may not be read do not keep a release from being deleted", async (stage) => {
  const { env, namespace, names, records } = stage;
  await install(env, { name: "other", namespace, chart: chartOf(configMap("o")) });
  await install(env, { name: "web", namespace, chart: chartOf(configMap("a"), configMap("b")) });
  const { driver } = env;
  const { place } = driver;
  ok(place);
  const call: ObjectCall = async (method, path, body, options) =>
    path.includes(`/namespaces/${records}/configmaps?`) && !path.includes("NAME")
      ? { status: 403, body: { message: "configmaps is forbidden" } }
      : await place.call(method, path, body, options);
  const few = { ...env, driver: { ...driver, place: { ...place, call } } };
  await upgrade(few, { name: "web", chart: chartOf(configMap("a")) });
  deepEqual(await names("configmaps"), ["a", "o"]);
  await uninstall(few, { name: "web", purge: true });
  deepEqual(await names("configmaps"), ["o"]);
  ok(
    warnings(stage).some((text) => /cannot read the records of other releases.*forbidden/.test(text)),
    warnings(stage).join("\n"),
  );
});

const isCreation = (path: string): boolean => /\/configmaps(\?|$)/.test(path) && !path.includes("-records/");

story("what an interrupted rollback left of the revision that ran goes with the release", async (stage) => {
  const { env, namespace, names } = stage;
  await install(env, { name: "web", namespace, chart: chartOf(configMap("a"), configMap("b")) });
  await upgrade(env, { name: "web", chart: chartOf(configMap("a", "2"), configMap("c")) });
  const controller = new AbortController();
  // Ctrl-C after the first change.
  const cut = withAnswers(stage, ({ method, path }) => {
    if (method === "POST" && isCreation(path)) controller.abort();
    return undefined;
  });
  await rejects(rollback({ ...cut, signal: controller.signal }, { name: "web", revision: 1 }));
  ok((await names("configmaps")).includes("c"));
  await uninstall(env, { name: "web", purge: true });
  deepEqual(await names("configmaps"), []);
});

story(
  "what several failed rollbacks left of the revision that ran goes with a rollback that succeeds",
  async (stage) => {
    const { env, namespace, names } = stage;
    await install(env, { name: "web", namespace, chart: chartOf(configMap("a"), configMap("b")) });
    await upgrade(env, { name: "web", chart: chartOf(configMap("a", "2"), configMap("c")) });
    for (let time = 0; time < 4; time++) {
      const controller = new AbortController();
      const cut = withAnswers(stage, ({ method, path }) => {
        if (method === "PATCH" || method === "POST" && isCreation(path)) controller.abort();
        return undefined;
      });
      await rejects(rollback({ ...cut, signal: controller.signal }, { name: "web", revision: 1 }));
    }
    await rollback(env, { name: "web", revision: 1 });
    deepEqual(await names("configmaps"), ["a", "b"]);
  },
);

story("a short history does not lose what failed upgrades made", async (stage) => {
  const { namespace, names, another } = stage;
  const env = another({ historyMax: 2 });
  await install(env, { name: "web", namespace, chart: chartOf(configMap("a")) });
  for (const more of ["b", "c", "d"]) {
    await rejects(upgrade(env, { name: "web", chart: chartOf(configMap("a"), configMap(more), BAD) }), /bad/);
  }
  await upgrade(env, { name: "web", chart: chartOf(configMap("a")) });
  deepEqual(await names("configmaps"), ["a"]);
});

story("a release that failed before it made anything is deleted without a word about objects", async (stage) => {
  const { env, namespace, names } = stage;
  await byHand(stage);
  const generated = "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: made-}\n";
  await rejects(install(env, { name: "web", namespace, chart: chartOf(configMap("x"), generated) }), /already exists/);
  await uninstall(env, { name: "web", purge: true });
  deepEqual([await names("configmaps"), warnings(stage)], [["x"], []]);
});

story("an object whose name the server chose is told of, and the release can be forgotten", async (stage) => {
  const { env, namespace } = stage;
  const generated = "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: made-}\n";
  await install(env, { name: "web", namespace, chart: chartOf(configMap("a"), generated) });
  await rejects(uninstall(env, { name: "web", purge: true }), (error: Error & { details?: string }) => {
    match(`${error.message}\n${error.details}`, /forget the release/);
    return true;
  });
  equal((await getRelease(env, { name: "web" })).info.status.code, "DELETING");
});

story("an object without a name was never made, and does not keep a release from being forgotten", async (stage) => {
  const { env, namespace, names } = stage;
  // In YAML 1.1, as Helm 2 reads it, n is false.
  const nameless = "apiVersion: v1\nkind: Service\nmetadata: {name: n}\nspec: {ports: [{port: 80}]}\n";
  await rejects(install(env, { name: "web", namespace, chart: chartOf(configMap("a"), nameless) }), /name/);
  await rejects(uninstall(env, { name: "web", purge: true }), /resource name may not be empty/);
  equal((await getRelease(env, { name: "web" })).info.status.code, "DELETED");
  await uninstall(env, { name: "web", purge: true });
  await rejects(getRelease(env, { name: "web" }), /not found/);
  deepEqual(await names("configmaps"), []);
});

story("a hook that deletes what it made before leaves what another release has", async (stage) => {
  const { env, namespace, read } = stage;
  await install(env, { name: "other", namespace, chart: chartOf(configMap("x", "theirs")) });
  const hook = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  annotations: " +
    '{helm.sh/hook: pre-install, helm.sh/hook-delete-policy: "before-hook-creation,hook-succeeded"}\n';
  await rejects(install(env, { name: "web", namespace, chart: chartOf(configMap("a"), hook) }));
  deepEqual((await read(`/api/v1/namespaces/${namespace}/configmaps/x`))?.data, { text: "theirs" });
});

story("a transient failure does not make upgrade --force delete a release that runs", async (stage) => {
  const { env, namespace, names, read } = stage;
  await install(env, { name: "web", namespace, chart: chartOf(configMap("a")) });
  const uid = (await read(`/api/v1/namespaces/${namespace}/configmaps/a`))?.metadata?.uid;
  await rejects(upgrade(env, { name: "web", chart: chartOf(configMap("a"), BAD) }), /bad/);
  let failures = 1;
  const { driver } = env;
  const { heads } = driver;
  ok(heads);
  const shaky = {
    ...env,
    driver: {
      ...driver,
      heads: (...args: Parameters<NonNullable<typeof driver.heads>>) => {
        if (failures-- > 0) return Promise.reject(new Error("connection lost"));
        return heads(...args);
      },
    },
  };
  await rejects(upgrade(shaky, { name: "web", chart: chartOf(configMap("a")), force: true }), /connection lost/);
  equal((await read(`/api/v1/namespaces/${namespace}/configmaps/a`))?.metadata?.uid, uid);
  deepEqual(await names("configmaps"), ["a"]);
});

story("taking over is told of once", async (stage) => {
  const { env, namespace, events } = stage;
  await byHand(stage);
  await install(env, { name: "web", namespace, chart: chartOf(configMap("a"), configMap("x")), adopt: true });
  equal(events.filter((event) => event.type === "note" && /is taken over/.test(event.text)).length, 1);
});

const deployment = (text: string) =>
  "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  replicas: 1\n  selector: {matchLabels: {app: d}}\n" +
  `  template:\n    metadata: {labels: {app: d}, annotations: {text: "${text}"}}\n` +
  "    spec: {containers: [{name: c, image: nginx}]}\n";

story("a rollback --recreate-pods that fails and is put back leaves the running revision DEPLOYED", async (stage) => {
  const { env, namespace, send } = stage;
  await install(env, { name: "web", namespace, chart: chartOf(deployment("1"), configMap("a", "1")) });
  await upgrade(env, { name: "web", chart: chartOf(deployment("2"), configMap("a", "2")) });
  await send("POST", `/api/v1/namespaces/${namespace}/pods`, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "d-1", labels: { app: "d" } },
    spec: { containers: [{ name: "c", image: "nginx" }] },
  });
  const late = withAnswers(
    stage,
    ({ method, path }) => method === "PATCH" && path.endsWith("/services/s") ? forbidden() : undefined,
  );
  const service = (port: number) =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: ${port}}]}\n`;
  await upgrade(env, { name: "web", chart: chartOf(deployment("3"), configMap("a", "3"), service(80)) });
  await upgrade(env, { name: "web", chart: chartOf(deployment("4"), configMap("a", "4"), service(81)) });
  await rejects(rollback(late, { name: "web", revision: 3, recreatePods: true }), /forbidden/);
  equal((await getRelease(env, { name: "web", revision: 4 })).info.status.code, "DEPLOYED");
  const { info } = await getRelease(env, { name: "web", revision: 5 });
  match(info.description, /all changes were reverted/);
});

for (const way of ["install --replace", "upgrade --force", "delete --purge"] as const) {
  story(`what several failed installs made does not stay: ${way}`, async (stage) => {
    const { env, namespace, names } = stage;
    const attempt = (name: string) =>
      install(env, { name: "web", namespace, chart: chartOf(configMap("a"), configMap(name), BAD), reuseName: true });
    for (const name of ["b", "c", "d"]) await rejects(attempt(name), /bad/);
    deepEqual(await names("configmaps"), ["a", "b", "c", "d"]);
    const chart = chartOf(configMap("a"));
    if (way === "install --replace") await install(env, { name: "web", namespace, chart, reuseName: true });
    else if (way === "upgrade --force") await upgrade(env, { name: "web", chart, force: true });
    else await uninstall(env, { name: "web", purge: true });
    deepEqual(await names("configmaps"), way === "delete --purge" ? [] : ["a"]);
  });
}

story("a short history does not keep a failed upgrade from being rolled back", async (stage) => {
  const { namespace, names, another } = stage;
  for (const historyMax of [1, 2, 3]) {
    const env = another({ historyMax });
    await install(env, { name: "web", namespace, chart: chartOf(configMap("a")) });
    await rejects(upgrade(env, { name: "web", chart: chartOf(configMap("a"), configMap("b"), BAD) }), /bad/);
    await rollback(env, { name: "web", revision: 1 });
    deepEqual(await names("configmaps"), ["a"]);
    await upgrade(env, { name: "web", chart: chartOf(configMap("a")) });
    await upgrade(env, { name: "web", chart: chartOf(configMap("a", "2")) });
    // Revisions that were kept for that are deleted when they are no longer needed.
    equal((await env.driver.query({ name: "web" })).length, Math.max(historyMax, 2)); // Helm 2 always keeps the DEPLOYED one, too
    await uninstall(env, { name: "web", purge: true });
    deepEqual(await names("configmaps"), []);
  }
});

story("objects of one name in two namespaces, or without any, are told apart", async (stage) => {
  const { env, namespace, records, names, read, send } = stage;
  const role = `${namespace}-role`;
  const clusterRole =
    `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: ${role}}\nrules: []\n`;
  const there = configMap("x").replace("{name: x}", `{name: x, namespace: ${records}}`);
  await install(env, { name: "one", namespace: records, chart: chartOf(configMap("z"), there, clusterRole) });
  await install(env, { name: "two", namespace, chart: chartOf(configMap("x"), configMap("z")) });
  const both = chartOf(configMap("x"), configMap("z"), there, clusterRole);
  await rejects(upgrade(env, { name: "two", chart: both, adopt: true }), /belongs to release "one"/);
  await upgrade(env, { name: "two", chart: both, adopt: true, takeOwnership: true });
  try {
    await uninstall(env, { name: "two", purge: true });
    deepEqual(await names("configmaps"), []);
    for (const path of [`/api/v1/namespaces/${records}/configmaps/x`, `/api/v1/namespaces/${records}/configmaps/z`]) {
      ok(await read(path), path);
    }
    ok(await read(`/apis/rbac.authorization.k8s.io/v1/clusterroles/${role}`));
    await uninstall(env, { name: "one", purge: true });
    equal(await read(`/apis/rbac.authorization.k8s.io/v1/clusterroles/${role}`), undefined);
  } finally {
    await send("DELETE", `/apis/rbac.authorization.k8s.io/v1/clusterroles/${role}`).catch(() => {});
  }
});

storyWithSecrets("another release's object stays, with records as Secrets", async (stage) => {
  const { env, namespace, names } = stage;
  await install(env, { name: "other", namespace, chart: chartOf(configMap("x")) });
  const chart = chartOf(configMap("a"), configMap("x"));
  await install(env, { name: "web", namespace, chart, adopt: true, takeOwnership: true });
  await uninstall(env, { name: "web", purge: true });
  deepEqual(await names("configmaps"), ["x"]);
});

story("a deletion that cannot read what a failed release may have made says so, and is not done", async (stage) => {
  const { env, namespace, names } = stage;
  await rejects(install(env, { name: "web", namespace, chart: chartOf(configMap("a"), configMap("b"), BAD) }), /bad/);
  const blind = withAnswers(
    stage,
    ({ method, path }) => method === "GET" && path.endsWith(`/${namespace}/configmaps/b`) ? forbidden() : undefined,
  );
  await rejects(uninstall(blind, { name: "web", purge: true }), /ConfigMap "b" .* cannot be read/);
  deepEqual(await names("configmaps"), ["b"]);
  equal((await getRelease(env, { name: "web" })).info.status.code, "DELETING");
  await uninstall(env, { name: "web", purge: true });
  deepEqual(await names("configmaps"), []);
});

story("a hook takes the place of what this release had in its manifest, or an earlier run left", async (stage) => {
  const { env, namespace, read } = stage;
  const hook = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  annotations: " +
    '{helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: before-hook-creation}\ndata: {text: "hook"}\n';
  await install(env, { name: "web", namespace, chart: chartOf(configMap("a"), configMap("x")) });
  for (let time = 0; time < 2; time++) await upgrade(env, { name: "web", chart: chartOf(configMap("a"), hook) });
  ok(await read(`/api/v1/namespaces/${namespace}/configmaps/a`));
});

story(
  "what others made after the release had dropped its own stays, when a later revision fails on it",
  async (stage) => {
    const { env, namespace, names } = stage;
    await install(env, { name: "web", namespace, chart: chartOf(configMap("a"), configMap("x")) });
    await aSecond();
    await upgrade(env, { name: "web", chart: chartOf(configMap("a")) });
    await aSecond();
    await byHand(stage);
    await rejects(rollback(env, { name: "web", revision: 1 }), /already exists/);
    await rejects(rollback(env, { name: "web", revision: 1 }), /already exists/);
    await uninstall(env, { name: "web", purge: true });
    deepEqual(await names("configmaps"), ["x"]);
  },
);

story("a client whose clock is an hour behind takes nothing that was there before", async (stage) => {
  const { namespace, names, another } = stage;
  const behind = () => ({ seconds: Math.floor(Date.now() / 1000) - 3600, nanos: 0 });
  await byHand(stage);
  const env = another({ clock: behind, historyMax: 1 });
  const chart = chartOf(configMap("a"), configMap("x"));
  await rejects(install(env, { name: "web", namespace, chart }), /already exists/);
  await install(env, { name: "web", namespace, chart: chartOf(configMap("a")), reuseName: true });
  await upgrade(env, { name: "web", chart: chartOf(configMap("a", "2")) });
  await rejects(upgrade(env, { name: "web", chart }), /already exists/);
  await rollback(env, { name: "web" });
  await uninstall(env, { name: "web", purge: true });
  deepEqual(await names("configmaps"), ["x"]);
});

story("what a resource policy kept is not deleted by later revisions that fail", async (stage) => {
  const { env, namespace, names } = stage;
  const kept = configMap("k").replace("{name: k}", "{name: k, annotations: {helm.sh/resource-policy: keep}}");
  await install(env, { name: "web", namespace, chart: chartOf(configMap("a"), kept) });
  await upgrade(env, { name: "web", chart: chartOf(configMap("a")) });
  await rejects(upgrade(env, { name: "web", chart: chartOf(configMap("a"), configMap("k")) }), /already exists/);
  await rollback(env, { name: "web", revision: 1 }).catch(() => {});
  await uninstall(env, { name: "web", purge: true });
  deepEqual(await names("configmaps"), ["k"]);
});

story("an install that is forbidden before it made anything can be purged without the right to read", async (stage) => {
  const { namespace } = stage;
  const few = withAnswers(
    stage,
    ({ path }) => path.startsWith(`/api/v1/namespaces/${namespace}`) ? forbidden() : undefined,
  );
  await rejects(install(few, { name: "web", namespace, chart: chartOf(configMap("a")) }), /forbidden/);
  match((await getRelease(few, { name: "web" })).info.description, /; nothing was changed$/);
  // Deletes nothing, so it needs no permissions.
  await uninstall(
    withAnswers(stage, ({ path }) => path.startsWith(`/api/v1/namespaces/${namespace}/`) ? forbidden() : undefined),
    { name: "web", purge: true },
  );
});

import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { getRelease, history, install, list, rollback, status, uninstall, upgrade } from "../../engine/release/mod.ts";
import { BASIC, BASIC_2 } from "./_charts.ts";
import { type Stage, story, storyWithSecrets } from "./_cluster.ts";

async function statuses({ env }: Stage, name: string): Promise<string[]> {
  return (await history(env, { name })).toReversed().map((one) => `${one.info.status.code} ${one.info.description}`);
}

async function colour({ read, namespace }: Stage): Promise<unknown> {
  const config = await read(`/api/v1/namespaces/${namespace}/configmaps/web-config`);
  return (config?.data as Record<string, string> | undefined)?.colour;
}

async function wholeLife(stage: Stage): Promise<void> {
  const { env, namespace, names } = stage;
  const { release } = await install(env, { chart: BASIC, name: "web", namespace });
  equal(release.info.status.notes, "The colour of web is blue.\n");
  deepEqual([await names("configmaps"), await names("services")], [["web-config"], ["web"]]);
  equal(await colour(stage), "blue");

  const shown = await status(env, { name: "web" });
  match(shown.info.status.resources, /==> v1\/ConfigMap\n[^\n]*\nweb-config /);
  match(shown.info.status.resources, /==> v1\/Service\n/);

  await upgrade(env, { name: "web", chart: BASIC_2, config: "colour: red\n" });
  deepEqual([await names("configmaps"), await names("services")], [["web-added", "web-config"], []]);
  equal(await colour(stage), "red");

  await rollback(env, { name: "web" });
  deepEqual([await names("configmaps"), await names("services")], [["web-config"], ["web"]]);
  equal(await colour(stage), "blue");
  deepEqual(await statuses(stage, "web"), [
    "SUPERSEDED Install complete",
    "SUPERSEDED Upgrade complete",
    "DEPLOYED Rollback to 1",
  ]);

  await uninstall(env, { name: "web" });
  deepEqual([await names("configmaps"), await names("services")], [[], []]);
  equal((await statuses(stage, "web")).at(-1), "DELETED Deletion complete");
  deepEqual((await list(env)).releases, []);
  await rejects(upgrade(env, { name: "web", chart: BASIC }), { message: '"web" has no deployed releases' });

  await uninstall(env, { name: "web", purge: true });
  await rejects(getRelease(env, { name: "web" }), { kind: "not-found" });
}

story("a release is installed, upgraded, rolled back, deleted and purged", wholeLife);

storyWithSecrets("the same with records in Secrets", wholeLife);

story("a namespace that is not there is made", async ({ env, namespace, read, send }) => {
  const other = `${namespace}-other`;
  await install(env, { chart: BASIC, name: "web", namespace: other });
  try {
    equal((await read(`/api/v1/namespaces/${other}`))?.metadata?.labels?.name, other);
    ok(await read(`/api/v1/namespaces/${other}/configmaps/web-config`));
  } finally {
    await send("DELETE", `/api/v1/namespaces/${other}`);
  }
});

story("an upgrade by hand of labels and annotations of a record survives", async (stage) => {
  const { env, namespace, records, read, send } = stage;
  await install(env, { chart: BASIC, name: "web", namespace });
  const path = `/api/v1/namespaces/${records}/configmaps/web.v1`;
  const record = await read(path);
  await send("PUT", path, {
    ...record,
    metadata: {
      ...record?.metadata,
      annotations: { note: "kept" },
      labels: { ...record?.metadata?.labels, team: "t" },
    },
  });
  await upgrade(env, { name: "web", chart: BASIC_2 });
  const { labels = {}, annotations } = (await read(path))?.metadata ?? {};
  deepEqual([labels.STATUS, labels.OWNER, labels.team, annotations?.note], ["SUPERSEDED", "TILLER", "t", "kept"]);
  ok(labels.MODIFIED_AT && !labels.CREATED_AT);
});

story("an object that is not ours is not taken over", async (stage) => {
  const { env, namespace, send } = stage;
  await send("POST", `/api/v1/namespaces/${namespace}/configmaps`, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "web-added" },
  });
  await install(env, { chart: BASIC, name: "web", namespace });
  await rejects(upgrade(env, { name: "web", chart: BASIC_2 }), {
    message: `kind ConfigMap with the name "web-added" in "${namespace}" already exists in the cluster and wasn't ` +
      "defined in the previous release. Before upgrading, please either delete the resource from the cluster or " +
      "remove it from the chart",
  });
  deepEqual((await statuses(stage, "web"))[0], "DEPLOYED Install complete");
  match((await statuses(stage, "web"))[1] ?? "", /^FAILED Upgrade "web" failed: kind ConfigMap/);
});

story("what a failed upgrade dropped comes back with a rollback", async (stage) => {
  const { env, namespace, names, send } = stage;
  await install(env, { chart: BASIC_2, name: "web", namespace });
  await send("POST", `/api/v1/namespaces/${namespace}/services`, {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web" },
    spec: { clusterIP: "None", ports: [{ port: 1 }] },
  });
  await rejects(upgrade(env, { name: "web", chart: BASIC }), {
    message: /^kind Service with the name "web" .* already/,
  });
  deepEqual(await names("configmaps"), ["web-added", "web-config"]);
  await rollback(env, { name: "web", revision: 1 });
  deepEqual(await names("configmaps"), ["web-added", "web-config"]);
  equal((await statuses(stage, "web")).at(-1), "DEPLOYED Rollback to 1");
});

import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { getRelease, history, install, list, rollback, status, uninstall, upgrade } from "../../engine/release/mod.ts";
import { BASIC } from "./_charts.ts";
import { type Stage, story } from "./_cluster.ts";

const RECORDS = new URL("../../testdata/records/", import.meta.url);

/** Writes the records of one recorded story into the cluster, unchanged from Tiller. */
async function adopt({ send, records }: Stage, folder: string): Promise<void> {
  for (const file of readdirSync(new URL(`${folder}/`, RECORDS)).filter((name) => /\.v\d+\.json$/.test(name))) {
    const { metadata, data } = JSON.parse(readFileSync(new URL(`${folder}/${file}`, RECORDS), "utf8"));
    await send("POST", `/api/v1/namespaces/${records}/configmaps`, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: metadata.name, labels: metadata.labels },
      data,
    });
  }
}

story("releases that Tiller installed can be listed and inspected", async (stage) => {
  const { env } = stage;
  const folders = readdirSync(RECORDS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const seen = new Set<string>();
  for (const { name } of folders) {
    const releases = readdirSync(new URL(`${name}/`, RECORDS)).map((file) => file.replace(/\..*/, ""));
    if (releases.some((release) => seen.has(release))) continue; // another story has a release of this name
    for (const release of releases) seen.add(release);
    await adopt(stage, name);
  }
  const statuses = ["DEPLOYED", "FAILED", "DELETED", "DELETING", "SUPERSEDED"] as const;
  const { releases, total } = await list(env, { statuses, sortBy: "name", limit: 5 });
  equal(releases.length, 5);
  ok(total > 20);
  for (const name of seen) {
    const release = await getRelease(env, { name });
    equal(release.name, name);
    ok((await history(env, { name })).length >= 1);
  }
});

story("a release that Tiller installed can be upgraded, rolled back and deleted", async (stage) => {
  const { env, another, send, read } = stage;
  await adopt(stage, "install-values");
  const [first] = (await list(env)).releases;
  ok(first);
  const { name, namespace } = first;
  await send("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  // Its objects do not exist in this cluster; the upgrade creates the missing ones.
  await upgrade(env, { name, chart: first.chart ?? BASIC });
  const after = await getRelease(env, { name });
  deepEqual([after.revision, after.info.status.code, after.namespace], [first.revision + 1, "DEPLOYED", namespace]);
  equal(after.config?.raw, first.config?.raw); // carried over
  await rollback(another(), { name, revision: first.revision });
  match((await status(env, { name })).info.status.resources, /^==> /);
  await uninstall(env, { name, purge: true });
  await rejects(getRelease(env, { name }), { kind: "not-found" });
  const left = await read(`/api/v1/namespaces/${namespace}/secrets`) as { items?: unknown[] };
  equal(left.items?.length, 0);
  await send("DELETE", `/api/v1/namespaces/${namespace}`);
});

story("of two upgrades at the same moment one wins, and the other is told clearly", async (stage) => {
  const { env, namespace, another } = stage;
  await install(env, { chart: BASIC, name: "web", namespace });
  const results = await Promise.allSettled(
    [env, another(), another()].map((one, index) =>
      upgrade(one, { name: "web", chart: BASIC, config: `colour: "${index}"\n` })
    ),
  );
  deepEqual(results.map((result) => result.status).sort(), ["fulfilled", "rejected", "rejected"]);
  for (const result of results) {
    if (result.status === "fulfilled") continue;
    match(result.reason.message, /^release: "web\.v2" already exists$|^another operation .* is in progress$/);
  }
  deepEqual((await history(env, { name: "web" })).map((one) => one.info.status.code), ["DEPLOYED", "SUPERSEDED"]);
});

story("of two installs at the same moment one wins", async ({ env, namespace, another, names }) => {
  const results = await Promise.allSettled(
    [env, another()].map((one) => install(one, { chart: BASIC, name: "web", namespace })),
  );
  deepEqual(results.map((result) => result.status).sort(), ["fulfilled", "rejected"]);
  deepEqual((await history(env, { name: "web" })).map((one) => one.info.status.code), ["DEPLOYED"]);
  deepEqual(await names("configmaps"), ["web-config"]);
});

story("the history is kept as short as it should be", async ({ env, namespace, another }) => {
  await install(env, { chart: BASIC, name: "web", namespace });
  const limited = another({ historyMax: 2 });
  for (const colour of ["red", "green", "blue"]) {
    await upgrade(limited, { name: "web", chart: BASIC, config: `colour: ${colour}\n` });
  }
  deepEqual((await history(env, { name: "web" })).map((one) => one.revision), [4, 3]);
});

story("a release too large for a record is refused before anything happens", async ({ env, namespace, names }) => {
  const noise = new Uint8Array(1_500_000);
  for (let at = 0; at < noise.length; at += 65_536) crypto.getRandomValues(noise.subarray(at, at + 65_536));
  const chart = { ...BASIC, files: [{ path: "film.mp4", data: noise }] };
  await rejects(install(env, { chart, name: "web", namespace }), { kind: "record", message: /film\.mp4/ });
  deepEqual(await names("configmaps"), []);
});

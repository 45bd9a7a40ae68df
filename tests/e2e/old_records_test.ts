/**
 * Every release of a cluster of 2019 is repaired, compared and restored.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { KubeManifest } from "../../engine/kube/mod.ts";
import { list, repair, rollback, undoRepair } from "../../engine/release/mod.ts";
import { type OldCluster, oldStory } from "./_old_cluster.ts";

/** Returns data and labels of every record, by key. */
async function contents({ env }: OldCluster): Promise<Map<string, unknown>> {
  const objects = await env.driver.raw?.list({}) ?? [];
  return new Map(objects.map(({ metadata, data }) => [metadata?.name ?? "", { labels: metadata?.labels, data }]));
}

oldStory("records of every release are repaired and restored", { isBare: true }, async (old) => {
  const { env } = old;
  const before = await contents(old);
  const kept = new Map<string, Uint8Array>();
  const backups = {
    save: (cluster: string, name: string, bytes: Uint8Array) => {
      kept.set(`${cluster}/${name}`, bytes);
      return Promise.resolve(`${cluster}/${name}`);
    },
    load: (path: string) => Promise.resolve(kept.get(path) ?? new Uint8Array()),
  };
  const preview = await repair(env, "map-apis", { all: true });
  deepEqual(preview.reports.map(({ release, records }) => [release, records.length]), [
    ["all", 1],
    ["five", 1],
    ["four", 1],
    ["six", 1],
    ["three", 2],
    ["two", 1],
    ["web", 1],
  ]);
  deepEqual(await contents(old), before);

  const done = await repair(env, "map-apis", { all: true, yes: true, backups });
  deepEqual([done.failures, done.incomplete], [[], false]);
  const { releases } = await list(env, { limit: 500, statuses: ["DEPLOYED", "SUPERSEDED"] });
  equal(releases.length, before.size);
  for (const { name, revision, manifest, hooks } of releases) {
    const texts = [manifest, ...hooks.map((hook) => hook.manifest)];
    const left = await env.kube.findRemoved(texts.map((text) => new KubeManifest(text)));
    deepEqual(left.filter(({ to }) => to !== undefined), [], `${name}.v${revision}`);
  }
  const [web] = releases.filter(({ name }) => name === "web");
  ok(web);
  const live = JSON.stringify([...await old.live(web)].map(([key, { spec }]) => [key, spec]));

  for (const archive of kept.values()) {
    const { performed, refused } = await undoRepair(env, { archive, yes: true });
    deepEqual([performed, refused], [true, false]);
  }
  deepEqual(await contents(old), before);

  // A rollback to the repaired manifests does not change the live objects.
  await repair(env, "map-apis", { release: "web", yes: true, backups });
  await rollback(env, { name: "web", revision: 1 });
  equal(JSON.stringify([...await old.live(web)].map(([key, { spec }]) => [key, spec])), live);
});

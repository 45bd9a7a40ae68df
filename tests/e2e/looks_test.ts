import { deepEqual, equal, ok } from "node:assert/strict";
import {
  install,
  type KnownOutline,
  liveObject,
  objectEvents,
  outlineReleases,
  releaseResources,
  uninstall,
  upgrade,
  watchRecords,
  wholeRevisions,
} from "../../engine/release/mod.ts";
import { BASIC, BASIC_2 } from "./_charts.ts";
import { story, storyWithSecrets } from "./_cluster.ts";
import type { Stage } from "./_cluster.ts";

/** Looks at a release from its installation to its end, as the page of `skeg ui` does. */
async function looks(stage: Stage): Promise<void> {
  const { env, namespace, another, send } = stage;
  const stop = new AbortController();
  const changed = new Set<string>();
  const watching = (async () => {
    for await (const { releases } of watchRecords(another({ signal: stop.signal }))) {
      for (const name of releases) changed.add(name);
    }
  })();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const known = new Map<string, KnownOutline>();
  deepEqual((await outlineReleases(env, { known })).revisions, []);
  await install(env, { chart: BASIC, name: "web", namespace });
  // Changes that come together are told together: a release that comes and goes at once is never told of.
  const endMs = performance.now() + 20_000;
  while (!changed.has("web") && performance.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 100));
  deepEqual([...changed], ["web"]);
  const first = await outlineReleases(env, { known });
  deepEqual(first.revisions.map(({ head, release }) => [head.key, release?.info.status.code]), [[
    "web.v1",
    "DEPLOYED",
  ]]);
  await upgrade(env, { name: "web", chart: BASIC_2, config: "colour: red\n" });
  const second = await outlineReleases(env, { known });
  deepEqual(second.revisions.map(({ head, release }) => [head.key, release?.info.status.code]), [[
    "web.v2",
    "DEPLOYED",
  ]]);
  deepEqual([second.releases, second.records, second.version === first.version], [1, 2, false]);
  const { revisions, records } = await wholeRevisions(env, { name: "web", max: 1 });
  deepEqual([revisions.map(({ release }) => release.revision), records], [[2], 2]);
  ok((revisions[0]?.sizeBytes ?? 0) > 300);
  const { objects } = await releaseResources(env, { name: "web", owned: true });
  deepEqual(objects.map(({ apiVersion, kind, name, state }) => [apiVersion, kind, name, state]), [
    ["v1", "ConfigMap", "web-added", "ready"],
    ["v1", "ConfigMap", "web-config", "ready"],
  ]);
  const named = { apiVersion: "v1", kind: "ConfigMap", namespace, name: "web-added" };
  equal((await liveObject(env, named))?.metadata?.name, "web-added");
  await send("DELETE", `/api/v1/namespaces/${namespace}/configmaps/web-added`);
  equal(await liveObject(env, named), undefined);
  const [gone] = (await releaseResources(env, { name: "web" })).objects;
  deepEqual([gone?.name, gone?.state], ["web-added", "missing"]);
  const subject = { kind: "ConfigMap", namespace, name: "web-config" };
  await send("POST", `/api/v1/namespaces/${namespace}/events`, {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: "looked-at", namespace },
    involvedObject: { apiVersion: "v1", ...subject },
    type: "Normal",
    reason: "Seen",
    message: "was looked at",
    lastTimestamp: "2026-01-02T03:04:05Z",
  });
  deepEqual((await objectEvents(env, [subject])).map(({ reason }) => reason), ["Seen"]);
  deepEqual((await objectEvents(env, [subject, named])).map(({ reason }) => reason), ["Seen"]);
  await uninstall(env, { name: "web", purge: true });
  deepEqual([(await outlineReleases(env, { known })).releases, known.size], [0, 0]);
  stop.abort();
  await watching;
}

story("a release is looked at while it changes", looks);
storyWithSecrets("a release in Secrets is looked at while it changes", looks);

/**
 * A repair that deletes objects is killed after any request: the record says DELETING as long as an object is
 * left, and the next repair ends well.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { repair } from "../../engine/release/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import { someRelease } from "../_lib/releases.ts";
import { killedAfter } from "./_kills.ts";
import { openStage, type Stage } from "./_stage.ts";
import { objectCallOf } from "../_lib/object_call.ts";

const NAMES = ["a", "b", "c"];
const PLACE = "/api/v1/namespaces/default/configmaps";
const map = (name: string): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  data: { a: "1" },
});
const MANIFEST = NAMES.map((name) => `---\n${JSON.stringify(map(name))}\n`).join("");

async function prepared(): Promise<Stage> {
  const stage = await openStage();
  const { driver } = stage.process();
  const seconds = Math.floor(Date.now() / 1000);
  const info = {
    lastDeployed: { seconds: seconds - 5, nanos: 0 },
    deleted: { seconds, nanos: 0 },
    description: "Deletion in progress (or silently failed); it was DEPLOYED",
  };
  await driver.create(someRelease({ status: "DELETING", manifest: MANIFEST, info }));
  const call = objectCallOf(stage.cluster.transport);
  for (const name of NAMES) equal((await call("POST", `${PLACE}?fieldManager=skeg`, map(name))).status, 201);
  return stage;
}

Deno.test({
  name: "a finish-delete that is killed after any request is ended by the next one, and each object is in a backup",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    let kills = 0;
    const seen = new Set<string>();
    for (let k = 1;; k++) {
      const stage = await prepared();
      const kept: Uint8Array[] = [];
      const backups = {
        save: (_: string, __: string, bytes: Uint8Array) => Promise.resolve(String(kept.push(bytes) - 1)),
        load: (path: string) => Promise.resolve(kept[Number(path)] ?? new Uint8Array()),
      };
      const options = { release: "web", yes: true, backups, olderThanSeconds: 0 };
      const { through, dead } = killedAfter(k);
      const ended = repair(stage.process(through), "finish-delete", options).then(() => true);
      const killed = !await Promise.race([ended, dead.then(() => false)]);
      const objects = await stage.objects();
      const left = NAMES.filter((name) => objects.has(`ConfigMap/${name}`));
      const [record] = await stage.records("web");
      seen.add(`${record?.info.status.code} ${left.length}`);
      if (left.length > 0) equal(record?.info.status.code, "DELETING");
      if (left.length < NAMES.length) equal(kept.length, 1);
      await repair(stage.process(), "finish-delete", options);
      deepEqual([...(await stage.objects()).keys()].filter((key) => /^ConfigMap\/[abc]$/.test(key)), []);
      equal((await stage.records("web"))[0]?.info.status.code, "DELETED");
      await stage.close();
      if (!killed) break;
      kills++;
    }
    ok(kills >= 8, `${kills} kills`);
    deepEqual([...seen].sort(), ["DELETED 0", "DELETING 0", "DELETING 1", "DELETING 2", "DELETING 3"]);
  },
});

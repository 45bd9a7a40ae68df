/**
 * A repair that deletes objects is killed after any request: the record says DELETING as long as an object is
 * left, and the next repair ends well.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { openArchive, repair } from "../../engine/release/mod.ts";
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
  const call = objectCallOf(stage.cluster.transport);
  for (const name of NAMES) equal((await call("POST", `${PLACE}?fieldManager=skeg`, map(name))).status, 201);
  // The release is older than its objects, and its deletion is younger.
  const seconds = Math.floor(Date.now() / 1000);
  const info = {
    lastDeployed: { seconds: seconds - 7200, nanos: 0 },
    deleted: { seconds, nanos: 0 },
    description: "Deletion in progress (or silently failed); it was DEPLOYED",
  };
  await driver.create(someRelease({ status: "DELETING", manifest: MANIFEST, info }));
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

/** A repair that deletes three objects and writes no record. */
interface Deleting {
  readonly fix: "cleanup-failed" | "clean-hooks" | "delete-orphans";
  readonly options: object;
  /** Collection of the objects. */
  readonly path: string;
  readonly object: (name: string) => KubeObject;
  /** Stores the records. */
  readonly store: (stage: Stage) => Promise<void>;
  /** Changes each object after it was made. */
  readonly after?: (stage: Stage, name: string) => Promise<void>;
}

const PODS = "/api/v1/namespaces/default/pods";
const pod = (name: string): KubeObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, annotations: { "helm.sh/hook": "pre-upgrade" } },
  spec: { restartPolicy: "Never", containers: [{ name: "a", image: "example.invalid/a" }] },
});
const orphan = (name: string): KubeObject => ({
  ...map(name),
  metadata: { name, labels: { heritage: "Tiller", release: "web" } },
});

const DELETING: readonly Deleting[] = [
  {
    fix: "cleanup-failed",
    options: {},
    path: PLACE,
    object: map,
    store: async (stage) => {
      const { driver } = stage.process();
      const begun = { seconds: Math.floor(Date.now() / 1000), nanos: 0 };
      const info = { firstDeployed: begun, lastDeployed: begun };
      await driver.create(someRelease({ manifest: "", info }));
      const description = 'Upgrade "web" failed: no';
      await driver.create(
        someRelease({ revision: 2, status: "FAILED", manifest: MANIFEST, info: { ...info, description } }),
      );
    },
  },
  {
    fix: "clean-hooks",
    options: {},
    path: PODS,
    object: pod,
    store: async (stage) => {
      const hooks = NAMES.map((name) => ({
        name,
        kind: "Pod",
        path: `${name}.yaml`,
        manifest: JSON.stringify(pod(name)),
        events: ["pre-upgrade" as const],
        weight: 0,
        deletePolicies: [],
        deleteTimeoutSeconds: 0,
      }));
      await stage.process().driver.create(someRelease({ manifest: "", hooks }));
    },
    // The node ends the pod.
    after: async (stage, name) => {
      const call = objectCallOf(stage.cluster.transport);
      const { body } = await call("GET", `${PODS}/${name}`);
      const ended = { ...body as KubeObject, status: { phase: "Succeeded" } };
      equal((await call("PUT", `${PODS}/${name}/status`, ended)).status, 200);
    },
  },
  {
    fix: "delete-orphans",
    options: {}, // the objects are named when it runs
    path: PLACE,
    object: orphan,
    store: () => Promise.resolve(),
  },
];

for (const { fix, options, path, object, store, after } of DELETING) {
  Deno.test({
    name: `a ${fix} that is killed after any request is ended by the next one, and each object is in a backup`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const seen = new Set<number>();
      for (let k = 1;; k++) {
        const stage = await openStage();
        await store(stage);
        const call = objectCallOf(stage.cluster.transport);
        for (const name of NAMES) {
          equal((await call("POST", `${path}?fieldManager=skeg`, object(name))).status, 201);
          await after?.(stage, name);
        }
        const left = async (): Promise<string[]> => {
          const { body } = await call("GET", path);
          const names = (body as { items: KubeObject[] }).items.map(({ metadata }) => metadata?.name ?? "");
          return names.filter((name) => NAMES.includes(name));
        };
        const kept: Uint8Array[] = [];
        const backups = {
          save: (_: string, __: string, bytes: Uint8Array) => Promise.resolve(String(kept.push(bytes) - 1)),
          load: (at: string) => Promise.resolve(kept[Number(at)] ?? new Uint8Array()),
        };
        const run = async (env: ReturnType<Stage["process"]>, objects = NAMES): Promise<unknown> => {
          const wanted = fix === "delete-orphans" ? { objects: objects.map((name) => `ConfigMap/${name}`) } : options;
          return await repair(env, fix, { ...wanted, release: "web", yes: true, backups, olderThanSeconds: 0 });
        };
        const { through, dead } = killedAfter(k);
        const ended = run(stage.process(through)).then(() => true);
        const killed = !await Promise.race([ended, dead.then(() => false)]);
        const names = await left();
        seen.add(names.length);
        if (names.length < NAMES.length) equal(kept.length, 1);
        if (names.length > 0) await run(stage.process(), names);
        deepEqual(await left(), []);
        const saved = (await Promise.all(kept.map((bytes) => openArchive(bytes)))).flatMap(({ objects }) =>
          objects.map(({ object }) => object.metadata?.name ?? "")
        );
        deepEqual([...new Set(saved)].sort(), NAMES);
        await stage.close();
        if (!killed) break;
      }
      deepEqual([...seen].sort(), [0, 1, 2, 3]);
    },
  });
}

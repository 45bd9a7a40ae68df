/**
 * Repairs that are killed after any request, that run beside another client, and
 * whose answers are lost: every record must be either the old or the new one, and
 * running the repair or its undo again must succeed.
 */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { KubeError, type Transport } from "../../engine/kube/mod.ts";
import { type BackupStore, repair, type RepairResult, undoRepair } from "../../engine/release/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import { releaseKey } from "../../storage/mod.ts";
import { someRelease } from "../_lib/releases.ts";
import { killedAfter } from "./_kills.ts";
import { openStage, type Stage } from "./_stage.ts";
import { objectCallOf } from "../_lib/object_call.ts";

const RECORDS = "/api/v1/namespaces/kube-system/configmaps";
const OLD =
  "\n---\n# Source: web/a.yaml\nkind: Role\napiVersion: rbac.authorization.k8s.io/v1beta1\nmetadata: {name: web}";
const NEW = OLD.replace("v1beta1", "v1");
const REVISIONS = [1, 2, 3];

/** Returns a store that keeps backups in memory. */
function memoryBackups(): BackupStore & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    save(cluster, name, bytes) {
      const path = `${cluster}/${name}-${kept.size}`;
      kept.set(path, bytes);
      return Promise.resolve(path);
    },
    load: (path) => Promise.resolve(kept.get(path) ?? new Uint8Array()),
  };
}

/** Runs `use` with a sandbox with three revisions that name an old API version. */
async function withOldRevisions(use: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await openStage();
  try {
    const { driver } = stage.process();
    for (const revision of REVISIONS) {
      const status = revision === 3 ? "DEPLOYED" : "SUPERSEDED";
      await driver.create(someRelease({ revision, status, manifest: OLD, config: { raw: `revision: ${revision}\n` } }));
    }
    await use(stage);
  } finally {
    await stage.close();
  }
}

/** Returns data and labels of all records. */
async function contents(stage: Stage): Promise<unknown[]> {
  const answer = await objectCallOf(stage.cluster.transport)("GET", RECORDS);
  const { items } = answer.body as { items: KubeObject[] };
  return items.map(({ metadata, data }) => ({ name: metadata?.name, labels: metadata?.labels, data }));
}

const mapAll = (env: ReturnType<Stage["process"]>, backups: BackupStore): Promise<RepairResult> =>
  repair(env, "map-apis", { release: "web", yes: true, backups });

/** Returns `old` or `new` for each record, oldest first. */
async function manifests(stage: Stage): Promise<string[]> {
  const records = await stage.records("web");
  return records.map(({ manifest }) => manifest === OLD ? "old" : manifest === NEW ? "new" : manifest);
}

Deno.test({
  name: "a repair that is killed after any request leaves records that are old or new, and the next one ends well",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    let kills = 0;
    const seen = new Set<string>();
    for (let k = 1;; k++) {
      let killed = true;
      await withOldRevisions(async (stage) => {
        const before = await contents(stage);
        const backups = memoryBackups();
        const { through, dead } = killedAfter(k);
        const ended = mapAll(stage.process(through), backups).then(() => true);
        killed = !await Promise.race([ended, dead.then(() => false)]);
        const left = await manifests(stage);
        seen.add(left.join(" "));
        // Records are changed in order, and never without a backup.
        ok(/^(new )*(old )*$/.test(`${left.join(" ")} `), left.join(" "));
        if (left.includes("new")) equal(backups.kept.size, 1);
        const { reports } = await mapAll(stage.process(), backups);
        deepEqual(await manifests(stage), ["new", "new", "new"]);
        deepEqual(reports[0]?.records.length, left.filter((one) => one === "old").length);
        for (const archive of [...backups.kept.values()].reverse()) {
          ok(!(await undoRepair(stage.process(), { archive, yes: true })).refused);
        }
        deepEqual(await contents(stage), before);
      });
      if (!killed) break;
      kills++;
    }
    ok(kills >= 6, `${kills} kills`);
    deepEqual([...seen].sort(), ["new new new", "new new old", "new old old", "old old old"]);
  },
});

Deno.test({
  name: "an undo that is killed after any request is ended by the next one",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    for (let k = 1;; k++) {
      let killed = true;
      await withOldRevisions(async (stage) => {
        const before = await contents(stage);
        const backups = memoryBackups();
        await mapAll(stage.process(), backups);
        const [archive = new Uint8Array()] = backups.kept.values();
        const { through, dead } = killedAfter(k);
        const ended = undoRepair(stage.process(through), { archive, yes: true }).then(() => true);
        killed = !await Promise.race([ended, dead.then(() => false)]);
        for (const one of await manifests(stage)) ok(one === "old" || one === "new", one);
        await undoRepair(stage.process(), { archive, yes: true });
        deepEqual(await contents(stage), before);
      });
      if (!killed) break;
    }
  },
});

/** Wraps a transport so that another client writes a record before its PUT. */
function meddling(stage: Stage, key: string): (next: Transport) => Transport {
  let done = false;
  return (next) => async (request) => {
    if (!done && request.method === "PUT" && request.path.endsWith(`/${key}`)) {
      done = true;
      const call = objectCallOf(stage.cluster.transport);
      const { body } = await call("GET", `${RECORDS}/${key}`);
      const object = body as KubeObject;
      const labels = { ...object.metadata?.labels, STATUS: "FAILED" };
      await call("PUT", `${RECORDS}/${key}`, { ...object, metadata: { ...object.metadata, labels } });
    }
    return await next(request);
  };
}

Deno.test({
  name: "a repair stops at a record that another client modified, and says how far it came",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withOldRevisions(async (stage) => {
      const backups = memoryBackups();
      const env = stage.process(meddling(stage, "web.v2"));
      await rejects(mapAll(env, backups), (error: { kind?: string; message?: string }) => {
        equal(error.kind, "conflict");
        match(error.message ?? "", /^web\.v2 was modified by another client since it was read\. 1 of 3 records was/);
        ok(error.message?.includes([...backups.kept.keys()][0] ?? "nothing"));
        return true;
      });
      deepEqual(await manifests(stage), ["new", "old", "old"]);
      const [archive = new Uint8Array()] = backups.kept.values();
      const { refused, records } = await undoRepair(stage.process(), { archive, yes: true });
      equal(refused, true);
      deepEqual(records.map(({ key, state }) => `${key} ${state}`), [
        "web.v1 repaired",
        "web.v2 modified",
        "web.v3 original",
      ]);
      deepEqual(await manifests(stage), ["new", "old", "old"]);
      await mapAll(stage.process(), backups);
      deepEqual(await manifests(stage), ["new", "new", "new"]);
    }),
});

Deno.test({
  name: "a write whose answer is lost counts when the record is there",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withOldRevisions(async (stage) => {
      let lost = 0;
      const losing = (next: Transport): Transport => async (request) => {
        const answer = await next(request);
        if (request.method !== "PUT" || lost > 0) return answer;
        lost++;
        await answer.body?.cancel();
        throw new KubeError("the connection was closed", 0, "");
      };
      await mapAll(stage.process(losing), memoryBackups());
      equal(lost, 1);
      deepEqual(await manifests(stage), ["new", "new", "new"]);
    }),
});

Deno.test({
  name: "a backup that is not read back as it was written stops the repair before the first write",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withOldRevisions(async (stage) => {
      const before = await contents(stage);
      const backups = memoryBackups();
      const torn: BackupStore = { ...backups, load: async (path) => (await backups.load(path)).slice(0, 600) };
      await rejects(mapAll(stage.process(), torn), { kind: "io" });
      const full: BackupStore = { ...backups, save: () => Promise.reject(new Error("no space left on device")) };
      await rejects(mapAll(stage.process(), full), { message: "no space left on device" });
      // A backup of the wrong release, such as a file that was replaced.
      const other = memoryBackups();
      const env = stage.process();
      await env.driver.create(someRelease({ name: "shop", manifest: OLD }));
      await repair(env, "map-apis", { release: "shop", yes: true, backups: other });
      const [wrong = new Uint8Array()] = other.kept.values();
      const swapped: BackupStore = { ...backups, load: () => Promise.resolve(wrong) };
      await rejects(mapAll(stage.process(), swapped), {
        kind: "io",
        message: /^the backup .* does not read back as written/,
      });
      await env.driver.delete(releaseKey("shop", 1));
      deepEqual(await contents(stage), before);
    }),
});

/**
 * Migrations to Helm 3, and the way back, that are killed after any request: the same command again must lead to one end
 * state.
 */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import {
  type BackupStore,
  type Environment,
  finishMigration,
  install,
  migrateBack,
  type MigrateOptions,
  migrateToHelm3,
  type MigrationResult,
  upgrade,
  verifyMigrations,
} from "../../engine/release/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import { objectCallOf } from "../_lib/object_call.ts";
import { killedAfter } from "./_kills.ts";
import { hookedChart, NAMESPACE, openStage, type Stage, STRIDE } from "./_stage.ts";

const SECRETS = `/api/v1/namespaces/${NAMESPACE}/secrets`;
const JOURNAL = "/api/v1/namespaces/kube-system/configmaps/skeg-migration.web";
const LEASE = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/skeg.web";
/** Distance between kills: all of them with `SKEG_RESILIENCE=all`. */
const STEP = STRIDE === 1 ? 1 : 3;
const MARKS = ["meta.helm.sh/release-name", "meta.helm.sh/release-namespace"];

/** Returns a store that keeps archives in memory. */
function memoryArchives(): BackupStore & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    save(_cluster, name, bytes) {
      const path = `${name}-${kept.size}`;
      kept.set(path, bytes);
      return Promise.resolve(path);
    },
    load(path) {
      const bytes = kept.get(path);
      return bytes === undefined ? Promise.reject(new Error("no such file")) : Promise.resolve(bytes);
    },
  };
}

const process = (stage: Stage, through?: Parameters<Stage["process"]>[0]): Environment =>
  stage.process(through, { journals: "kube-system" });

const migrate = (
  env: Environment,
  archives: BackupStore,
  more: Partial<MigrateOptions> = {},
): Promise<MigrationResult> => migrateToHelm3(env, { releases: ["web"], yes: true, archives, ...more });

/** Runs `use` with a sandbox with a release of two revisions. */
async function withRelease(use: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await openStage();
  try {
    const put = (version: number) => ({
      name: "web",
      namespace: NAMESPACE,
      chart: hookedChart(version),
      timeoutSeconds: 10,
    });
    await install(process(stage), put(1));
    await upgrade(process(stage), put(2));
    await use(stage);
  } finally {
    await stage.close();
  }
}

async function read(stage: Stage, path: string): Promise<KubeObject | undefined> {
  const { status, body } = await objectCallOf(stage.cluster.transport)("GET", path);
  return status === 200 ? body as KubeObject : undefined;
}

async function secretsOf(stage: Stage): Promise<string[]> {
  const { items } = await read(stage, `${SECRETS}?labelSelector=owner%3Dhelm`) as unknown as { items: KubeObject[] };
  return items.map(({ metadata }) => `${metadata?.name} ${metadata?.labels?.["status"]}`).sort();
}

/** Returns all records of Helm 2 as they are stored. */
async function ownRecords(stage: Stage): Promise<unknown[]> {
  const path = "/api/v1/namespaces/kube-system/configmaps?labelSelector=OWNER%3DTILLER";
  const { items } = await read(stage, path) as unknown as { items: KubeObject[] };
  return items.map(({ metadata, data }) => ({ name: metadata?.name, labels: metadata?.labels, data }));
}

/** Returns the marks of Helm 3 on live objects that are not hooks, by object. */
async function marks(stage: Stage): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const [key, { metadata }] of await stage.objects()) {
    if (key.startsWith("Job/")) continue;
    const labels = metadata?.labels?.["app.kubernetes.io/managed-by"] === "Helm" ? ["label"] : [];
    found[key] = [...labels, ...MARKS.filter((mark) => metadata?.annotations?.[mark] !== undefined)];
  }
  return found;
}

/** Returns the facts that are the same after every migration. */
async function endState(stage: Stage): Promise<unknown> {
  const journal = JSON.parse(
    (await read(stage, JOURNAL) as { data?: { journal: string } } | undefined)?.data?.journal ?? "{}",
  );
  const lease = await read(stage, LEASE);
  return {
    secrets: await secretsOf(stage),
    marks: await marks(stage),
    state: journal.state,
    revisions: journal.revisions?.map(({ key, state }: { key: string; state: string }) => `${key} ${state}`),
    objects: journal.objects?.map((
      { object, added }: { object: { kind: string; name: string }; added: string[] },
    ) => [object.kind, object.name, added]),
    lease: lease?.metadata?.annotations,
  };
}

/** Kills `run` after each of its requests, on a state of its own, and calls `after` with what is left. Returns the kills. */
async function killEach(
  before: (stage: Stage, archives: BackupStore) => Promise<void>,
  run: (env: Environment, archives: BackupStore) => Promise<unknown>,
  after: (stage: Stage, archives: ReturnType<typeof memoryArchives>) => Promise<void>,
): Promise<number> {
  let kills = 0;
  for (let k = 1;; k += STEP) {
    let killed = true;
    await withRelease(async (stage) => {
      const archives = memoryArchives();
      await before(stage, archives);
      const { through, dead } = killedAfter(k);
      const ended = run(process(stage, through), archives).then(() => true);
      killed = !await Promise.race([ended, dead.then(() => false)]);
      await after(stage, archives);
    });
    if (!killed) return kills;
    kills++;
  }
}

const DONE = {
  secrets: ["sh.helm.release.v1.web.v1 superseded", "sh.helm.release.v1.web.v2 deployed"],
  state: "migrated",
  revisions: ["web.v2 written", "web.v1 written"],
  lease: { "skeg.dev/migrated-to": "helm3" },
};

Deno.test({
  name: "a migration that is killed after any request is ended by the same command, in one end state",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    let expected: unknown;
    await withRelease(async (stage) => {
      await migrate(process(stage), memoryArchives());
      expected = await endState(stage);
      const { marks, objects, ...rest } = expected as { marks: Record<string, string[]>; objects: unknown[] };
      deepEqual(rest, DONE);
      for (const [key, found] of Object.entries(marks)) {
        // Version 2 has no third ConfigMap.
        deepEqual(found, ["label", ...MARKS], key);
      }
      equal(objects.length, Object.keys(marks).length);
    });
    const kills = await killEach(
      async () => {},
      (env, archives) => migrate(env, archives),
      async (stage, archives) => {
        const before = await ownRecords(stage);
        const left = await secretsOf(stage);
        // Newest first, and never without an archive.
        if (left.length === 1) match(left[0] ?? "", /v2 deployed$/);
        if (left.length > 0) ok(archives.kept.size >= 1);
        const { releases } = await migrate(process(stage), archives);
        equal(releases[0]?.outcome, "done");
        deepEqual(await endState(stage), expected);
        deepEqual(await ownRecords(stage), before);
        const [verified] = await verifyMigrations(process(stage), { releases: ["web"] });
        deepEqual(verified?.problems, []);
      },
    );
    ok(kills >= 7, `${kills} kills`);
  },
});

Deno.test({
  name: "a way back that is killed after any request is ended by the same command; Helm 2 has its records as before",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    let before: unknown[] = [];
    const kills = await killEach(
      async (stage, archives) => {
        before = await ownRecords(stage);
        await migrate(process(stage), archives);
      },
      (env, archives) => migrateBack(env, { releases: ["web"], yes: true, archives }),
      async (stage, archives) => {
        if (await read(stage, JOURNAL) !== undefined) {
          const [done] = await migrateBack(process(stage), { releases: ["web"], yes: true, archives });
          equal(done?.outcome, "done");
        }
        deepEqual(await secretsOf(stage), []);
        deepEqual(await ownRecords(stage), before);
        equal(await read(stage, JOURNAL), undefined);
        for (const [key, found] of Object.entries(await marks(stage))) deepEqual(found, [], key);
        await upgrade(process(stage), { name: "web", chart: hookedChart(1), timeoutSeconds: 10 });
      },
    );
    ok(kills >= 4, `${kills} kills`);
  },
});

Deno.test({
  name:
    "the end of a migration that is killed after any request is ended by the same command, and back restores the records",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    let before: unknown[] = [];
    let isEnded = false;
    const kills = await killEach(
      async (stage, archives) => {
        before = await ownRecords(stage);
        await migrate(process(stage), archives);
      },
      (env, archives) => finishMigration(env, { releases: ["web"], yes: true, archives }),
      async (stage, archives) => {
        // Half of the kills are followed by the way back at once.
        isEnded = !isEnded;
        if (isEnded) {
          await finishMigration(process(stage), { releases: ["web"], yes: true, archives });
          deepEqual(await ownRecords(stage), []);
          equal((await secretsOf(stage)).length, 2);
          equal((await read(stage, JOURNAL))?.metadata?.labels?.["STATE"], "finished");
        }
        await migrateBack(process(stage), { releases: ["web"], yes: true, archives });
        deepEqual(await ownRecords(stage), before);
      },
    );
    ok(kills >= 4, `${kills} kills`);
  },
});

Deno.test({
  name: "a release that was migrated is changed only with ignoreHelm3, with a lease and without",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withRelease(async (stage) => {
      const lease = { describe: () => Promise.resolve("a test") };
      await migrate(process(stage), memoryArchives());
      const put = { name: "web", chart: hookedChart(1), timeoutSeconds: 10 };
      for (const more of [{}, { lease }]) {
        const env = { ...process(stage), ...more };
        await rejects(upgrade(env, put), {
          kind: "conflict",
          message: /^release "web" was migrated to Helm 3 in namespace/,
        });
        await upgrade({ ...env, ignoreHelm3: true }, put);
        // The mark stays.
        equal((await read(stage, LEASE))?.metadata?.annotations?.["skeg.dev/migrated-to"], "helm3");
      }
    }),
});

Deno.test({
  name: "a release that was never migrated costs no further request with a lease, and one without",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withRelease(async (stage) => {
      const count = async (more: Partial<Environment>): Promise<number> => {
        let sent = 0;
        const env = stage.process((next) => (request) => (sent++, next(request)), more);
        await upgrade(env, { name: "web", chart: hookedChart(2), timeoutSeconds: 10 });
        return sent;
      };
      const lease = { describe: () => Promise.resolve("a test") };
      const plain = await count({});
      equal(await count({ journals: "kube-system" }) - plain, 1);
      equal(await count({ journals: "kube-system", lease }), await count({ lease }));
    }),
});

Deno.test({
  name: "a plan that was approved is performed only while it fits",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withRelease(async (stage) => {
      const { plan, performed } = await migrate(process(stage), memoryArchives(), { yes: false });
      equal(performed, false);
      deepEqual(await secretsOf(stage), []);
      const approved = JSON.parse(JSON.stringify(plan));
      await upgrade(process(stage), { name: "web", chart: hookedChart(1), timeoutSeconds: 10 });
      await rejects(migrate(process(stage), memoryArchives(), { releases: undefined, approved }), {
        kind: "conflict",
        message: /changed since the plan was made; nothing was written$/,
      });
      deepEqual(await secretsOf(stage), []);
      const again = await migrate(process(stage), memoryArchives(), { yes: false });
      await migrate(process(stage), memoryArchives(), {
        releases: undefined,
        approved: JSON.parse(JSON.stringify(again.plan)),
      });
      equal((await secretsOf(stage)).length, 3);
    }),
});

Deno.test({
  name: "a record of another release under a name of Helm 3 stops the migration before anything is written",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withRelease(async (stage) => {
      const call = objectCallOf(stage.cluster.transport);
      const metadata = {
        name: "sh.helm.release.v1.web.v1",
        labels: { name: "web", owner: "helm", status: "deployed", version: "1" },
      };
      await call("POST", SECRETS, {
        apiVersion: "v1",
        kind: "Secret",
        type: "helm.sh/release.v1",
        metadata,
        data: { release: btoa("e30=") },
      });
      await rejects(migrate(process(stage), memoryArchives()), {
        kind: "conflict",
        message: "sh.helm.release.v1.web.v1 exists and is another release",
      });
      equal((await secretsOf(stage)).length, 1);
      equal(await read(stage, JOURNAL), undefined);
    }),
});

/** Undo of archives that no repair made, and of repairs after which the release was changed. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { StatusCode } from "../../model/mod.ts";
import type { RecordObject } from "../../../storage/mod.ts";
import { someRelease } from "../../../tests/_lib/releases.ts";
import { storageStage } from "../../../tests/_lib/storage_stage.ts";
import type { Environment } from "../environment.ts";
import { withLease } from "../lease.ts";
import { type ArchivedWrite, packArchive, unpackArchive } from "./archive.ts";
import { type BackupStore, clusterOf } from "./backups.ts";
import { repair } from "./run.ts";
import type { RepairName } from "./table.ts";
import { undoRepair } from "./undo.ts";

const MAPS = "/api/v1/namespaces/kube-system/configmaps";
const SECRETS = "/api/v1/namespaces/kube-system/secrets";

/** A sandbox with an environment for each kind of storage, and functions to repair and look at `web`. */
async function stage() {
  const opened = await storageStage({ lease: { describe: () => Promise.resolve("ann@a, process 1") } });
  const { call, maps } = opened;
  return {
    ...opened,
    put: (revision: number, status: StatusCode) => maps.driver.create(someRelease({ revision, status })),
    /** Performs a repair of `web` and returns its backup. */
    repaired: async (name: RepairName, options: Readonly<Record<string, unknown>> = {}): Promise<Uint8Array> => {
      let archive = new Uint8Array();
      const backups: BackupStore = {
        save: (_, __, bytes) => {
          archive = new Uint8Array(bytes);
          return Promise.resolve("backup");
        },
        load: () => Promise.resolve(archive),
      };
      await repair(maps, name, { ...options, release: "web", yes: true, olderThanSeconds: 0, backups } as never);
      return archive;
    },
    labels: async () => {
      const { body } = await call("GET", MAPS);
      return (body as { items: RecordObject[] }).items.filter(({ metadata }) => metadata?.name?.startsWith("web.v"))
        .map(({ metadata }) => `${metadata?.name} ${metadata?.labels?.STATUS}`);
    },
  };
}

const NONE = { verb: "delete", labels: {}, dataSha256: "" } as const;

/** Packs the backup of a `prune` of `web` that deleted Secrets. */
async function pruned(env: Environment, records: readonly unknown[], writes: readonly ArchivedWrite[]) {
  return await packArchive({
    time: "2026-01-31T12:00:00Z",
    cluster: await clusterOf(env),
    storage: { kind: "Secret", namespace: "kube-system" },
    repair: { name: "prune", release: "web", writes },
  }, records as RecordObject[]);
}

const secret = (name: string, type: string | undefined, more: Readonly<Record<string, unknown>> = {}) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace: "kube-system", labels: { NAME: "web", OWNER: "TILLER" }, ...more },
  ...type === undefined ? {} : { type },
  data: { release: btoa("x") },
});

Deno.test("undoRepair() refuses an archive with an object that is no record of the release, and creates nothing", async () => {
  await using on = await stage();
  const bad = [
    ["bootstrap-token-abc123", "bootstrap.kubernetes.io/token", { labels: {} }],
    ["bootstrap-token-abc123", undefined, {}],
    ["db.v1", undefined, { labels: { NAME: "db" } }],
    ["web.v1", "kubernetes.io/service-account-token", {}],
  ] as const;
  for (const [name, type, more] of bad) {
    const archive = await pruned(on.secrets, [secret(name, type, more)], [{ ...NONE, key: name }]);
    const message = new RegExp(`^the archive cannot be undone: "${name}" is `);
    await rejects(undoRepair(on.secrets, { archive, yes: true, olderThanSeconds: 0 }), { kind: "io", message });
    equal((await on.call("GET", `${SECRETS}/${name}`)).status, 404);
  }
  const alone = await pruned(on.secrets, [], [{ key: "other", verb: "create", labels: {}, dataSha256: "" }]);
  await rejects(undoRepair(on.secrets, { archive: alone }), { kind: "io", message: /"other" is not the key/ });
});

Deno.test("undoRepair() creates a deleted record with name, labels, annotations and data alone", async () => {
  await using on = await stage();
  const more = { annotations: { a: "b" }, finalizers: ["example.com/f"], ownerReferences: [] };
  const archive = await pruned(on.secrets, [secret("web.v1", "Opaque", more)], [{ ...NONE, key: "web.v1" }]);
  ok((await undoRepair(on.secrets, { archive, yes: true, olderThanSeconds: 0 })).performed);
  const made = (await on.call("GET", `${SECRETS}/web.v1`)).body as RecordObject;
  const { labels, annotations, finalizers } = made.metadata as Record<string, unknown>;
  deepEqual([labels, annotations, finalizers], [{ NAME: "web", OWNER: "TILLER" }, { a: "b" }, undefined]);
  deepEqual(made.data, { release: btoa("x") });
});

Deno.test("undoRepair() refuses to bring back a DEPLOYED revision beside one that was installed anew", async () => {
  await using on = await stage();
  await on.put(2, "SUPERSEDED");
  await on.put(3, "DEPLOYED");
  const archive = await on.repaired("forget");
  await on.put(1, "DEPLOYED");
  for (const yes of [false, true]) {
    await rejects(undoRepair(on.maps, { archive, yes, olderThanSeconds: 0 }), {
      kind: "conflict",
      message: "the undo would make web.v3 DEPLOYED again beside web.v1: nothing was restored",
    });
  }
  deepEqual(await on.labels(), ["web.v1 DEPLOYED"]);
});

Deno.test("undoRepair() refuses to label a revision DEPLOYED beside one that the archive does not hold", async () => {
  await using on = await stage();
  await on.put(1, "DEPLOYED");
  await on.put(2, "DEPLOYED");
  const archive = await on.repaired("dedupe", { trustMe: 2 });
  await on.maps.driver.update(someRelease({ revision: 2, status: "SUPERSEDED" }));
  await on.put(3, "DEPLOYED");
  await rejects(undoRepair(on.maps, { archive, yes: true, olderThanSeconds: 0 }), {
    kind: "conflict",
    message: /^the undo would make web\.v1 DEPLOYED again beside web\.v3/,
  });
  deepEqual(await on.labels(), ["web.v1 SUPERSEDED", "web.v2 SUPERSEDED", "web.v3 DEPLOYED"]);
});

Deno.test("undoRepair() brings back two DEPLOYED revisions when the archive has them and nothing was added", async () => {
  await using on = await stage();
  await on.put(1, "DEPLOYED");
  await on.put(2, "DEPLOYED");
  const archive = await on.repaired("dedupe", { trustMe: 2 });
  ok((await undoRepair(on.maps, { archive, yes: true, olderThanSeconds: 0 })).performed);
  deepEqual(await on.labels(), ["web.v1 DEPLOYED", "web.v2 DEPLOYED"]);
});

Deno.test("undoRepair() takes an archive that is unpacked already", async () => {
  await using on = await stage();
  await on.put(1, "DEPLOYED");
  const archive = await unpackArchive(await on.repaired("forget"));
  ok((await undoRepair(on.maps, { archive, yes: true, olderThanSeconds: 0 })).performed);
  deepEqual(await on.labels(), ["web.v1 DEPLOYED"]);
});

Deno.test("undoRepair() restores nothing while another operation holds the lease of the release", async () => {
  await using on = await stage();
  await on.put(1, "DEPLOYED");
  await on.put(2, "DEPLOYED");
  const archive = await on.repaired("dedupe", { trustMe: 2 });
  await withLease(on.maps, { name: "web", operation: "upgrade" }, async () => {
    await rejects(undoRepair(on.maps, { archive, yes: true, olderThanSeconds: 0 }), { kind: "conflict" });
  });
  deepEqual(await on.labels(), ["web.v1 SUPERSEDED", "web.v2 DEPLOYED"]);
});

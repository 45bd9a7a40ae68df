import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { testEnvironment } from "../../../tests/_lib/environment.ts";
import { fakeObjects } from "../../../tests/_lib/fake_objects.ts";
import { objectCallOf } from "../../../tests/_lib/object_call.ts";
import { someRelease } from "../../../tests/_lib/releases.ts";
import { configMapDriver } from "../../../storage/mod.ts";
import { openSandbox } from "../../sandbox/mod.ts";
import type { Environment } from "../environment.ts";
import { unpackArchive } from "./archive.ts";
import type { BackupStore } from "./backups.ts";
import { runRepair } from "./perform.ts";
import type { Repair } from "./repair.ts";

/** A repair that gives every record the description of its choice. */
const describe: Repair<{ readonly description: (revision: number) => string }> = {
  name: "describe",
  prepare: (_, { records }, { description }) => {
    const writes = records.flatMap((record) => {
      const { release } = record;
      if (release === undefined) return [];
      return [{
        record,
        release: { ...release, info: { ...release.info, description: description(release.revision) } },
      }];
    });
    const changes = writes.map(({ record, release }) => ({
      record: record.key,
      subject: "description",
      before: record.release?.info.description ?? "",
      after: release.info.description.slice(0, 10),
      details: [],
    }));
    return Promise.resolve({ changes, notes: [], writes });
  },
};

/** An environment with two revisions in ConfigMaps. */
async function setUp(): Promise<
  { env: Environment; backups: BackupStore; kept: Map<string, Uint8Array>; calls: string[] }
> {
  const { call, calls } = fakeObjects();
  const driver = configMapDriver(call, "kube-system");
  for (const revision of [1, 2]) await driver.create(someRelease({ revision }));
  calls.length = 0;
  const kept = new Map<string, Uint8Array>();
  const backups: BackupStore = {
    save: (cluster, name, bytes) => {
      const path = `${cluster}/${name}`;
      kept.set(path, bytes);
      return Promise.resolve(path);
    },
    load: (path) => Promise.resolve(kept.get(path) ?? new Uint8Array()),
  };
  return { env: { ...testEnvironment().env, driver }, backups, kept, calls };
}

const writesIn = (calls: readonly string[]): string[] =>
  calls.filter((call) => !call.startsWith("GET")).map((call) => call.replace(/\/api.*\//, ""));

Deno.test("runRepair() previews without a write, and performs with a backup of all records first", async () => {
  const { env, backups, kept, calls } = await setUp();
  const options = { description: () => "new", backups };
  const preview = await runRepair(env, describe, "web", options);
  deepEqual([preview.performed, preview.records, preview.blocked], [false, ["web.v1", "web.v2"], undefined]);
  deepEqual([writesIn(calls), kept.size], [[], 0]);
  const report = await runRepair(env, describe, "web", { ...options, yes: true });
  deepEqual(writesIn(calls), ["PUT web.v1", "PUT web.v2"]);
  deepEqual([...kept.keys()], [report.backup]);
  match(report.backup ?? "", /\/web-20200913T\d{6}Z$/);
  const { records, repair, storage } = await unpackArchive(kept.get(report.backup ?? "") ?? new Uint8Array());
  deepEqual(records.map(({ metadata }) => metadata?.name), ["web.v1", "web.v2"]);
  deepEqual([repair?.name, repair?.release, storage.namespace], ["describe", "web", "kube-system"]);
  equal((await env.driver.get("web.v2")).info.description, "new");
});

Deno.test("runRepair() leaves a record as it is that would not fit into an object, and says so", async () => {
  const { env, backups, calls } = await setUp();
  const huge = randomBytes(900_000).toString("base64");
  const description = (revision: number): string => revision === 1 ? huge : "new";
  const report = await runRepair(env, describe, "web", { description, backups, yes: true });
  deepEqual(writesIn(calls), ["PUT web.v2"]);
  deepEqual(report.changes.map(({ record }) => record), ["web.v2"]);
  deepEqual(report.notes.map(({ record, unsolved }) => [record, unsolved]), [["web.v1", true]]);
  match(report.notes[0]?.text ?? "", /^Cannot store release "web": its record would take/);
});

Deno.test("runRepair() needs a place for the backup, and stops when the signal fires", async () => {
  const { env, backups, calls } = await setUp();
  const options = { description: () => "new", yes: true };
  await rejects(runRepair(env, describe, "web", options), { kind: "usage" });
  const stop = new AbortController();
  const stopping: BackupStore = {
    ...backups,
    save: (...given) => {
      stop.abort();
      return backups.save(...given);
    },
  };
  await rejects(runRepair({ ...env, signal: stop.signal }, describe, "web", { ...options, backups: stopping }), {
    kind: "aborted",
    message: /0 of 2 records were written; the backup is /,
  });
  deepEqual(writesIn(calls), []);
});

/** Runs `change` after the records were read and before the first write. */
function duringBackup(backups: BackupStore, change: () => Promise<unknown>): BackupStore {
  return {
    ...backups,
    save: async (...given) => {
      await change();
      return await backups.save(...given);
    },
  };
}

Deno.test("runRepair() writes nothing when another client changes any record after they were read", async () => {
  const changes: readonly [string, (env: Environment) => Promise<unknown>][] = [
    ["web.v3", ({ driver }) => driver.create(someRelease({ revision: 3, status: "DEPLOYED" }))],
    ["web.v1", ({ driver }) => driver.delete("web.v1")],
    ["web.v2", ({ driver }) => driver.update(someRelease({ revision: 2, status: "SUPERSEDED" }))],
  ];
  for (const [key, change] of changes) {
    const { env, backups, calls } = await setUp();
    const late = duringBackup(backups, async () => {
      await change(env);
      calls.length = 0;
    });
    // The repair itself writes another record.
    const one: typeof describe = {
      ...describe,
      prepare: async (env, records, options) => {
        const { writes, ...rest } = await describe.prepare(env, records, options);
        return { ...rest, writes: writes.filter(({ record }) => record.key !== key).slice(0, 1) };
      },
    };
    await rejects(runRepair(env, one, "web", { description: () => "new", backups: late, yes: true }), {
      kind: "conflict",
      message: `another client changed ${key} since the records were read; nothing was written`,
    });
    deepEqual(writesIn(calls), []);
  }
});

Deno.test("runRepair() holds the lease of the release while it reads, and does not take itself for another operation", async () => {
  const { env, backups } = await setUp();
  const cluster = await openSandbox();
  const driver = configMapDriver(objectCallOf(cluster.transport), "kube-system");
  await driver.create(someRelease({ revision: 3, status: "PENDING_UPGRADE" }));
  const clock = () => ({ seconds: Math.floor(Date.now() / 1000), nanos: 0 });
  const leased: Environment = { ...env, driver, clock, lease: { describe: () => Promise.resolve("ann") } };
  const path = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/skeg.web";
  const status = async () => (await driver.place?.call("GET", path))?.status;
  const seen: unknown[] = [];
  const looking: typeof describe = {
    ...describe,
    prepare: async (...given) => {
      seen.push(await status());
      return await describe.prepare(...given);
    },
  };
  const options = { description: () => "new", backups, tillerIdle: true, olderThanSeconds: 0 };
  await runRepair(leased, looking, "web", options);
  const { performed } = await runRepair(leased, looking, "web", { ...options, yes: true });
  deepEqual([seen, performed, await status()], [[404, 200], true, 404]);
  await cluster.close();
});

/** Moves between storages, on sandboxes; with a database where PostgreSQL is installed. */
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { configMapDriver, type Driver, type SqlConnection, storageKind } from "../../../storage/mod.ts";
import { postgresPrograms, startPostgres } from "../../../tests/_lib/postgres.ts";
import { someRelease } from "../../../tests/_lib/releases.ts";
import { storageStage } from "../../../tests/_lib/storage_stage.ts";
import type { Environment } from "../environment.ts";
import type { BackupStore } from "../repair/backups.ts";
import { exportReleases } from "./export.ts";
import { importReleases } from "./import.ts";
import { moveStorage } from "./move.ts";

function memoryBackups(): BackupStore & { readonly kept: Uint8Array[] } {
  const kept: Uint8Array[] = [];
  return {
    kept,
    save: (_, __, bytes) => Promise.resolve(String(kept.push(bytes) - 1)),
    load: (path) => Promise.resolve(kept[Number(path)] ?? new Uint8Array()),
  };
}

async function fill({ driver }: Environment, name = "web"): Promise<void> {
  await driver.create(someRelease({ name, revision: 1, status: "SUPERSEDED" }));
  await driver.create(someRelease({ name, revision: 2, status: "DEPLOYED" }));
  await driver.update(someRelease({ name, revision: 2, status: "DEPLOYED", config: { raw: "a: ä\n" } }));
  await driver.create(someRelease({ name, revision: 3, status: "FAILED" }));
}

const contents = async ({ driver }: Environment) =>
  (await driver.plain?.list({}) ?? []).map(({ version: _, createdAt: __, ...record }) => record);

Deno.test("moveStorage() previews, then moves text and labels, and keeps a backup that import reads", async () => {
  await using stage = await storageStage();
  const { maps, secrets } = stage;
  await fill(maps);
  await fill(maps, "db");
  const before = await contents(maps);
  const preview = await moveStorage(maps, { target: secrets.driver, releases: ["web"] });
  deepEqual([preview.performed, preview.blocked, preview.releases], [false, undefined, [
    { name: "web", newName: "web", created: ["web.v1", "web.v3", "web.v2"], present: [] },
  ]]);
  deepEqual([preview.from, preview.to], [
    'ConfigMaps in namespace "kube-system"',
    'Secrets in namespace "kube-system"',
  ]);
  deepEqual([await contents(maps), await contents(secrets)], [before, []]);
  const backups = memoryBackups();
  const { performed, releases } = await moveStorage(maps, { target: secrets.driver, all: true, yes: true, backups });
  deepEqual([performed, releases.map(({ name, backup }) => `${name} ${backup}`)], [true, ["db 0", "web 1"]]);
  deepEqual([await contents(maps), await contents(secrets)], [[], before]);
  for (const archive of backups.kept) {
    await importReleases(stage.on(configMapDriver(stage.call, "elsewhere")), { archive });
  }
  deepEqual(await contents(stage.on(configMapDriver(stage.call, "elsewhere"))), before);
});

Deno.test("moveStorage() refuses the same place, other content, and names of nothing", async () => {
  await using stage = await storageStage();
  const { maps, secrets } = stage;
  await fill(maps);
  const refused = (target: Driver, more: object, error: object) =>
    rejects(moveStorage(maps, { target, releases: ["web"], yes: true, backups: memoryBackups(), ...more }), error);
  await refused(maps.driver, {}, { kind: "usage", message: /already$/ });
  await refused(secrets.driver, { releases: ["none"] }, { kind: "not-found", message: 'release: "none" not found' });
  await refused(secrets.driver, { releases: [] }, { kind: "usage" });
  await refused(secrets.driver, { backups: undefined }, { kind: "usage", message: /place for its backups/ });
  await secrets.driver.create(someRelease({ revision: 7 }));
  await refused(secrets.driver, {}, { kind: "exists", message: /there is another revision of web: web\.v7/ });
  await secrets.driver.delete("web.v7");
  await secrets.driver.create(someRelease({ revision: 1, status: "FAILED" }));
  await refused(secrets.driver, {}, { kind: "exists", message: /web\.v1 exists with other content/ });
  equal((await contents(maps)).length, 3);
});

Deno.test("moveStorage() refuses while a Tiller runs or an operation is in progress; a preview says so", async () => {
  await using stage = await storageStage();
  const { maps, secrets, call } = stage;
  await fill(maps);
  const labels = { app: "helm", name: "tiller" };
  const pod = { metadata: { name: "tiller-1", labels }, spec: { containers: [{ name: "tiller", image: "tiller" }] } };
  await call("POST", "/api/v1/namespaces/kube-system/pods", { apiVersion: "v1", kind: "Pod", ...pod });
  const options = { target: secrets.driver, releases: ["web"], backups: memoryBackups() };
  match(
    (await moveStorage(maps, options)).blocked ?? "",
    /^a Tiller runs in namespace "kube-system" \(pod "tiller-1"\)/,
  );
  await rejects(moveStorage(maps, { ...options, yes: true }), { kind: "conflict", message: /^a Tiller runs/ });
  equal((await contents(maps)).length, 3);
  const young = { lastDeployed: { seconds: Math.floor(Date.now() / 1000) - 10, nanos: 0 } };
  await maps.driver.create(someRelease({ revision: 4, status: "PENDING_UPGRADE", info: young }));
  await rejects(moveStorage(maps, { ...options, yes: true, tillerRunning: true }), {
    kind: "conflict",
    message: /^web\.v4 is PENDING/,
  });
  await moveStorage(maps, { ...options, yes: true, tillerRunning: true, olderThanSeconds: 0 });
  deepEqual(await contents(maps), []);
});

Deno.test("moveStorage() stops at a record that another client modified, and continues afterwards", async () => {
  await using stage = await storageStage();
  const { maps, secrets } = stage;
  await fill(maps);
  const { plain } = maps.driver;
  if (plain === undefined) throw new Error("no records");
  const meddling = {
    ...plain,
    remove: async (record: Parameters<typeof plain.remove>[0]) => {
      if (record.key === "web.v3") await maps.driver.update(someRelease({ revision: 3, status: "FAILED" }));
      await plain.remove(record);
    },
  };
  const options = { target: secrets.driver, releases: ["web"], yes: true, backups: memoryBackups() };
  await rejects(moveStorage({ ...maps, driver: { ...maps.driver, plain: meddling } }, options), {
    kind: "conflict",
    message: /^cannot remove web\.v3 at the source: it was modified by another client\. 1 of 3 records were removed/,
  });
  // The modified record differs now: which one counts is for a person to decide.
  await rejects(moveStorage(maps, options), { kind: "exists", message: /web\.v3 exists with other content/ });
  await secrets.driver.delete("web.v3");
  await moveStorage(maps, options);
  deepEqual([(await contents(maps)).length, (await contents(secrets)).length], [0, 3]);
});

type Plain = NonNullable<Driver["plain"]>;

/** Returns the environment with another `plain` part, made from its own. */
function withPlain(env: Environment, change: (plain: Plain) => Partial<Plain>): Environment {
  const { plain } = env.driver;
  if (plain === undefined) throw new Error("no records");
  return { ...env, driver: { ...env.driver, plain: { ...plain, ...change(plain) } } };
}

Deno.test("moveStorage() writes nothing when another client changes the records after they were read", async () => {
  const changes: ((driver: Driver) => Promise<unknown>)[] = [
    (driver) => driver.create(someRelease({ revision: 4, status: "DEPLOYED" })),
    (driver) => driver.create(someRelease({ revision: 4, status: "FAILED" })),
    (driver) => driver.update(someRelease({ revision: 2, status: "SUPERSEDED" })),
    (driver) => driver.delete("web.v1"),
  ];
  for (const change of changes) {
    await using stage = await storageStage();
    const { maps, secrets } = stage;
    await fill(maps);
    const backups = memoryBackups();
    const late: BackupStore = {
      ...backups,
      save: async (...given) => {
        await change(maps.driver);
        return await backups.save(...given);
      },
    };
    const options = { target: secrets.driver, releases: ["web"], yes: true };
    await rejects(moveStorage(maps, { ...options, backups: late }), {
      kind: "conflict",
      message: /^another client changed web\.v\d at the source since the records were read\. Nothing was written$/,
    });
    deepEqual(await contents(secrets), []);
    const before = await contents(maps);
    await moveStorage(maps, { ...options, backups });
    deepEqual([await contents(maps), await contents(secrets)], [[], before]);
  }
});

Deno.test("moveStorage() removes nothing at the source when it was changed while records were copied", async () => {
  await using stage = await storageStage();
  const { maps, secrets } = stage;
  await fill(maps);
  const target = withPlain(secrets, (plain) => ({
    create: async (record) => {
      await plain.create(record);
      if (record.key === "web.v2") await maps.driver.create(someRelease({ revision: 4, status: "FAILED" }));
    },
  })).driver;
  await rejects(moveStorage(maps, { target, releases: ["web"], yes: true, backups: memoryBackups() }), {
    kind: "conflict",
    message: /changed web\.v4 at the source .*\. Nothing was removed there/,
  });
  equal((await contents(maps)).length, 4);
});

Deno.test("moveStorage() fails when the source has records of the release after the move", async () => {
  await using stage = await storageStage();
  const { maps, secrets } = stage;
  await fill(maps);
  const late = withPlain(maps, (plain) => ({
    remove: async (record) => {
      await plain.remove(record);
      if (record.key === "web.v1") await maps.driver.create(someRelease({ revision: 4, status: "FAILED" }));
    },
  }));
  await rejects(
    moveStorage(late, { target: secrets.driver, releases: ["web"], yes: true, backups: memoryBackups() }),
    (error: Error & { kind: string; hint: string }) => {
      match(error.message, /^another client created web\.v4 at the source during the move.*all 3 records/);
      match(error.hint, /'skeg export web'.*'skeg repair forget'\. The backup of the moved records is 0\.$/);
      return error.kind === "conflict";
    },
  );
});

Deno.test("moveStorage() of several releases reports those that were moved although one fails", async () => {
  await using stage = await storageStage();
  const { maps, secrets } = stage;
  for (const name of ["api", "db", "web"]) await fill(maps, name);
  const failing = () =>
    withPlain(maps, (plain) => ({
      remove: async (record) => {
        if (record.key.startsWith("db.")) throw new Error("no");
        await plain.remove(record);
      },
    }));
  const options = { target: secrets.driver, all: true, yes: true, backups: memoryBackups() };
  const { releases, failures } = await moveStorage(failing(), options);
  deepEqual(releases.map(({ name, backup }) => `${name} ${backup}`), ["api 0", "web 2"]);
  deepEqual(failures.map(({ release }) => release), ["db"]);
  match(failures[0]?.message ?? "", /^cannot remove db\.v2 at the source: no\. 0 of 3 records were removed/);
  match(failures[0]?.hint ?? "", /The backup is 1\.$/);
  const again = await moveStorage(maps, options);
  deepEqual([again.releases.map(({ name }) => name), again.failures, await contents(maps)], [["db"], [], []]);
});

const programs = postgresPrograms();
const server = programs === undefined ? undefined : await startPostgres(programs);

/** Opens a driver at an address, which makes the table if there is none. */
async function driverOf(connectionString: string): Promise<Driver | undefined> {
  return await storageKind("sql")?.({
    call: () => Promise.reject(new Error("no cluster")),
    namespace: "",
    sql: { connectionString, createSchema: true },
    options: {},
  });
}

/** Opens a schema of the database: a connection to look, and a driver. */
async function database(schema: string): Promise<{ connection: SqlConnection; driver: Driver }> {
  const connection = await server?.connect(schema);
  const driver = await driverOf(server?.address(schema) ?? "");
  if (connection === undefined || driver === undefined) throw new Error("no database");
  return { connection, driver };
}

Deno.test({
  name: "moveStorage() moves rows of a database to ConfigMaps and back, times included",
  ignore: server === undefined,
  fn: async () => {
    await using stage = await storageStage();
    const { connection, driver } = await database("moves");
    const table = stage.on(driver);
    await fill(table);
    const rows = () => connection.query("select * from releases order by key");
    const before = await rows();
    const backups = memoryBackups();
    await moveStorage(table, { target: stage.maps.driver, all: true, yes: true, backups });
    deepEqual(await rows(), []);
    equal((await stage.maps.driver.get("web.v2")).config?.raw, "a: ä\n");
    await moveStorage(stage.maps, { target: table.driver, all: true, yes: true, backups });
    deepEqual(await rows(), before);
    deepEqual(await contents(stage.maps), []);
    await rejects(moveStorage(table, { target: table.driver, all: true }), {
      kind: "usage",
      message: /in that database already/,
    });
    await connection.close();
    await driver.close?.();
  },
});

Deno.test({
  name: "moveStorage() moves rows from one database to another, and goes on after an interruption",
  ignore: server === undefined,
  fn: async () => {
    await using stage = await storageStage();
    const [from, to] = [await database("from_here"), await database("to_there")];
    const [source, target] = [stage.on(from.driver), stage.on(to.driver)];
    await fill(source);
    await fill(source, "db");
    const rows = (connection: SqlConnection) => connection.query("select * from releases order by key");
    const before = await rows(from.connection);
    const preview = await moveStorage(source, { target: to.driver, all: true });
    deepEqual([preview.performed, preview.releases.map(({ name }) => name)], [false, ["db", "web"]]);
    // The first removal is refused: the target has the release by then.
    const stopped = withPlain(source, () => ({ remove: () => Promise.reject(new Error("no")) }));
    const backups = memoryBackups();
    await rejects(moveStorage(stopped, { target: to.driver, releases: ["db"], yes: true, backups }), /cannot remove/);
    equal((await rows(to.connection)).length, 3);
    await moveStorage(source, { target: to.driver, all: true, yes: true, backups });
    deepEqual([await rows(from.connection), await rows(to.connection)], [[], before]);
    equal((await target.driver.get("web.v2")).config?.raw, "a: ä\n");
    for (const { connection, driver } of [from, to]) {
      await connection.close();
      await driver.close?.();
    }
  },
});

Deno.test({
  name: "moveStorage() refuses the same table under another address, and servers that do not tell",
  ignore: server === undefined,
  fn: async () => {
    await using stage = await storageStage();
    const { connection, driver } = await database("same");
    const source = stage.on(driver);
    await fill(source);
    const count = async () => (await connection.query("select key from releases")).length;
    const options = { all: true, yes: true, backups: memoryBackups() };
    const address = server?.address("same") ?? "";
    const others = [
      address.replace("127.0.0.1", "localhost"),
      server?.address("none,same") ?? "",
      server?.address("same,public") ?? "",
    ];
    for (const other of others) {
      const target = await driverOf(other);
      if (target === undefined) throw new Error("no database");
      await rejects(moveStorage(source, { ...options, target }), {
        kind: "usage",
        message: /in that database already/,
      });
      await target.close?.();
      equal(await count(), 3, other);
    }
    const other = await database("untold");
    const untold = withPlain(stage.on(other.driver), () => ({ identity: () => Promise.resolve(undefined) })).driver;
    await rejects(moveStorage(source, { ...options, target: untold }), { kind: "usage", message: /do not tell/ });
    equal(await count(), 3);
    for (const one of [{ connection, driver }, other]) {
      await one.connection.close();
      await one.driver.close?.();
    }
  },
});

Deno.test({
  name: "moveStorage() names rows that objects cannot hold before it writes anything, and renames with consent",
  ignore: server === undefined,
  fn: async () => {
    await using stage = await storageStage();
    const { connection, driver } = await database("limits");
    const table = stage.on(driver);
    await fill(table, "Web_1");
    await fill(table, "small");
    const noise = Array.from(crypto.getRandomValues(new Uint8Array(60_000)), (byte) => byte.toString(36)).join("");
    await table.driver.create(
      someRelease({ name: "large", manifest: noise.repeat(1) + crypto.randomUUID().repeat(1) }),
    );
    await connection.query("update releases set body = repeat('A', 1048577) where key = 'large.v1'");
    const options = { target: stage.maps.driver, all: true, yes: true, backups: memoryBackups() };
    await rejects(moveStorage(table, options), (error: { message: string; details?: string }) => {
      match(
        error.message,
        /^cannot move records to ConfigMaps in namespace "kube-system": Web_1\.v1 cannot be the name of a ConfigMap: .* and 3 more$/,
      );
      match(error.details ?? "", /large\.v1 has 1048577 bytes, and a ConfigMap holds 1048576 at most/);
      return true;
    });
    deepEqual(await contents(stage.maps), []);
    await connection.query("delete from releases where key = 'large.v1'");
    const { releases } = await moveStorage(table, { ...options, rename: { Web_1: "web-1" } });
    deepEqual(releases.map(({ name, newName }) => `${name} ${newName}`), ["Web_1 web-1", "small small"]);
    equal((await stage.maps.driver.get("web-1.v2")).name, "web-1");
    deepEqual(await connection.query("select key from releases"), []);
    await connection.close();
    await driver.close?.();
  },
});

Deno.test({
  name: "exports go to a database and come from one, text for text",
  ignore: server === undefined,
  fn: async () => {
    await using stage = await storageStage();
    const { connection, driver } = await database("transfers");
    const table = stage.on(driver);
    await fill(stage.maps);
    const { archive } = await exportReleases(stage.maps);
    await importReleases(table, { archive });
    equal((await importReleases(table, { archive })).performed, false);
    const texts = async (env: Environment) => (await contents(env)).map(({ key, data }) => [key, data]);
    deepEqual(await texts(table), await texts(stage.maps));
    const back = stage.on(configMapDriver(stage.call, "default"));
    await importReleases(back, { archive: (await exportReleases(table)).archive });
    deepEqual(await contents(back), await contents(table));
    deepEqual(await texts(back), await texts(stage.maps));
    await connection.close();
    await driver.close?.();
  },
});

Deno.test({
  name: "the server of these tests is stopped",
  ignore: server === undefined,
  fn: async () => await server?.stop(),
});

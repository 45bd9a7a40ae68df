/**
 * The SQL storage on a real PostgreSQL: the shared suite of drivers, the schema, guarded writes, connections
 * that are cut.
 */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { type Driver, releaseKey } from "./driver.ts";
import { type SqlConnection, sqlDriver, SqlError } from "./sql.ts";
import { join } from "node:path";
import { postgresConnection } from "./postgres.ts";
import { issue } from "../tests/_lib/certificates.ts";
import { driverSuite } from "../tests/_lib/driver_suite.ts";
import { inFolder } from "../tests/_lib/folder.ts";
import { postgresPrograms, startPostgres } from "../tests/_lib/postgres.ts";
import { someRelease } from "../tests/_lib/releases.ts";

const programs = postgresPrograms();
const server = programs === undefined ? undefined : await startPostgres(programs);
const PAUSES_MS = [1, 5, 20, 50];
let schemas = 0;

/** Connects when the first statement is sent: the shared suite makes its drivers synchronously. */
function lazily(schema: string): SqlConnection {
  let opened: Promise<SqlConnection> | undefined;
  const open = (): Promise<SqlConnection> =>
    opened ??= server?.connect(schema) ?? Promise.reject(new Error("no server"));
  return {
    query: async (text, values, options) => await (await open()).query(text, values, options),
    close: async () => await (await opened)?.close(),
  };
}

const opened: SqlConnection[] = [];
function driverOn(connection: SqlConnection): Driver {
  opened.push(connection);
  return sqlDriver(connection, { createSchema: true, pausesMs: PAUSES_MS });
}

function pair(): { driver: Driver; other: Driver; schema: string } {
  const schema = `storage_${schemas++}`;
  return { driver: driverOn(lazily(schema)), other: driverOn(lazily(schema)), schema };
}

if (server !== undefined) driverSuite("sql", pair);

function test(name: string, run: (stage: ReturnType<typeof pair>) => Promise<void>): void {
  Deno.test({ name, ignore: server === undefined, fn: () => run(pair()) });
}

test("a database without the table is an error, unless it is to be made", async ({ schema }) => {
  const connection = lazily(schema);
  opened.push(connection);
  const plain = sqlDriver(connection);
  await rejects(plain.list(), { message: 'the database has no table "releases"', state: "42P01" });
  await rejects(plain.create(someRelease()), { message: 'the database has no table "releases"' });
  await sqlDriver(connection, { createSchema: true }).create(someRelease());
  equal((await plain.list()).length, 1);
});

test("the table, its indexes and the bookkeeping are those that Tiller makes", async ({ driver, schema }) => {
  await driver.create(someRelease());
  const connection = lazily(schema);
  opened.push(connection);
  const columns = await connection.query(
    "select column_name, data_type, character_maximum_length, is_nullable, column_default from information_schema.columns " +
      "where table_schema = current_schema() and table_name = 'releases' order by ordinal_position",
  );
  deepEqual(columns.map((row) => Object.values(row).join(" ").trim()), [
    "key character varying 67 NO",
    "body text  NO",
    "name character varying 64 NO",
    "version integer  NO",
    "status text  NO",
    "owner text  NO",
    "created_at integer  NO",
    "modified_at integer  NO 0",
  ]);
  const indexes = await connection.query(
    "select indexname from pg_indexes where schemaname = current_schema() order by 1",
  );
  deepEqual(indexes.map(({ indexname }) => indexname), [
    "gorp_migrations_pkey",
    "releases_created_at_idx",
    "releases_key_idx",
    "releases_modified_at_idx",
    "releases_owner_idx",
    "releases_pkey",
    "releases_status_idx",
    "releases_version_idx",
  ]);
  deepEqual((await connection.query("select id from gorp_migrations")).map(({ id }) => id), ["init"]);
});

test("clients that make the table at the same moment make it once", async ({ schema }) => {
  const drivers = Array.from({ length: 8 }, () => driverOn(lazily(schema)));
  await Promise.all(drivers.map((driver, index) => driver.create(someRelease({ revision: index + 1 }))));
  equal((await drivers[0]?.list())?.length, 8);
});

test("a database that Helm 3 uses is refused", async ({ schema, driver }) => {
  const connection = lazily(schema);
  opened.push(connection);
  await connection.query("create table gorp_migrations (id text primary key, applied_at timestamptz)");
  await connection.query("insert into gorp_migrations values ('init', now()), ('custom_labels', now())");
  await rejects(driver.create(someRelease()), { message: /another program keeps its own migrations in this schema/ });
});

test("of fifty who create one revision at once, one succeeds", async ({ schema }) => {
  const drivers = Array.from({ length: 10 }, () => driverOn(lazily(schema)));
  const outcomes = await Promise.allSettled(
    Array.from(
      { length: 50 },
      (_, index) => drivers[index % 10]?.create(someRelease({ config: { raw: `writer: ${index}\n` } })),
    ),
  );
  equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") equal(outcome.reason.message, 'release: "web.v1" already exists');
  }
});

test("update() keeps created_at and sets modified_at", async ({ schema }) => {
  const connection = lazily(schema);
  opened.push(connection);
  let seconds = 1000;
  const driver = sqlDriver(connection, { createSchema: true, clock: () => ({ seconds: seconds++, nanos: 0 }) });
  await driver.create(someRelease());
  await driver.update(someRelease({ status: "SUPERSEDED" }));
  deepEqual({ ...(await connection.query("select created_at, modified_at, status, owner from releases"))[0] }, {
    created_at: 1000,
    modified_at: 1001,
    status: "SUPERSEDED",
    owner: "TILLER",
  });
});

test("a record that cannot be decoded is left out of lists and reported", async ({ schema }) => {
  const connection = lazily(schema);
  opened.push(connection);
  const broken: string[] = [];
  const driver = sqlDriver(connection, { createSchema: true, onBroken: (key) => broken.push(key) });
  await driver.create(someRelease());
  await driver.create(someRelease({ revision: 2 }));
  await connection.query("update releases set body = 'H4sIAAAA' where key = 'web.v2'");
  equal((await driver.list()).length, 1);
  equal((await driver.query({ name: "web" })).length, 1);
  deepEqual(broken, ["web.v2", "web.v2"]);
  await rejects(driver.get("web.v2"), { kind: "record" });
  await rejects(driver.delete("web.v2"), { kind: "record" });
});

/** Cuts the connection before a statement is sent, or after it was carried out and before its answer. */
function cutting(
  schema: string,
  moment: "before" | "after",
  at: number,
): { connection: SqlConnection; count: () => number } {
  const inner = lazily(schema);
  opened.push(inner);
  let count = 0;
  const cut = (): never => {
    throw new SqlError("cannot reach the database: cut by the test", "ECONNRESET", { isLost: true });
  };
  return {
    count: () => count,
    connection: {
      ...inner,
      async query(text, values, options) {
        const isNow = count++ === at;
        if (isNow && moment === "before") cut();
        const rows = await inner.query(text, values, options);
        if (isNow && moment === "after") cut();
        return rows;
      },
    },
  };
}

for (const moment of ["before", "after"] as const) {
  test(`an answer that is lost ${moment} the server's work harms no call, at any statement`, async () => {
    for (let at = 0, statements = 1; at < statements; at++) {
      const schema = `storage_${schemas++}`;
      const { connection, count } = cutting(schema, moment, at);
      const driver = sqlDriver(connection, { createSchema: true, pausesMs: PAUSES_MS });
      const first = await driver.create(someRelease());
      const second = await driver.update(someRelease({ status: "SUPERSEDED" }), { version: first });
      await driver.update(someRelease({ status: "DEPLOYED" }), { version: second });
      await driver.create(someRelease({ revision: 2 }));
      equal((await driver.list()).length, 2);
      deepEqual((await driver.query({ name: "web" })).map(({ info }) => info.status.code), ["DEPLOYED", "DEPLOYED"]);
      await driver.delete("web.v2");
      deepEqual((await driver.list()).map((release) => releaseKey(release.name, release.revision)), ["web.v1"]);
      statements = count();
    }
  });
}

test("a lost answer does not hide that another client wrote", async ({ other, schema }) => {
  const first = await other.create(someRelease());
  const { connection } = cutting(schema, "before", 0);
  const driver = sqlDriver(connection, { pausesMs: PAUSES_MS });
  await other.update(someRelease({ status: "DELETING" }), { version: first });
  await rejects(driver.update(someRelease({ status: "DELETED" }), { version: first }), { kind: "conflict" });
  const { connection: again } = cutting(schema, "before", 0);
  await rejects(sqlDriver(again, { pausesMs: PAUSES_MS }).create(someRelease()), { kind: "exists" });
});

test("connections that the server ends are opened again", async ({ driver }) => {
  await driver.create(someRelease());
  for (let round = 0; round < 3; round++) {
    await server?.cut();
    equal((await driver.get("web.v1")).revision, 1);
    await server?.cut();
    await driver.update(someRelease({ status: round % 2 === 0 ? "FAILED" : "DEPLOYED" }));
  }
});

test("an aborted signal ends a statement that waits for a lock", async ({ driver, schema }) => {
  await driver.create(someRelease());
  const locking = lazily(schema);
  opened.push(locking);
  await locking.query("begin");
  await locking.query("lock table releases in access exclusive mode");
  const abort = new AbortController();
  const waiting = driver.get("web.v1", { signal: abort.signal });
  setTimeout(() => abort.abort(), 30);
  await rejects(waiting, { kind: "aborted" });
  await locking.query("rollback");
  equal((await driver.get("web.v1")).revision, 1);
});

test("what cannot be reached says where and why, and no password", async () => {
  const port = server?.port ?? 0;
  const reason = async (text: string): Promise<string> => {
    const driver = sqlDriver(postgresConnection(text), { pausesMs: [1] });
    const error = await driver.list().then(() => new Error("no error"), (thrown) => thrown);
    ok(
      !/canary|wrong-word/.test(
        `${error.stack} ${error.hint} ${JSON.stringify(error)} ${Deno.inspect(error, { depth: 20 })}`,
      ),
    );
    return error.message;
  };
  equal(
    await reason("postgres://tiller:wrong-word@127.0.0.1:1/x?sslmode=disable"),
    "cannot reach the database of release records at 127.0.0.1:1: connection refused",
  );
  match(
    await reason(`postgres://tiller:wrong-word@127.0.0.1:${port}/postgres?sslmode=disable`),
    /: password authentication failed for user "tiller"$/,
  );
  match(
    await reason(`postgres://tiller:wrong-word@127.0.0.1:${port}/postgres`),
    /: The server does not support SSL connections$/,
  );
  match(
    await reason((server?.address("public") ?? "").replace("/postgres?", "/nothing?")),
    /: database "nothing" does not exist$/,
  );
});

Deno.test({
  name: "each mode of TLS trusts what it says, and nothing else",
  ignore: programs === undefined,
  fn: async () => {
    const authority = issue({ isAuthority: true, commonName: "authority" });
    const named = issue({ dns: ["localhost"], by: authority });
    const secured = await startPostgres(programs ?? "", { certificate: named.cert, key: named.key });
    const stranger = issue({ isAuthority: true, commonName: "authority" });
    try {
      await inFolder({ "own.pem": authority.cert, "stranger.pem": stranger.cert }, async (folder) => {
        const result = async (host: string, options: Readonly<Record<string, string>>): Promise<string> => {
          const text = secured.address("public", options).replace("@127.0.0.1:", `@${host}:`);
          const connection = postgresConnection(text);
          const asked = connection.query("select ssl from pg_stat_ssl where pid = pg_backend_pid()");
          const said = await asked.then(([row]) => row?.ssl === true ? "TLS" : "plain", (error) => `${error.message}`);
          await connection.close();
          return said.replace(/^.*: /, "");
        };
        const own = { sslrootcert: join(folder, "own.pem") }, other = { sslrootcert: join(folder, "stranger.pem") };
        equal(await result("127.0.0.1", { sslmode: "disable" }), "plain");
        equal(await result("127.0.0.1", { sslmode: "require" }), "TLS");
        equal(await result("localhost", { sslmode: "verify-full", ...own }), "TLS");
        match(await result("127.0.0.1", { sslmode: "verify-full", ...own }), /certificate is for another name$/);
        equal(await result("127.0.0.1", { sslmode: "verify-ca", ...own }), "TLS");
        for (const sslmode of ["require", "verify-ca", "verify-full"]) {
          match(await result("localhost", { sslmode, ...other }), /certificate/, sslmode);
        }
        match(await result("localhost", { sslmode: "verify-full" }), /certificate/);
        match(
          await result("localhost", { sslmode: "verify-full", sslrootcert: join(folder, "none.pem") }),
          /cannot read/,
        );
      });
    } finally {
      await secured.stop();
    }
  },
});

Deno.test({
  name: "the server of these tests is stopped",
  ignore: server === undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await Promise.all(opened.map((connection) => connection.close()));
    await server?.stop();
  },
});

import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { storageKind } from "../../../storage/mod.ts";
import { repairBookkeeping } from "../repair/sql_bookkeeping.ts";
import { configMaps, makeLive, putHistory, withDoctorStage } from "../../../tests/_lib/doctor_stage.ts";
import type { DoctorStage } from "../../../tests/_lib/doctor_stage.ts";
import { postgresPrograms, startPostgres } from "../../../tests/_lib/postgres.ts";
import type { SqlConnection } from "../../../storage/mod.ts";

const programs = postgresPrograms();

/** A stage whose records are rows of a database. */
async function onDatabase(use: (stage: DoctorStage, connection: SqlConnection) => Promise<void>): Promise<void> {
  const server = await startPostgres(programs ?? "");
  const connection = await server.connect("records");
  try {
    const sql = { connectionString: server.address("records"), createSchema: true };
    const call = () => Promise.reject(new Error("not called"));
    const driver = await storageKind("sql")?.({ call, namespace: "", sql, options: {} });
    ok(driver);
    try {
      await withDoctorStage((stage) => use(stage, connection), { driver });
    } finally {
      await driver.close?.();
    }
  } finally {
    await connection.close();
    await server.stop();
  }
}

function sqlTest(name: string, play: Parameters<typeof onDatabase>[0]): void {
  Deno.test({
    name,
    ignore: programs === undefined,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () => onDatabase(play),
  });
}

sqlTest("R21: Helm 3 on Tiller's database", async (stage, connection) => {
  await putHistory(stage, ["SUPERSEDED", "DEPLOYED"]);
  await makeLive(stage, { a: "2" });
  deepEqual(await stage.findings(), []);
  // One `list` of Helm 3 does this.
  await connection.query("create table custom_labels_v1 (releasekey varchar(64), releasenamespace varchar(67))");
  await connection.query("insert into gorp_migrations (id, applied_at) values ('custom_labels', now())");
  deepEqual(await stage.findings(), ["R21 broken"]);
  const [finding] = (await stage.examine()).findings;
  equal(finding?.storage, "sql");
  match(finding?.repairs[0]?.command ?? "", /^skeg repair sql-bookkeeping/);
  // A preview changes nothing; the repair ends the state, and has nothing to do afterwards.
  const { changes, performed } = await repairBookkeeping(stage.env);
  deepEqual([changes, performed], [[
    "drop the table custom_labels_v1, which is empty",
    "delete the row custom_labels of gorp_migrations",
  ], false]);
  deepEqual(await stage.findings(), ["R21 broken"]);
  await connection.query("insert into custom_labels_v1 (releasekey) values ('web')");
  await rejects(repairBookkeeping(stage.env, { yes: true }), {
    kind: "conflict",
    message: /custom_labels_v1 has rows/,
  });
  await rejects(async () => await stage.env.driver.mendBookkeeping?.(), { message: /custom_labels_v1 has rows/ });
  await connection.query("delete from custom_labels_v1");
  equal((await repairBookkeeping(stage.env, { yes: true })).performed, true);
  deepEqual((await repairBookkeeping(stage.env, { yes: true })).changes, []);
  deepEqual(await stage.findings(), []);
  await connection.query("create table releases_v1 (key varchar(90))");
  deepEqual(await stage.findings(), ["R21 warning"]);
  await rejects(repairBookkeeping(stage.env, { yes: true }), { kind: "conflict", message: /releases_v1/ });
});

sqlTest("R19: names that only a database can hold", async (stage) => {
  for (const name of ["web", "Web", "web_1", "w".repeat(60), "good"]) {
    await stage.put({ name, manifest: configMaps({ a: "1" }) });
  }
  await makeLive(stage, { a: "1" });
  const found = (await stage.findings()).filter((text) => text.startsWith("R19"));
  deepEqual(
    found.toSorted(),
    [
      "R19 warning Web",
      "R19 warning web",
      "R19 warning web_1",
      `R19 warning ${"w".repeat(60)}`,
    ].toSorted(),
  );
  const { findings } = await stage.examine({ release: "w".repeat(60) });
  match(findings.find(({ id }) => id === "R19")?.evidence[0]?.text ?? "", /60 characters/);
});

sqlTest("R2, R9, R10 and R11 in a database", async (stage, connection) => {
  await putHistory(stage, ["DEPLOYED", "PENDING_UPGRADE"]);
  await makeLive(stage, { a: "2" });
  deepEqual(await stage.findings(), ["R2 broken web 2"]);
  await connection.query("update releases set status = 'FAILED' where key = 'web.v2'");
  deepEqual(await stage.findings(), ["R2 broken web 2", "R10 warning web 2"]);
  await connection.query("update releases set body = '' where key = 'web.v2'");
  deepEqual(await stage.findings(), ["R9 broken web 2"]);
  await connection.query("delete from releases where key = 'web.v2'");
  await connection.query("update releases set owner = 'x' where key = 'web.v1'");
  deepEqual(await stage.findings(), ["R11 broken web 1"]);
});

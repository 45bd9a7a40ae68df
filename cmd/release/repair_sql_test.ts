/** Repairs of records that are rows of a database, and their undo. */
import { deepEqual, equal, match } from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type SqlConnection, storageKind } from "../../storage/mod.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { postgresPrograms, startPostgres } from "../../tests/_lib/postgres.ts";
import { program } from "../../tests/_lib/program.ts";
import { type ReleaseSketch, someRelease } from "../../tests/_lib/releases.ts";

const programs = postgresPrograms();
const server = programs === undefined ? undefined : await startPostgres(programs);
let schemas = 0;

interface Stage {
  readonly skeg: (...argv: string[]) => ReturnType<typeof program>;
  readonly rows: () => Promise<unknown>;
  readonly connection: SqlConnection;
  readonly folder: string;
}

/** Runs a test with the given records in a schema of its own. */
function onRows(name: string, sketches: readonly ReleaseSketch[], use: (stage: Stage) => Promise<void>): void {
  Deno.test({
    name,
    ignore: server === undefined,
    fn: () =>
      inFolder({}, async (folder) => {
        const schema = `repair_${schemas++}`;
        const connection = await server?.connect(schema);
        const address = server?.address(schema) ?? "";
        if (connection === undefined) return;
        const open = storageKind("sql");
        const call = () => Promise.reject(new Error("rows are in no cluster"));
        const driver = await open?.({
          call,
          namespace: "",
          sql: { connectionString: address, createSchema: true },
          options: {},
        });
        try {
          for (const sketch of sketches) await driver?.create(someRelease(sketch));
          await use({
            folder,
            connection,
            rows: () => connection.query("select * from releases order by key"),
            skeg: (...argv) =>
              program([`--sandbox=${join(folder, "state.db")}`, "--storage", "sql", ...argv], {
                variables: { HOME: folder, HELM_HOME: join(folder, "home"), SKEG_SQL_CONNECTION_STRING: address },
              }),
          });
        } finally {
          await driver?.close?.();
          await connection.close();
        }
      }),
  });
}

const THREE: readonly ReleaseSketch[] = [
  { revision: 1, status: "SUPERSEDED" },
  { revision: 2, status: "DEPLOYED" },
  { revision: 3, status: "PENDING_UPGRADE" },
];

for (
  const { argv, left } of [
    { argv: ["settle", "web", "--as", "failed"], left: "1 SUPERSEDED, 2 DEPLOYED, 3 FAILED" },
    { argv: ["prune", "web", "--keep", "2"], left: "2 DEPLOYED, 3 PENDING_UPGRADE" },
    { argv: ["forget", "web"], left: "" },
    { argv: ["slim", "web"], left: "1 SUPERSEDED, 2 DEPLOYED, 3 PENDING_UPGRADE" },
  ]
) {
  onRows(
    `repair ${argv.join(" ")} works on rows, and its undo restores them`,
    THREE,
    async ({ skeg, rows, folder }) => {
      const before = await rows();
      const preview = await skeg("repair", ...argv, "--older-than", "0s");
      equal(preview.code, 0, preview.stderr);
      deepEqual(await rows(), before);
      const backups = join(folder, "backups");
      const done = await skeg("repair", ...argv, "--older-than", "0s", "--yes", "--backup", backups);
      equal(done.code, 0, done.stdout + done.stderr);
      const after = await rows() as { version: number; status: string }[];
      equal(after.map(({ version, status }) => `${version} ${status}`).join(", "), left);
      const [archive = ""] = readdirSync(backups);
      const undone = await skeg("repair", "undo", join(backups, archive), "--older-than", "0s", "--yes");
      equal(undone.code, 0, undone.stdout + undone.stderr);
      deepEqual(await rows(), before);
    },
  );
}

onRows("repair quarantine and relabel change columns of rows", THREE, async ({ skeg, rows, connection, folder }) => {
  await connection.query("update releases set body = 'H4sI' where version = 1");
  await connection.query("update releases set status = 'FAILED' where version = 2");
  const before = await rows();
  const flags = ["--older-than", "0s", "--yes", "--backup", join(folder, "backups")];
  equal((await skeg("repair", "quarantine", "web", ...flags)).code, 0);
  const relabelled = await skeg("repair", "relabel", "web", "--truth", "content", ...flags);
  match(relabelled.stdout, /^web\.v2 {2}label STATUS {2}FAILED -> DEPLOYED$/m);
  const [first, second] = await rows() as { owner: string; status: string }[];
  deepEqual([first?.owner, second?.status], ["TILLER-QUARANTINE", "DEPLOYED"]);
  for (const archive of readdirSync(join(folder, "backups")).sort().reverse()) {
    const undone = await skeg("repair", "undo", join(folder, "backups", archive), "--older-than", "0s", "--yes");
    equal(undone.code, 0, undone.stdout + undone.stderr);
  }
  deepEqual(await rows(), before);
});

onRows("undo and apply refuse the backup and the plan of another database", THREE, async ({ skeg, rows, folder }) => {
  const plan = join(folder, "plan.json");
  const elsewhere = ["--sql-connection-string", server?.address("elsewhere") ?? ""];
  const planned = await skeg("repair", "slim", "--all", "--older-than", "0s", "--plan", plan);
  equal(planned.code, 0, planned.stderr);
  const applied = await skeg("repair", "slim", "--apply", plan, "--older-than", "0s", "--yes", ...elsewhere);
  match(applied.stderr, /^Error: the plan is about rows of another database$/m);
  const backups = join(folder, "backups");
  const prune = ["repair", "prune", "web", "--keep", "1", "--older-than", "0s", "--yes", "--backup", backups];
  equal((await skeg(...prune)).code, 0);
  const after = await rows();
  const [archive = ""] = readdirSync(backups);
  const undone = await skeg("repair", "undo", join(backups, archive), "--older-than", "0s", "--yes", ...elsewhere);
  equal(undone.code, 1);
  match(undone.stderr, /^Error: the archive is about rows of another database$/m);
  deepEqual(await rows(), after);
});

Deno.test({
  name: "the database of these tests is stopped",
  ignore: server === undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => await server?.stop(),
});

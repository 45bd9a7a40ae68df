import { deepEqual, equal, match } from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { withOldRecords } from "../../tests/_lib/old_records.ts";
import { postgresPrograms, startPostgres } from "../../tests/_lib/postgres.ts";

const RECORDS = [{ status: "SUPERSEDED" as const }, { revision: 2 }, { name: "db" }];

Deno.test("move-storage shows what it would move; with --yes the records are in the other storage", () =>
  withOldRecords(RECORDS, async ({ skeg, folder }) => {
    const preview = await skeg("move-storage", "web", "--to", "secret");
    equal(preview.code, 0, preview.stderr);
    equal(preview.stdout, 'web  2 records\nWould move 2 records of 1 release to Secrets in namespace "kube-system"\n');
    match(preview.stderr, /preview.*--yes/);
    const moved = await skeg("move-storage", "web", "--to", "secret", "--yes");
    equal(moved.code, 0, moved.stderr);
    match(moved.stdout, /^web {2}2 records {2}backup .*web-.*\.tar\.gz$/m);
    match((await skeg("history", "web", "--storage", "secret")).stdout, /^2 .*DEPLOYED/m);
    equal((await skeg("history", "web")).code, 1);
    const [cluster = ""] = readdirSync(join(folder, "home", "backups"));
    equal(readdirSync(join(folder, "home", "backups", cluster)).length, 1);
    const all = await skeg("move-storage", "--all", "--to-namespace", "tiller", "--yes", "-o", "json");
    equal(all.code, 0, all.stderr);
    const { kind, performed, releases, to, blocked } = JSON.parse(all.stdout);
    deepEqual([kind, performed, to, blocked], ["MovedReleases", true, 'ConfigMaps in namespace "tiller"', null]);
    deepEqual([releases[0].name, releases[0].created], ["db", ["db.v1"]]);
  }));

Deno.test("move-storage names what is missing or wrong", () =>
  withOldRecords(RECORDS, async ({ skeg }) => {
    const first = async (...argv: string[]) => {
      const { code, stderr } = await skeg("move-storage", ...argv);
      return [code, stderr.split("\n")[0]];
    };
    deepEqual(await first("web"), [1, "Error: the new storage is missing"]);
    deepEqual(await first("--to", "secret"), [1, "Error: This command needs the names of releases, or --all"]);
    deepEqual(await first("web", "--all", "--to", "secret"), [
      1,
      "Error: This command needs the names of releases, or --all",
    ]);
    deepEqual(await first("web", "--to", "etcd"), [1, 'Error: unknown storage "etcd" for --to']);
    deepEqual(await first("web", "--to", "memory"), [1, 'Error: unknown storage "memory" for --to']);
    deepEqual(await first("none", "--to", "secret"), [1, 'Error: release: "none" not found']);
    deepEqual(await first("web", "--to", "configmap"), [
      1,
      'Error: the records are in ConfigMaps in namespace "kube-system" already',
    ]);
    deepEqual(await first("web", "--to", "sql"), [1, "Error: the SQL storage needs a connection string"]);
  }));

const programs = postgresPrograms();

Deno.test({
  name: "move-storage moves rows to another database, which its own flag or variable names, and shows no password",
  ignore: programs === undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withOldRecords(RECORDS, async ({ skeg }) => {
      const server = await startPostgres(programs ?? "");
      try {
        for (const schema of ["here", "there"]) await (await server.connect(schema)).close();
        const [here, there] = [server.address("here"), server.address("there")];
        const from = ["--storage", "sql", "--sql-connection-string", here, "--sql-create-schema"];
        const first = await skeg("move-storage", "--all", "--to", "sql", "--yes", ...from.slice(2));
        equal(first.code, 0, first.stderr);
        const runs = [
          await skeg("move-storage", "web", "--to-sql-connection-string", there, ...from),
          await skeg("move-storage", "web", "--to-sql-connection-string", here, "--yes", ...from),
          await skeg("move-storage", "web", "--to-sql-connection-string", there, "--yes", ...from),
        ];
        deepEqual(runs.map(({ code }) => code), [0, 1, 0], runs.map(({ stderr }) => stderr).join("\n"));
        match(runs[0]?.stdout ?? "", /^Would move 2 records of 1 release to the database$/m);
        match(runs[1]?.stderr ?? "", /^Error: the records are in that database already\nName the other database/);
        match(runs[2]?.stdout ?? "", /^Moved 2 records of 1 release to the database$/m);
        const to = ["--storage", "sql", "--sql-connection-string", there];
        match((await skeg("history", "web", ...to)).stdout, /^2 .*DEPLOYED/m);
        equal((await skeg("history", "web", ...from)).code, 1);
        match((await skeg("history", "db", ...from)).stdout, /^1 /m);
        for (const { stdout, stderr } of [first, ...runs]) equal(`${stdout}${stderr}`.includes(server.password), false);
      } finally {
        await server.stop();
      }
    }),
});

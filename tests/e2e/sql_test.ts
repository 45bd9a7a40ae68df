/**
 * skeg and a real Tiller operate on one release in turns, with records in PostgreSQL: on a table that Tiller
 * made, and on one that skeg made.
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { postgresPrograms, type PostgresServer, startPostgres } from "../_lib/postgres.ts";
import { type Arena, good, LACKING, together } from "./_two_programs.ts";

const programs = postgresPrograms();

function writeChart(folder: string): string {
  const chart = join(folder, "one");
  mkdirSync(join(chart, "templates"), { recursive: true });
  writeFileSync(join(chart, "Chart.yaml"), "{name: one, version: 0.1.0}\n");
  writeFileSync(
    join(chart, "templates", "config.yaml"),
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata: {v: "{{ .Values.v }}"}\n',
  );
  return chart;
}

/** Plays a story with both programs on a database. */
async function onDatabase(
  schema: string,
  play: (arena: Arena, server: PostgresServer) => Promise<void>,
): Promise<void> {
  const server = await startPostgres(programs ?? "");
  try {
    await (await server.connect(schema)).close();
    const address = server.address(schema);
    const tiller = ["--storage", "sql", "--sql-dialect", "postgres", "--sql-connection-string", address];
    await together((arena) => play(arena, server), {
      tiller,
      env: { SKEG_STORAGE: "sql", SKEG_SQL_CONNECTION_STRING: address },
    });
  } finally {
    await server.stop();
  }
}

Deno.test({
  name: "Tiller and skeg go on with each other's rows",
  ignore: LACKING || programs === undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    onDatabase("records", async ({ folder, namespace, skeg, helm, read }, server) => {
      const chart = writeChart(folder);
      const value = async () =>
        ((await read(`/api/v1/namespaces/${namespace}/configmaps/web`)) as { data?: { v?: string } })?.data?.v;
      good(await helm("install", chart, "--name", "web", "--namespace", namespace, "--set", "v=1"));
      good(await skeg("upgrade", "web", chart, "--set", "v=2"));
      equal(await value(), "2");
      good(await helm("upgrade", "web", chart, "--set", "v=3"));
      good(await skeg("rollback", "web", "1"));
      good(await helm("rollback", "web", "2"));
      equal(await value(), "2");
      const [ours, theirs] = [await skeg("history", "web"), await helm("history", "web")];
      equal(ours.stdout, theirs.stdout);
      match(ours.stdout, /^5 .*DEPLOYED .*Rollback to 2/m);
      const connection = await server.connect("records");
      const rows = await connection.query(
        "select key, status, owner, modified_at > 0 as changed from releases order by version",
      );
      await connection.close();
      deepEqual(rows.map((row) => Object.values(row).join(" ")), [
        "web.v1 SUPERSEDED TILLER true",
        "web.v2 SUPERSEDED TILLER true",
        "web.v3 SUPERSEDED TILLER true",
        "web.v4 SUPERSEDED TILLER true",
        "web.v5 DEPLOYED TILLER true",
      ]);
      good(await skeg("install", chart, "--name", "two", "--namespace", namespace));
      equal((await helm("list", "--all")).stdout, (await skeg("list", "--all")).stdout);
      good(await skeg("delete", "web"));
      good(await helm("delete", "--purge", "web"));
      good(await helm("delete", "two"));
      good(await skeg("delete", "--purge", "two"));
      equal((await helm("list", "--all")).stdout, "");
      equal(await value(), undefined);
    }),
});

Deno.test({
  name: "no output of skeg shows the password of the database",
  ignore: LACKING || programs === undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    onDatabase("records", async ({ folder, namespace, skeg }, server) => {
      const chart = writeChart(folder);
      const wrong = server.address("records").replace(server.password, `wrong-${server.password}`);
      const runs = [
        await skeg("install", chart, "--name", "web", "--namespace", namespace, "--debug"),
        await skeg("list", "--debug"),
        await skeg("status", "web", "-o", "json"),
        await skeg("list", "--sql-connection-string", wrong),
        await skeg("list", "--sql-connection-string", wrong.replace("sslmode=disable", "sslmode=prefer")),
        await skeg("list", "--sql-connection-string", wrong.replace(":", "")),
        await skeg("list", "--sql-connection-string", server.address("nowhere")),
      ];
      for (const { stdout, stderr } of runs) ok(!`${stdout}${stderr}`.includes(server.password), stdout + stderr);
      deepEqual(runs.map(({ code }) => code), [0, 0, 0, 1, 1, 1, 1]);
    }),
});

/**
 * Records are moved to the storage of a real Tiller, and it goes on with the release.
 */
import { equal, match } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { postgresPrograms, startPostgres } from "../_lib/postgres.ts";
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

/** Records three revisions in another storage, moves them to Tiller's, and lets Tiller go on. */
async function move({ folder, namespace, skeg, helm, read }: Arena, from: readonly string[], to: readonly string[]) {
  const chart = writeChart(folder);
  const value = async () =>
    ((await read(`/api/v1/namespaces/${namespace}/configmaps/web`)) as { data?: { v?: string } })?.data?.v;
  good(await skeg("install", chart, "--name", "web", "--namespace", namespace, "--set", "v=1", ...from));
  good(await skeg("upgrade", "web", chart, "--set", "v=2", ...from));
  equal((await helm("list", "--all")).stdout, "");
  const moved = await skeg("move-storage", "web", "--yes", "--backup", join(folder, "backups"), ...from, ...to);
  good(moved);
  match(moved.stdout, /^Moved 2 records of 1 release to /m);
  equal((await skeg("list", "--all", "--max", "9", ...from)).stdout, "");
  match((await helm("history", "web")).stdout, /^2 .*DEPLOYED/m);
  good(await helm("upgrade", "web", chart, "--set", "v=3"));
  equal(await value(), "3");
  good(await helm("rollback", "web", "1"));
  equal(await value(), "1");
  good(await helm("delete", "--purge", "web"));
  equal(await value(), undefined);
}

const story = { ignore: LACKING, sanitizeOps: false, sanitizeResources: false };

Deno.test({
  ...story,
  name: "Tiller goes on with a release whose records were moved from Secrets to its ConfigMaps",
  fn: () => together((arena) => move(arena, ["--storage", "secret"], ["--to", "configmap"])),
});

Deno.test({
  ...story,
  ignore: LACKING || programs === undefined,
  name:
    "Tiller goes on with a release whose records were moved from a database to its ConfigMaps, from there to its database, and from another database to its own",
  fn: async () => {
    const server = await startPostgres(programs ?? "");
    try {
      for (const schema of ["ours", "records"]) await (await server.connect(schema)).close();
      const ours = ["--storage", "sql", "--sql-connection-string", server.address("ours"), "--sql-create-schema"];
      await together((arena) => move(arena, ours, ["--to", "configmap"]));
      const address = server.address("records");
      const tiller = ["--storage", "sql", "--sql-dialect", "postgres", "--sql-connection-string", address];
      await together((arena) => move(arena, ["--storage", "configmap"], ["--to", "sql"]), {
        tiller,
        env: { SKEG_SQL_CONNECTION_STRING: address },
      });
      // From a database of ours to Tiller's.
      await together((arena) => move(arena, ours, ["--to", "sql"]), {
        tiller,
        env: { SKEG_TO_SQL_CONNECTION_STRING: address },
      });
    } finally {
      await server.stop();
    }
  },
});

/**
 * One `helm3 list` on Tiller's database stops Tiller from starting; the repair mends it, and Tiller goes on with its releases.
 */
import { equal, match, rejects } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { postgresPrograms, startPostgres } from "../_lib/postgres.ts";
import { program } from "../_lib/program.ts";
import { findProgram, runProgram } from "./_programs.ts";
import { served } from "./_served.ts";
import { good, LACKING, together } from "./_two_programs.ts";

const programs = postgresPrograms();
const helm3 = findProgram("helm3");

Deno.test({
  name: "a helm3 list on Tiller's database stops Tiller, and repair sql-bookkeeping makes it start again",
  ignore: LACKING || programs === undefined || helm3 === undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const server = await startPostgres(programs ?? "");
    try {
      const connection = await server.connect("records");
      const address = server.address("records");
      const storage = {
        tiller: ["--storage", "sql", "--sql-dialect", "postgres", "--sql-connection-string", address],
        env: { SKEG_STORAGE: "sql", SKEG_SQL_CONNECTION_STRING: address },
      };
      await together(async ({ folder, namespace, helm }) => {
        const chart = join(folder, "one");
        mkdirSync(join(chart, "templates"), { recursive: true });
        writeFileSync(join(chart, "Chart.yaml"), "{name: one, version: 0.1.0}\n");
        writeFileSync(
          join(chart, "templates", "a.yaml"),
          "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n",
        );
        good(await helm("install", chart, "--name", "web", "--namespace", namespace));
      }, storage);
      const rows = () => connection.query("select * from releases order by key");
      const before = await rows();
      await served(async ({ env }) => {
        const sql = { HELM_DRIVER: "sql", HELM_DRIVER_SQL_CONNECTION_STRING: address };
        const { stderr } = await runProgram(helm3 ?? "", ["list"], { env: { ...env, ...sql } });
        match(stderr, /releases_v1/);
      });
      await rejects(
        together(() => Promise.resolve(), storage),
        /Tiller did not start: [^]*unknown migration in database/,
      );
      const skeg = (...argv: string[]) => program(["--sandbox=:memory:", ...argv], { variables: storage.env });
      const doctor = await skeg("doctor");
      match(doctor.stdout, /R21/);
      const preview = await skeg("repair", "sql-bookkeeping");
      equal(
        preview.stdout,
        "would drop the table custom_labels_v1, which is empty\nwould delete the row custom_labels of gorp_migrations\n",
      );
      const done = await skeg("repair", "sql-bookkeeping", "--yes");
      equal(done.code, 0, done.stderr);
      match((await skeg("repair", "sql-bookkeeping", "-o", "json")).stdout, /"performed":false,"changes":\[\]/);
      await together(async ({ helm }) => {
        match(good(await helm("list", "--all")), /^web\s+1\s.*DEPLOYED/m);
        good(await helm("delete", "web", "--purge"));
      }, storage);
      equal(before.length, 1);
      equal((await rows()).length, 0);
      await connection.close();
    } finally {
      await server.stop();
    }
  },
});

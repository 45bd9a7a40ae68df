/**
 * Tiller with its records in PostgreSQL: the way to Helm 3's Secrets, and back to a Tiller on the database.
 *
 * @module
 */
import { type Driver, storageKind } from "../../../storage/mod.ts";
import type { Outcome } from "../../_lib/program.ts";
import { postgresPrograms, type PostgresServer, startPostgres } from "../../_lib/postgres.ts";
import { plainChart } from "./_charts.ts";
import { type Lab, say, withTiller } from "./_lab.ts";
import { secretsOf } from "./_put.ts";
import { type Check, differs, failure, good, leftIn, readBy, type Stories } from "./_stories.ts";

/** Returns the stories; none where PostgreSQL is not installed. */
export function sqlStories(lab: Lab, kubeconfig: string): Stories {
  const programs = postgresPrograms();
  if (programs === undefined) {
    say("left out: 2to3 knows no SQL storage. PostgreSQL is not installed");
    return {};
  }
  return {
    "2to3 knows no SQL storage": async (check) => {
      const server = await startPostgres(programs);
      try {
        await (await server.connect("tiller")).close();
        await sqlLife(lab, check, kubeconfig, server);
      } finally {
        await server.stop();
      }
    },
  };
}

async function sqlLife(lab: Lab, check: Check, kubeconfig: string, server: PostgresServer): Promise<void> {
  const [name, other] = ["in-sql", "in-sql-ended"];
  const [one, two] = [1, 2].map((version) => lab.files(`${name}/plain-${version}`, plainChart(version as 1 | 2))) as [
    string,
    string,
  ];
  const address = server.address("tiller");
  const tiller = (work: () => Promise<void>): Promise<void> =>
    withTiller(lab, kubeconfig, work, [
      ...["--storage", "sql", "--sql-dialect", "postgres", "--sql-connection-string", address],
    ]);
  const outcomes: Outcome[] = [];
  const skeg = async (...words: string[]): Promise<Outcome> => {
    const outcome = await lab.skeg(...words, "--storage", "sql", "--sql-connection-string", address);
    outcomes.push(outcome);
    return outcome;
  };
  const archive = ["--archive", `${lab.folder}/archives`];
  const rows = (what: string, of = name): Promise<string[]> => rowsOf(server, what, of);

  await tiller(async () => {
    good(await lab.helm("helm2", "install", one, "--name", name, "--namespace", name, "--set", "text=one"));
    good(await lab.helm("helm2", "upgrade", name, one, "--set", "text=two"));
    good(await lab.helm("helm2", "install", one, "--name", other, "--namespace", other));
  });
  const before = await rows("key, body, status, modified_at");
  check("Tiller wrote rows", differs(before.length, 2));
  await selectors(check, skeg, [name, other]);

  check("plan", failure(await skeg("migrate", "helm3", name)));
  check("migrate", failure(await skeg("migrate", "helm3", name, "--yes", ...archive)));
  check("verify", failure(await skeg("migrate", "helm3", "verify", name)));
  check("the rows are not touched", differs(await rows("key, body, status, modified_at"), before));
  const driver = await driverOf(address);
  const records = (await driver.query({ name })).toSorted((a, b) => a.revision - b.revision);
  for (const helm of ["helm3", "helm4"] as const) await readBy(lab, check, helm, records);
  check("helm3 upgrade", failure(await lab.helm("helm3", "upgrade", name, one, "-n", name, "--set", "text=three")));
  check("helm3 upgrade to another chart", failure(await lab.helm("helm3", "upgrade", name, two, "-n", name)));
  const fenced = await skeg("upgrade", name, one);
  check("skeg refuses to change it", fenced.code !== 0 && /Helm 3/.test(fenced.stderr) ? "" : fenced.stderr);
  const elsewhere = await lab.skeg("migrate", "helm3", "back", name, "--yes", ...archive);
  const isRefused = elsewhere.code !== 0 && /Use --storage sql/.test(elsewhere.stderr);
  check("back without the database is refused", isRefused ? "" : `${elsewhere.code} ${elsewhere.stderr}`);

  check("back", failure(await skeg("migrate", "helm3", "back", name, "--yes", "--all-revisions", ...archive)));
  check(
    "rows",
    differs(await rows("key, status, owner"), [
      `${name}.v1 SUPERSEDED TILLER`,
      `${name}.v2 SUPERSEDED TILLER`,
      `${name}.v3 SUPERSEDED TILLER`,
      `${name}.v4 DEPLOYED TILLER`,
    ]),
  );
  check("no record of Helm 3", differs(await secretsOf(lab, name), []));
  await tiller(async () => {
    const listed = await lab.helm("helm2", "list", "--output", "json");
    check("helm2 list", listed.stdout.includes(`"Name":"${name}","Revision":4`) ? "" : listed.stdout + listed.stderr);
    check("helm2 upgrade", failure(await lab.helm("helm2", "upgrade", name, two, "--set", "text=four")));
    check("helm2 rollback to a revision of Helm 3", failure(await lab.helm("helm2", "rollback", name, "3")));
    check("helm2 rollback to a revision of Helm 2", failure(await lab.helm("helm2", "rollback", name, "1")));
    check("helm2 delete", failure(await lab.helm("helm2", "delete", "--purge", name)));
  });
  check("nothing is left", differs(await leftIn(lab, name), []));

  await ended(check, skeg, other, { archive, rows: () => rows("key, body, status", other) });
  await driver.close?.();
  const shown = outcomes.filter(({ stdout, stderr }) => `${stdout}${stderr}`.includes(server.password));
  check("no output shows the password", differs(shown.length, 0));
}

/** A selector asks for the labels of a row; another one is refused. */
async function selectors(check: Check, skeg: Lab["skeg"], names: readonly string[]): Promise<void> {
  const found = await skeg("migrate", "helm3", "--all", "--selector", "STATUS=SUPERSEDED", "-o", "json");
  const releases = (JSON.parse(found.stdout || "{}").releases ?? []).map((one: { release: string }) => one.release);
  check("--selector", differs(releases, names.slice(0, 1)));
  const refused = await skeg("migrate", "helm3", "--all", "--selector", "team=shop");
  const sentence = /unknown label "team": rows of a database have NAME, OWNER, STATUS and VERSION alone/;
  check("a label that rows do not have", sentence.test(refused.stderr) ? "" : refused.stderr);
}

/** `finish` removes the rows, and `back` takes them from the archive. */
async function ended(
  check: Check,
  skeg: Lab["skeg"],
  name: string,
  { archive, rows }: { readonly archive: readonly string[]; readonly rows: () => Promise<string[]> },
): Promise<void> {
  const before = await rows();
  check("migrate the other", failure(await skeg("migrate", "helm3", name, "--yes", ...archive)));
  check("finish", failure(await skeg("migrate", "helm3", "finish", name, "--yes")));
  check("its rows are gone", differs(await rows(), []));
  check("back from the archive", failure(await skeg("migrate", "helm3", "back", name, "--yes", ...archive)));
  check("its rows are as before", differs(await rows(), before));
}

/** Returns columns of a release's rows, joined by spaces. */
async function rowsOf(server: PostgresServer, columns: string, name: string): Promise<string[]> {
  const connection = await server.connect("tiller");
  try {
    const found = await connection.query(`select ${columns} from releases where name = $1 order by version`, [name]);
    return found.map((row) => Object.values(row).join(" "));
  } finally {
    await connection.close();
  }
}

async function driverOf(connectionString: string): Promise<Driver> {
  const driver = await storageKind("sql")?.({
    call: () => Promise.reject(new Error("no cluster")),
    namespace: "",
    sql: { connectionString },
    options: {},
  });
  if (driver === undefined) throw new Error("no database");
  return driver;
}

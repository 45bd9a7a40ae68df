/**
 * A PostgreSQL server on loopback, for the tests of the SQL storage. It is the
 * distribution's; without one the tests are left out.
 *
 * @module
 */
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectPostgres, type SqlConnection } from "../../storage/mod.ts";
import { freePort, processesIn, until } from "./processes.ts";

/** The user of every test server, and its password. */
const USER = "tiller", PASSWORD = "canary-of-the-database";

/** A running server. */
export interface PostgresServer {
  readonly port: number;
  /** The password, which no output may show. */
  readonly password: string;
  /** Returns a connection string; each schema is a storage of its own. */
  address(schema: string, options?: Readonly<Record<string, string>>): string;
  /** Opens a connection whose statements use `schema`, which is made if it is missing. */
  connect(schema: string): Promise<SqlConnection>;
  /** Ends all connections, as a restart of the server does. */
  cut(): Promise<void>;
  stop(): Promise<void>;
}

/** The program that starts others as another user; it may be outside of the PATH. */
const RUNUSER = ["/usr/sbin/runuser", "/sbin/runuser", "/usr/bin/runuser"].find((path) => existsSync(path));

/** Returns the folder of the server's programs; `undefined` when they are not installed, or cannot be run as another user. */
export function postgresPrograms(): string | undefined {
  if (Deno.build.os === "windows" || Deno.uid() === 0 && RUNUSER === undefined) return undefined;
  const packaged = "/usr/lib/postgresql";
  const versions = existsSync(packaged) ? readdirSync(packaged).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(packaged, version, "bin")), "/usr/local/bin", "/usr/bin"];
  return folders.find((folder) => existsSync(join(folder, "postgres")) && existsSync(join(folder, "initdb")));
}

/** Starts a server; with `tls`, it has the certificate and the key of these PEM texts. */
export async function startPostgres(
  programs: string,
  tls?: { readonly certificate: string; readonly key: string },
): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "skeg-postgres-"));
  const data = join(folder, "data");
  const secret = join(folder, "password");
  mkdirSync(data);
  writeFileSync(secret, PASSWORD);
  // The server refuses to run as root.
  const account = Deno.uid() === 0 ? accountOf("postgres") : undefined;
  const own = (path: string): void => account === undefined ? undefined : chownSync(path, account.uid, account.gid);
  for (const path of [folder, data, secret]) own(path);
  const run = (name: string, args: readonly string[]): [string, string[]] =>
    account === undefined
      ? [join(programs, name), [...args]]
      : [RUNUSER ?? "runuser", ["-u", "postgres", "--", join(programs, name), ...args]];
  const [initdb, initArgs] = run("initdb", ["-D", data, "-A", "scram-sha-256", `--pwfile=${secret}`, "-U", USER, "-N"]);
  const made = await new Deno.Command(initdb, { args: initArgs, cwd: folder, stdout: "null", stderr: "piped" })
    .output();
  if (!made.success) throw new Error(`initdb failed: ${new TextDecoder().decode(made.stderr)}`);
  if (tls !== undefined) {
    for (const [name, text] of [["server.crt", tls.certificate], ["server.key", tls.key]] as const) {
      writeFileSync(join(data, name), text);
      chmodSync(join(data, name), 0o600);
      own(join(data, name));
    }
  }
  const port = await freePort();
  const processes = processesIn(folder);
  const settings = ["listen_addresses=127.0.0.1", `unix_socket_directories=${folder}`, "fsync=off"]
    .concat(tls === undefined ? [] : "ssl=on");
  const [server, args] = run("postgres", ["-D", data, "-p", `${port}`, ...settings.flatMap((one) => ["-c", one])]);
  processes.start("postgres", server, args);
  const address = (schema: string, options: Readonly<Record<string, string>> = {}): string =>
    `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres?${new URLSearchParams({
      sslmode: "disable",
      search_path: schema,
      ...options,
    })}`;
  const one = async (text: string): Promise<void> => {
    const connection = await connectPostgres(address("public"));
    try {
      await connection.query(text);
    } finally {
      await connection.close();
    }
  };
  await until(() => one("select 1").then(() => true), () => `PostgreSQL did not start: ${processes.log("postgres")}`);
  return {
    port,
    password: PASSWORD,
    address,
    async connect(schema) {
      // Two that make it at once: one of them is told that it is there.
      await one(`create schema if not exists "${schema}"`).catch((error) => {
        if (!/duplicate key/.test(error.message)) throw error;
      });
      return await connectPostgres(address(schema));
    },
    cut: () =>
      one(
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname is not null",
      ),
    async stop() {
      await processes.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function accountOf(name: string): { uid: number; gid: number } {
  const id = (flag: string): number =>
    Number(new TextDecoder().decode(new Deno.Command("/usr/bin/id", { args: [flag, name] }).outputSync().stdout));
  return { uid: id("-u"), gid: id("-g") };
}

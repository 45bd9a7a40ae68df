/**
 * Helm 3's storage in a PostgreSQL database, as with `HELM_DRIVER=sql`.
 *
 * Helm 3 makes its table itself. It must not do so in the schema of Tiller's table: both programs use one table of migrations,
 * and afterwards neither starts.
 *
 * Source: Helm 3.22.0, `pkg/storage/driver/sql.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { SqlConnection, SqlRow } from "../../../storage/mod.ts";
import type { Environment } from "../environment.ts";
import { HELM3_TYPE, helm3Labels, type Helm3Store, type Helm3Stored } from "./store.ts";

const UNDEFINED_TABLE = "42P01";

/** Returns Helm 3's storage in a database. */
export function sqlStore(env: Environment, connection: SqlConnection): Helm3Store {
  const run = async (text: string, values: readonly unknown[]): Promise<readonly SqlRow[]> => {
    try {
      return await connection.query(text, values, { signal: env.signal });
    } catch (error) {
      throw (error as { readonly state?: unknown }).state === UNDEFINED_TABLE ? noTable(error) : error;
    }
  };
  let checked: Promise<void> | undefined;
  const query: typeof run = async (text, values) => {
    await (checked ??= refuseTiller(run));
    return await run(text, values);
  };
  const get = async (namespace: string, name: string): Promise<Helm3Stored | undefined> => {
    const text =
      "select key, body, name, owner, status, version, xmin::text from releases_v1 where key = $1 and namespace = $2";
    const [row] = await query(text, [name, namespace]);
    return row === undefined ? undefined : storedOf(row);
  };
  return {
    storage: "sql",
    async names(namespace, release) {
      const text = "select key from releases_v1 where name = $1 and namespace = $2 and owner = 'helm' order by version";
      return (await query(text, [release, namespace])).map(({ key }) => String(key));
    },
    get,
    async create(namespace, { name: key, release, text: body }) {
      const { name, owner, status, version } = helm3Labels(release);
      const text = "insert into releases_v1 (key, type, body, name, namespace, version, status, owner, createdAt) " +
        "values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning key";
      const values = [key, HELM3_TYPE, body, name, namespace, Number(version), status, owner, env.clock().seconds];
      if ((await query(text, values)).length === 0) throw new SkegError("exists", `${key} exists already`);
    },
    async remove(namespace, { name, version }) {
      const text = "delete from releases_v1 where key = $1 and namespace = $2 and xmin = $3::xid returning key";
      if ((await query(text, [name, namespace, version])).length > 0) return;
      if (await get(namespace, name) === undefined) return;
      throw new SkegError("conflict", `${name} was modified by another client since it was read`);
    },
  };
}

async function refuseTiller(
  run: (text: string, values: readonly unknown[]) => Promise<readonly SqlRow[]>,
): Promise<void> {
  const [row] = await run("select to_regclass('releases') is not null as tiller", []);
  if (row?.["tiller"] !== true && row?.["tiller"] !== "t") return;
  throw new SkegError("usage", "the database has Tiller's table: Helm 3 cannot use the same schema", {
    hint: "Name another database, or another schema with search_path in the connection string.",
  });
}

function noTable(cause: unknown): SkegError {
  return new SkegError("record", 'the database has no table "releases_v1"', {
    cause,
    hint: "Helm 3 makes it: let it list releases once, with $HELM_DRIVER and $HELM_DRIVER_SQL_CONNECTION_STRING set.",
  });
}

function storedOf({ key, body, name, owner, status, version, xmin }: SqlRow): Helm3Stored {
  return {
    name: String(key),
    text: typeof body === "string" ? body : "",
    labels: { name: String(name), owner: String(owner), status: String(status), version: String(version) },
    version: String(xmin),
  };
}

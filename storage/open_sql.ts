/**
 * Opens the SQL storage. Its code is loaded only when it is asked for.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import type { Driver } from "./driver.ts";
import type { SqlPlace } from "./kinds.ts";
import type { PostgresOptions } from "./postgres.ts";
import type { SqlConnection, SqlDriverOptions } from "./sql.ts";

/**
 * Returns the driver of a database of records; connects with the first statement.
 *
 * @throws SkegError of kind `usage` when no database is named, of kind `config` when its name cannot be used.
 */
export async function openSql(place: SqlPlace | undefined, options: SqlDriverOptions): Promise<Driver> {
  const text = place?.connectionString ?? "";
  if (text === "") {
    throw new SkegError("usage", "the SQL storage needs a connection string", {
      hint: "Set $SKEG_SQL_CONNECTION_STRING, or pass --sql-connection-string: the one that Tiller was started with.",
    });
  }
  const connection = await connectPostgres(text, { variables: place?.variables });
  const { sqlDriver } = await import("./sql.ts");
  return sqlDriver(connection, { ...options, createSchema: place?.createSchema });
}

/**
 * Returns a connection to the database that `text` names; connects with the first statement.
 *
 * @param text A URL, or `key=value` pairs, as Tiller takes them.
 * @throws SkegError of kind `config` for a string that cannot be used.
 */
export async function connectPostgres(text: string, options: PostgresOptions = {}): Promise<SqlConnection> {
  return (await import("./postgres.ts")).postgresConnection(text, options);
}

/**
 * Opens the SQL storage.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import type { Driver } from "./driver.ts";
import type { SqlPlace } from "./kinds.ts";
import { postgresConnection } from "./postgres.ts";
import { sqlDriver, type SqlDriverOptions } from "./sql.ts";

/**
 * Returns the driver of a database of records; connects with the first statement.
 *
 * @throws SkegError of kind `usage` when no database is named, of kind `config` when its name cannot be used.
 */
export function openSql(place: SqlPlace | undefined, options: SqlDriverOptions): Driver {
  const text = place?.connectionString ?? "";
  if (text === "") {
    throw new SkegError("usage", "the SQL storage needs a connection string", {
      hint: "Set $SKEG_SQL_CONNECTION_STRING, or pass --sql-connection-string: the one that Tiller was started with.",
    });
  }
  const connection = postgresConnection(text, { variables: place?.variables });
  return sqlDriver(connection, { ...options, createSchema: place?.createSchema });
}

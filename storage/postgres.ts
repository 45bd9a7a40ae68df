/**
 * Connects to PostgreSQL, with the package `pg`. The package is loaded with the first statement.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { SkegError } from "../errors.ts";
import { type DatabaseAddress, readConnectionString } from "./connection_string.ts";
import type { DriverOptions } from "./driver.ts";
import { type SqlConnection, SqlError, type SqlRow } from "./sql.ts";

/** The used part of the package's client. */
interface Client {
  connect(): Promise<unknown>;
  query(text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly SqlRow[] }>;
  end(): Promise<void>;
  on(event: "error" | "end", listener: () => void): void;
  readonly connection: { readonly stream: { destroy(): void } };
}

/** Options of {@linkcode postgresConnection}. */
export interface PostgresOptions {
  /** Returns an environment variable, for the PG* settings; default: none is set. */
  readonly variables?: ((name: string) => string | undefined) | undefined;
}

/** Errors of the network, in the words of other messages. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset by peer",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "no such host",
  ETIMEDOUT: "i/o timeout",
  EHOSTUNREACH: "no route to host",
  ENETUNREACH: "network is unreachable",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another name",
  DEPTH_ZERO_SELF_SIGNED_CERT: "no trusted authority signed the server's certificate",
  SELF_SIGNED_CERT_IN_CHAIN: "no trusted authority signed the server's certificate",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "no trusted authority signed the server's certificate",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "no trusted authority signed the server's certificate",
};

/** Classes of SQLSTATE that end the connection: the server stops, or its end broke off. */
const ENDING = /^(08|57P0)/;

/**
 * Returns a connection to the database that `text` names; connects with the first statement.
 *
 * @param text See `readConnectionString`.
 * @throws SkegError of kind `config` for a string that cannot be used.
 */
export function postgresConnection(text: string, { variables = () => undefined }: PostgresOptions = {}): SqlConnection {
  return new PostgresConnection(readConnectionString(text, variables));
}

class PostgresConnection implements SqlConnection {
  readonly #address: DatabaseAddress;
  #client: Promise<Client> | undefined;

  constructor(address: DatabaseAddress) {
    this.#address = address;
  }

  get database(): string {
    const { host, port, user, database = user ?? "", settings } = this.#address;
    // Without user and password: a digest of them could be guessed.
    return createHash("sha256").update(JSON.stringify([host, port, database, settings["search_path"] ?? ""])).digest(
      "hex",
    );
  }

  async query(
    text: string,
    values: readonly unknown[] = [],
    { signal }: DriverOptions = {},
  ): Promise<readonly SqlRow[]> {
    if (signal?.aborted) throw aborted(signal);
    const opening = this.#client ??= this.#connect();
    let client: Client;
    try {
      client = await opening;
    } catch (error) {
      this.#forget(opening);
      throw error instanceof SkegError ? error : this.#faultOf(error, false);
    }
    // The package cannot end a statement; without its connection it ends.
    const stop = (): void => client.connection.stream.destroy();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      return (await client.query(text, values.length === 0 ? undefined : values)).rows;
    } catch (error) {
      if (signal?.aborted) throw aborted(signal);
      const fault = this.#faultOf(error, true);
      if (fault.isLost) this.#forget(opening);
      throw fault;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  async close(): Promise<void> {
    const opening = this.#client;
    this.#client = undefined;
    const client = await opening?.catch(() => undefined);
    await client?.end().catch(() => undefined);
  }

  async #connect(): Promise<Client> {
    const { default: { Client } } = await import("npm:pg@8.23.1") as unknown as {
      readonly default: { readonly Client: new (config: Readonly<Record<string, unknown>>) => Client };
    };
    const { host, port, user, password, database, connectTimeoutSeconds, settings } = this.#address;
    const client = new Client({
      host,
      port,
      user,
      password,
      database,
      ssl: await tlsOf(this.#address),
      connectionTimeoutMillis: connectTimeoutSeconds * 1000,
      application_name: settings.application_name ?? "skeg",
      options: optionsOf(settings),
    });
    const opening = this.#client;
    // A connection that ends while nothing is asked is opened again with the next statement.
    client.on("error", () => this.#forget(opening));
    client.on("end", () => this.#forget(opening));
    await client.connect();
    return client;
  }

  #forget(opening: Promise<Client> | undefined): void {
    if (this.#client === opening) this.#client = undefined;
  }

  /** Returns the error without anything that could hold the password. */
  #faultOf(error: unknown, wasSent: boolean): SqlError {
    const { code, message = "", severity } = error as { code?: unknown; message?: string; severity?: unknown };
    const state = typeof code === "string" ? code : "";
    const isAnswer = severity !== undefined && !ENDING.test(state);
    const place = `${this.#address.host}:${this.#address.port}`;
    const reason = REASONS[state] ?? message.split("\n")[0];
    if (isAnswer && wasSent) return new SqlError(`the database of release records refused: ${reason}`, state);
    return new SqlError(`cannot reach the database of release records at ${place}: ${reason}`, state, {
      // A refusal of the login or of the certificate stays what it is.
      isLost: !isAnswer && !/CERT|TLS|SSL/i.test(`${state} ${reason}`),
      hint: "Check the SQL connection string, the network, and the user's rights.",
    });
  }
}

function aborted(signal: AbortSignal): SkegError {
  return signal.reason instanceof SkegError
    ? signal.reason
    : new SkegError("aborted", "interrupted", { cause: signal.reason });
}

/** Returns the session's settings as the server's command line takes them. */
function optionsOf(settings: Readonly<Record<string, string>>): string | undefined {
  const given = Object.entries(settings).filter(([key]) => key !== "application_name" && key !== "options");
  const words = given.map(([key, value]) => `-c ${key}=${value.replace(/[\s\\]/g, "\\$&")}`);
  const all = [...settings.options === undefined ? [] : [settings.options], ...words].join(" ");
  return all === "" ? undefined : all;
}

/** Returns the options of TLS; `false` without it. */
async function tlsOf({ sslMode, sslCert, sslKey, sslRootCert }: DatabaseAddress): Promise<unknown> {
  if (sslMode === "disable") return false;
  if (sslKey !== undefined) await checkKeyRights(sslKey);
  const [ca, cert, key] = await Promise.all(
    [sslRootCert, sslCert, sslKey].map((path) => path === undefined ? undefined : readPem(path)),
  );
  return {
    ca,
    cert,
    key,
    rejectUnauthorized: sslMode !== "require",
    // `verify-ca` trusts every certificate of the authority, whatever its name; `verify-full` uses the runtime's check.
    ...sslMode === "verify-full" ? {} : { checkServerIdentity: () => undefined },
  };
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new SkegError("config", `cannot read ${JSON.stringify(path)} of the SQL connection string`, { cause });
  }
}

/** Refuses a key that others can read, as Tiller's driver and libpq do. */
async function checkKeyRights(path: string): Promise<void> {
  const mode = Deno.build.os === "windows" ? 0 : (await stat(path).catch(() => undefined))?.mode ?? 0;
  if ((mode & 0o77) === 0) return;
  throw new SkegError(
    "config",
    `Private key file ${JSON.stringify(path)} has group or world access. Permissions should be u=rw (0600) or less`,
  );
}

/**
 * Reads a PostgreSQL connection string as Tiller's driver does: a URL, or `key=value` pairs, over the PG*
 * environment variables.
 *
 * Source: lib/pq (the Go driver in Helm 2.17.0), `url.go` and `conn.go`; PostgreSQL, "Connection Strings".
 *
 * @module
 */
import { SkegError } from "../errors.ts";

/** How certificates are checked; the four modes that Tiller's driver has. */
export const SSL_MODES = ["disable", "require", "verify-ca", "verify-full"] as const;
/** One of {@linkcode SSL_MODES}. */
export type SslMode = typeof SSL_MODES[number];

/** Where a database is, and how to reach it. */
export interface DatabaseAddress {
  /** A name, an address, or the folder of a Unix socket. Default `localhost`. */
  readonly host: string;
  /** Default 5432. */
  readonly port: number;
  /** Default: the operating system's user. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Default: the user's name. */
  readonly database: string | undefined;
  readonly sslMode: SslMode;
  /** Paths of PEM files. */
  readonly sslCert: string | undefined;
  readonly sslKey: string | undefined;
  readonly sslRootCert: string | undefined;
  /** Seconds; 0: no limit. */
  readonly connectTimeoutSeconds: number;
  /** Settings of the session, such as `search_path`. */
  readonly settings: Readonly<Record<string, string>>;
}

/** PG* variables and the settings they give. */
const VARIABLES: Readonly<Record<string, string>> = {
  PGHOST: "host",
  PGPORT: "port",
  PGDATABASE: "dbname",
  PGUSER: "user",
  PGPASSWORD: "password",
  PGSSLMODE: "sslmode",
  PGSSLCERT: "sslcert",
  PGSSLKEY: "sslkey",
  PGSSLROOTCERT: "sslrootcert",
  PGCONNECT_TIMEOUT: "connect_timeout",
  PGAPPNAME: "application_name",
  PGTZ: "timezone",
  PGDATESTYLE: "datestyle",
};

/** Settings of the driver; all others are settings of the session. */
const OF_DRIVER: ReadonlySet<string> = new Set(
  ["host", "port", "dbname", "user", "password", "sslmode", "sslcert", "sslkey", "sslrootcert", "connect_timeout"]
    .concat("fallback_application_name", "binary_parameters", "disable_prepared_binary_result"),
);

/**
 * Reads a connection string.
 *
 * @param variables Returns an environment variable.
 * @throws SkegError of kind `config`; the message quotes nothing of the string.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const { host, database, settings } = readConnectionString("host=db dbname=helm search_path=tiller", () => undefined);
 * equal(`${host} ${database} ${settings.search_path}`, "db helm tiller");
 * ```
 */
export function readConnectionString(
  text: string,
  variables: (name: string) => string | undefined,
): DatabaseAddress {
  const given: Record<string, string> = {};
  for (const [variable, key] of Object.entries(VARIABLES)) {
    const value = variables(variable);
    if (value !== undefined && value !== "") given[key] = value;
  }
  Object.assign(given, /^postgres(ql)?:\/\//.test(text) ? readUrl(text) : readPairs(text));
  const host = given.host || "localhost";
  return {
    host,
    port: wholeNumber(given.port ?? "5432", "port", 65535),
    user: given.user,
    password: given.password,
    database: given.dbname,
    sslMode: sslModeOf(given, host),
    sslCert: given.sslcert,
    sslKey: given.sslkey,
    sslRootCert: given.sslrootcert,
    connectTimeoutSeconds: wholeNumber(given.connect_timeout ?? "0", "connect_timeout", 86_400),
    settings: Object.fromEntries(Object.entries(given).filter(([key]) => !OF_DRIVER.has(key))),
  };
}

function sslModeOf({ sslmode = "", sslrootcert }: Readonly<Record<string, string>>, host: string): SslMode {
  // There is no network between the two ends of a Unix socket.
  if (host.startsWith("/")) return "disable";
  // With an authority at hand, `require` checks the certificate against it, as libpq does.
  if (sslmode === "" || sslmode === "require") return sslrootcert === undefined ? "require" : "verify-ca";
  const known = SSL_MODES.find((mode) => mode === sslmode);
  if (known !== undefined) return known;
  throw new SkegError(
    "config",
    `unsupported sslmode ${JSON.stringify(sslmode)}; only "require" (default), "verify-full", "verify-ca", and ` +
      `"disable" supported`,
  );
}

function wholeNumber(text: string, what: string, max: number): number {
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : NaN;
  if (value <= max) return value;
  throw invalid(`${what} is not a whole number up to ${max}`);
}

function readUrl(text: string): Record<string, string> {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // The runtime's message quotes the string, which holds a password.
    throw invalid("it is not a URL");
  }
  const decode = (part: string, what: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      throw invalid(`its ${what} has a "%" that begins no escape`);
    }
  };
  const found: Record<string, string> = {};
  const put = (key: string, value: string): void => {
    if (value !== "") found[key] = value;
  };
  put("user", decode(url.username, "user"));
  put("password", decode(url.password, "password"));
  put("host", decode(url.hostname, "host").replace(/^\[(.*)\]$/, "$1"));
  put("port", url.port);
  put("dbname", decode(url.pathname.replace(/^\//, ""), "path"));
  for (const [key, value] of url.searchParams) put(key, value);
  return found;
}

/** Reads `key=value` pairs; a value may be quoted with `'`, and `\` escapes. */
function readPairs(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  const pair = /\s*([^\s=]+)\s*=\s*(?:'((?:[^'\\]|\\[^])*)'|((?:[^\s'\\]|\\[^])*))(?=\s|$)/y;
  while (pair.lastIndex < text.trimEnd().length) {
    const match = pair.exec(text);
    if (match === null) throw invalid('a part of it is not "key=value"');
    const [, key = "", quoted, plain = ""] = match;
    found[key] = (quoted ?? plain).replace(/\\([^])/g, "$1");
  }
  return found;
}

function invalid(reason: string): SkegError {
  return new SkegError("config", `invalid SQL connection string: ${reason}`, {
    hint:
      'Write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full, or as "host=HOST dbname=DATABASE …".',
  });
}

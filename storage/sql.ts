/**
 * Records as rows of a PostgreSQL table, as Tiller's `--storage sql` keeps them.
 *
 * All Tillers and clients on one database share one storage: rows do not say which cluster they are about.
 *
 * Helm 2: the driver takes every error, a lost connection too, for "not found", and the last writer of a row
 * wins. Here an error of the connection is an error, and every write is guarded by the row's version.
 *
 * Source: Helm 2.17.0, `pkg/storage/driver/sql.go`.
 *
 * @module
 */
import { recordExists, recordModified, recordNotFound } from "./_record_errors.ts";
import { type ClockAndRandom, systemClock } from "../engine/base/mod.ts";
import type { Release } from "../engine/model/mod.ts";
import { SkegError } from "../errors.ts";
import {
  type Driver,
  type DriverOptions,
  type HeadsOptions,
  type RecordFetchOptions,
  type RecordHead,
  type RecordObject,
  type RecordQuery,
  type RecordUpdateOptions,
  type RecordVersion,
  releaseKey,
  type SqlBookkeeping,
  type StoredRelease,
  withVersion,
} from "./driver.ts";
import { isStatusCode, OWNER } from "./labels.ts";
import { textOfPlain } from "./plain.ts";
import type { PlainRecord, PlainRecords } from "./driver.ts";
import { decodeRecord, encodeRecord, readRecord } from "./record.ts";

/** One row of an answer, by column. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** Runs statements on a database. */
export interface SqlConnection {
  /** SHA-256 of host, port, database and search_path, in hexadecimal; absent when the connection has no address. */
  readonly database?: string | undefined;
  /**
   * Runs one statement and returns its rows.
   *
   * @throws SqlError
   */
  query(text: string, values?: readonly unknown[], options?: DriverOptions): Promise<readonly SqlRow[]>;
  /** Ends the connection, if there is one. */
  close(): Promise<void>;
}

/** The database refused a statement, or could not be reached. */
export class SqlError extends SkegError {
  /** PostgreSQL's SQLSTATE, such as `42P01`; empty when no answer came. */
  readonly state: string;
  /** True if no answer came: a statement that writes may have been carried out. */
  readonly isLost: boolean;

  /** Takes the message, the SQLSTATE, and whether the answer was lost. */
  constructor(
    message: string,
    state: string,
    more: { isLost?: boolean; hint?: string | undefined; cause?: unknown } = {},
  ) {
    super("record", message, more);
    this.state = state;
    this.isLost = more.isLost ?? false;
  }
}

/** Options of {@linkcode sqlDriver}. */
export interface SqlDriverOptions {
  /** Called with every record that cannot be decoded; lists leave them out. */
  readonly onBroken?: ((key: string, error: SkegError) => void) | undefined;
  /** Now, for the times of rows; default: the system's clock. */
  readonly clock?: ClockAndRandom["clock"];
  /** If true, a missing table is made, exactly as Tiller makes it. */
  readonly createSchema?: boolean | undefined;
  /** Pauses before a statement whose answer was lost is sent again, in milliseconds. */
  readonly pausesMs?: readonly number[] | undefined;
}

/** Bodies that are read with one statement: a body may have megabytes. */
const BODIES_MAX = 20;
/** Pauses before a statement whose answer was lost is sent again. */
const PAUSES_MS: readonly number[] = [100, 300, 1000, 3000];
/** Any constant will do, as long as all clients that make the schema use it. */
const SCHEMA_LOCK = 0x736b6567;

const UNDEFINED_TABLE = "42P01";

/** The identity of a table, which is the same for every address and search path that lead to it. */
const IDENTITY = `select (select system_identifier::text from pg_control_system()) as system,
  (select oid::text from pg_database where datname = current_database()) as database,
  to_regclass('releases')::oid::text as table`;
/** The user may not call a function, the server does not have it, or does not support it. */
const UNTOLD = ["42501", "42883", "0A000"];

/** The columns of a head. The order is that of ConfigMaps: by bytes of the key. */
const HEADS = `select key, name, version, status, owner, created_at from releases`;
const IN_ORDER = `order by key collate "C"`;

/** Tiller's table, its indexes, and the bookkeeping that its migrations look for. */
const SCHEMA = [
  `create table if not exists gorp_migrations (id text not null primary key, applied_at timestamp with time zone)`,
  `if exists (select from gorp_migrations where id <> 'init') then
   raise exception 'another program keeps its own migrations in this schema; use another database or schema'; end if`,
  `create table releases (key varchar(67) primary key, body text not null, name varchar(64) not null,
   version integer not null, status text not null, owner text not null, created_at integer not null,
   modified_at integer not null default 0)`,
  ...["key", "version", "status", "owner", "created_at", "modified_at"].map((column) =>
    `create index releases_${column}_idx on releases (${column})`
  ),
  `insert into gorp_migrations (id, applied_at) values ('init', now()) on conflict do nothing`,
];

/**
 * Ends the state in which Tiller does not start. The conditions are checked in the same transaction, with the tables locked: a
 * Helm 3 that runs meanwhile loses nothing.
 */
const MEND = `do $skeg$ begin
  perform pg_advisory_xact_lock(${SCHEMA_LOCK});
  if to_regclass('gorp_migrations') is null then return; end if;
  lock table gorp_migrations in exclusive mode;
  if to_regclass('releases_v1') is not null then raise exception 'the schema has releases of Helm 3'; end if;
  if exists (select from gorp_migrations where id not in ('init', 'custom_labels')) then
    raise exception 'another program than Helm 3 keeps its migrations in this schema';
  end if;
  if to_regclass('custom_labels_v1') is not null then
    lock table custom_labels_v1 in access exclusive mode;
    if exists (select from custom_labels_v1) then raise exception 'the table custom_labels_v1 has rows'; end if;
    drop table custom_labels_v1;
  end if;
  delete from gorp_migrations where id = 'custom_labels';
end $skeg$`;

/** Returns the driver that keeps records in the table `releases` of a database. */
export function sqlDriver(connection: SqlConnection, options: SqlDriverOptions = {}): Driver {
  const table = new ReleaseTable(connection, options);
  return {
    name: "SQL",
    get: (key, more) => table.get(key, more),
    list: (more) => table.list(more),
    query: (labels, more) => table.query(labels, more),
    heads: (labels, more) => table.heads(labels, more),
    fetch: (keys, more) => table.fetch(keys, more),
    create: (release, more) => table.create(release, more),
    update: (release, more) => table.update(release, more),
    delete: (key, more) => table.delete(key, more),
    envelope: (key, more) => table.envelope(key, more),
    bookkeeping: (more) => table.bookkeeping(more),
    mendBookkeeping: (more) => table.mendBookkeeping(more),
    close: () => connection.close(),
    plain: plainRows(table, connection.database),
    raw: {
      kind: "SQL",
      namespace: "",
      database: connection.database,
      list: (labels, more) => table.rows(labels, more),
      get: (key, more) => table.row(key, more),
      decode: (object) => readRecord(object.data?.release ?? ""),
      withRelease: (object, release) => ({ ...object, data: { ...object.data, release: encodeRecord(release) } }),
      replace: (object, more) => table.replaceRow(object, more),
      create: (object, more) => table.createRow(object, more),
      remove: ({ metadata }, more) =>
        table.removeGuarded(metadata?.name ?? "", { xmin: metadata?.resourceVersion ?? "0" }, more),
    },
  };
}

function plainRows(table: ReleaseTable, database: string | undefined): PlainRecords {
  return {
    kind: "SQL",
    namespace: "",
    database,
    identity: (more) => table.identity(more),
    list: (labels, more) => table.plain(labels, more),
    create: (record, more) => table.createPlain(heldByRow(record), more),
    remove: (record, more) => table.removeGuarded(record.key, record.version as RowVersion, more),
    held: heldByRow,
  };
}

/** Labels that are columns of the table, and so all that a row can hold. */
const COLUMN_LABELS = ["NAME", "OWNER", "STATUS", "VERSION", "CREATED_AT", "MODIFIED_AT"];
/** Widths of the columns `key` and `name`. */
const KEY_MAX = 67, NAME_MAX = 64;
/** PostgreSQL's `integer`. */
const INTEGER_MAX = 2 ** 31 - 1;

/**
 * Returns the record as a row holds it. The time of creation, which a ConfigMap loses with its first update, is
 * that of the object then.
 */
function heldByRow(record: PlainRecord): PlainRecord {
  const { key, labels, createdAt } = record;
  const name = labels["NAME"] ?? "";
  const refuse = (why: string): SkegError => new SkegError("record", `${key} cannot be a row of the table: ${why}`);
  if (key.length > KEY_MAX) throw refuse(`its key has ${key.length} characters, and ${KEY_MAX} is the limit`);
  if (name.length > NAME_MAX) throw refuse(`its name has ${name.length} characters, and ${NAME_MAX} is the limit`);
  const created = Math.floor(Date.parse(createdAt ?? "") / 1000);
  const held: Record<string, string> = {};
  for (const label of COLUMN_LABELS) if (labels[label] !== undefined) held[label] = labels[label];
  held["CREATED_AT"] ??= String(Number.isNaN(created) ? 0 : created);
  if (held["MODIFIED_AT"] === "0") delete held["MODIFIED_AT"];
  for (const label of ["VERSION", "CREATED_AT", "MODIFIED_AT"]) {
    const value = held[label] ?? (label === "VERSION" ? "" : "0");
    if (!/^\d+$/.test(value) || Number(value) > INTEGER_MAX) {
      throw refuse(`its label ${label} is not a number of the table`);
    }
  }
  return { key, labels: held, annotations: {}, data: { release: textOfPlain(record) }, binaryData: {}, createdAt };
}

function plainOfRow(row: SqlRow): PlainRecord {
  const labels: Record<string, string> = {
    NAME: String(row.name),
    OWNER: String(row.owner),
    STATUS: String(row.status),
    VERSION: String(row.version),
    CREATED_AT: String(row.created_at),
    ...Number(row.modified_at) === 0 ? {} : { MODIFIED_AT: String(row.modified_at) },
  };
  return {
    key: String(row.key),
    labels,
    annotations: {},
    data: { release: bodyOf(row) },
    binaryData: {},
    createdAt: new Date(Number(row.created_at) * 1000).toISOString().replace(".000Z", "Z"),
    version: versionOf(row),
  };
}

/** The version of a row: the transaction that wrote it. */
interface RowVersion {
  readonly xmin: string;
}

class ReleaseTable {
  readonly #connection: SqlConnection;
  readonly #options: SqlDriverOptions;

  constructor(connection: SqlConnection, options: SqlDriverOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  async get(key: string, options?: DriverOptions): Promise<StoredRelease> {
    const row = await this.#find(key, options);
    if (row === undefined) throw recordNotFound(key);
    return withVersion(await readRecord(bodyOf(row)), versionOf(row));
  }

  async envelope(key: string, options?: DriverOptions): Promise<string | undefined> {
    const row = await this.#find(key, options);
    return row && bodyOf(row);
  }

  async bookkeeping(options?: DriverOptions): Promise<SqlBookkeeping> {
    const names = ["gorp_migrations", "releases_v1", "custom_labels_v1"];
    const tables = await this.#connection.query(
      "select name from unnest($1::text[]) as name where to_regclass(name) is not null",
      [names],
      options,
    );
    const has = (table: string): boolean => tables.some(({ name }) => name === table);
    const migrations = has("gorp_migrations")
      ? await this.#connection.query("select id from gorp_migrations where id <> 'init' order by id", [], options)
      : [];
    const labels = has("custom_labels_v1")
      ? (await this.#connection.query("select 1 from custom_labels_v1 limit 1", [], options)).length
      : undefined;
    return {
      foreignMigrations: migrations.map(({ id }) => String(id)),
      hasHelm3Table: has("releases_v1"),
      customLabels: labels,
    };
  }

  /** Returns the identity of the server's data, of the database in it, and of the table, if there is one. */
  async identity(options?: DriverOptions): Promise<string | undefined> {
    try {
      const [row] = await this.#read(IDENTITY, [], options);
      return JSON.stringify([row?.system, row?.database, row?.table]);
    } catch (error) {
      if (error instanceof SqlError && UNTOLD.includes(error.state)) return undefined;
      throw error;
    }
  }

  async mendBookkeeping(options?: DriverOptions): Promise<void> {
    // A lost answer is harmless: the second run finds nothing to do.
    await this.#read(MEND, [], options);
  }

  async list(options?: DriverOptions): Promise<Release[]> {
    const heads = await this.heads({}, options);
    return await this.fetch(heads.map(({ key }) => key), options);
  }

  async query(labels: RecordQuery, options?: DriverOptions): Promise<StoredRelease[]> {
    const { where, values } = conditionOf(labels, false);
    const rows = await this.#read(`select key, body, xmin::text from releases ${where} ${IN_ORDER}`, values, options);
    if (rows.length === 0) throw recordNotFound(labels.name ?? "");
    return rows.flatMap((row) => {
      const release = this.#decoded(row);
      return release === undefined ? [] : [withVersion(release, versionOf(row))];
    });
  }

  async heads(labels: RecordQuery, options?: HeadsOptions): Promise<RecordHead[]> {
    const { where, values } = conditionOf(labels, options?.anyOwner === true);
    const rows = await this.#read(`${HEADS} ${where} ${IN_ORDER}`, values, options);
    const heads = rows.map((row) => headOf(row, options?.anyOwner === true));
    for (const [index, head] of heads.entries()) if (rows[index]?.owner === OWNER) options?.onHead?.(head);
    return heads;
  }

  async fetch(keys: readonly string[], options?: RecordFetchOptions): Promise<Release[]> {
    const found: Release[] = [];
    for (let at = 0; at < keys.length; at += BODIES_MAX) {
      const wanted = keys.slice(at, at + BODIES_MAX);
      const rows = await this.#read(`select key, body from releases where key = any($1)`, [wanted], options);
      const byKey = new Map(rows.map((row) => [String(row.key), row]));
      for (const key of wanted) {
        const row = byKey.get(key);
        const release = row === undefined ? undefined : await this.#look(row, options);
        if (release === undefined) continue;
        options?.onRecord?.(key, release);
        found.push(release);
      }
    }
    return found;
  }

  async create(release: Release, options?: DriverOptions): Promise<RecordVersion> {
    const key = releaseKey(release.name, release.revision);
    const { name, revision, info: { status } } = release;
    const body = encodeRecord(release);
    const text = "insert into releases (key, body, name, version, status, owner, created_at) " +
      "values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning xmin::text";
    const values = [key, body, name, revision, status.code, OWNER, this.#seconds()];
    return await this.#write(text, values, options, async (wasLost) => {
      const row = await this.#find(key, options);
      // An earlier attempt was carried out although its answer was lost.
      if (wasLost && row?.body === body) return versionOf(row);
      if (row === undefined) return "again"; // deleted between the two statements
      throw recordExists(key);
    });
  }

  async update(release: Release, options?: RecordUpdateOptions): Promise<RecordVersion> {
    const key = releaseKey(release.name, release.revision);
    const body = encodeRecord(release);
    const known = options?.version as RowVersion | undefined ?? versionOf(await this.#found(key, options));
    // Tiller keeps `created_at` here, unlike in ConfigMaps.
    const text = "update releases set body = $2, name = $3, version = $4, status = $5, owner = $6, modified_at = $7 " +
      "where key = $1 and xmin = $8::xid returning xmin::text";
    const { name, revision, info: { status } } = release;
    const values = [key, body, name, revision, status.code, OWNER, this.#seconds(), known.xmin];
    return await this.#write(text, values, options, async (wasLost) => {
      const row = await this.#found(key, options);
      if (wasLost && row.body === body) return versionOf(row);
      if (wasLost && versionOf(row).xmin === known.xmin) return "again";
      throw recordModified(key);
    });
  }

  async delete(key: string, options?: DriverOptions): Promise<Release> {
    const release = await this.get(key, options);
    await this.#write("delete from releases where key = $1 returning key", [key], options, async (wasLost) => {
      // No row left counts as success: this deletion was carried out and its answer was lost.
      const isThere = wasLost && await this.#find(key, options) !== undefined;
      return isThere ? "again" : {};
    });
    return release;
  }

  /** Returns rows in the form that all storages share; bodies are read in batches. */
  async plain(labels: RecordQuery, options?: DriverOptions): Promise<PlainRecord[]> {
    const heads = await this.heads(labels, options);
    const found: PlainRecord[] = [];
    for (let at = 0; at < heads.length; at += BODIES_MAX) {
      const keys = heads.slice(at, at + BODIES_MAX).map(({ key }) => key);
      const text = `select *, xmin::text from releases where key = any($1) ${IN_ORDER}`;
      found.push(...(await this.#read(text, [keys], options)).map(plainOfRow));
    }
    return found;
  }

  /** Inserts a row with the times of its labels. */
  async createPlain({ key, labels, data }: PlainRecord, options?: DriverOptions): Promise<void> {
    const body = data["release"] ?? "";
    const text = "insert into releases (key, body, name, version, status, owner, created_at, modified_at) " +
      "values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning xmin::text";
    const numbers = ["VERSION", "CREATED_AT", "MODIFIED_AT"].map((label) => Number(labels[label] ?? 0));
    const [version, createdAt, modifiedAt] = numbers;
    const values = [key, body, labels["NAME"] ?? "", version, labels["STATUS"] ?? "", labels["OWNER"] ?? OWNER];
    await this.#write(text, [...values, createdAt, modifiedAt], options, async (wasLost) => {
      const row = await this.#find(key, options);
      if (wasLost && row?.body === body) return versionOf(row);
      if (row === undefined) return "again";
      throw recordExists(key);
    });
  }

  /** Deletes a row if it was not modified since; one that is gone is no error. */
  async removeGuarded(key: string, { xmin }: RowVersion, options?: DriverOptions): Promise<void> {
    const text = "delete from releases where key = $1 and xmin = $2::xid returning key";
    await this.#write(text, [key, xmin], options, async (wasLost) => {
      const row = await this.#find(key, options);
      if (row === undefined) return {};
      if (wasLost && versionOf(row).xmin === xmin) return "again";
      throw recordModified(key);
    });
  }

  async rows(labels: RecordQuery, options?: DriverOptions): Promise<RecordObject[]> {
    const { where, values } = conditionOf(labels, false);
    return (await this.#read(`select ${ROW} from releases ${where} ${IN_ORDER}`, values, options)).map(objectOf);
  }

  async row(key: string, options?: DriverOptions): Promise<RecordObject | undefined> {
    return (await this.#read(`select ${ROW} from releases where key = $1`, [key], options)).map(objectOf)[0];
  }

  async replaceRow(object: RecordObject, options?: DriverOptions): Promise<RecordObject> {
    const [key = "", ...values] = columnsOf(object);
    const { resourceVersion } = object.metadata ?? {};
    const text = "update releases set body = $2, name = $3, version = $4, status = $5, owner = $6, created_at = $7, " +
      "modified_at = $8 where key = $1 and xmin = $9::xid returning xmin::text";
    await this.#write(text, [key, ...values, resourceVersion ?? "0"], options, async (wasLost) => {
      const row = await this.row(String(key), options);
      if (row === undefined) throw recordNotFound(String(key));
      if (wasLost && hasColumns(row, object)) return row;
      if (wasLost && row.metadata?.resourceVersion === resourceVersion) return "again";
      throw recordModified(String(key));
    });
    return await this.#storedRow(String(key), options);
  }

  async createRow(object: RecordObject, options?: DriverOptions): Promise<RecordObject> {
    const values = columnsOf(object);
    const key = String(values[0]);
    const text = "insert into releases (key, body, name, version, status, owner, created_at, modified_at) " +
      "values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning xmin::text";
    await this.#write(text, values, options, async (wasLost) => {
      const row = await this.row(key, options);
      if (row === undefined) return "again";
      if (wasLost && hasColumns(row, object)) return row;
      throw recordExists(key);
    });
    return await this.#storedRow(key, options);
  }

  async #storedRow(key: string, options?: DriverOptions): Promise<RecordObject> {
    const row = await this.row(key, options);
    if (row === undefined) throw recordNotFound(key);
    return row;
  }

  /** Reads with a statement; sends it again when the connection was lost. */
  async #read(text: string, values: readonly unknown[], options?: DriverOptions): Promise<readonly SqlRow[]> {
    for (let attempt = 0;; attempt++) {
      try {
        return await this.#connection.query(text, values, options);
      } catch (error) {
        if (await this.#wasSchemaMade(error, options)) continue;
        await this.#pause(attempt, error, options);
      }
    }
  }

  /**
   * Sends a statement that writes one row and returns its version. When no row was written, or an answer was
   * lost, `look` finds out why: it returns the version, or `again`, or throws.
   */
  async #write(
    text: string,
    values: readonly unknown[],
    options: DriverOptions | undefined,
    look: (wasLost: boolean) => Promise<RecordVersion | "again">,
  ): Promise<RecordVersion> {
    let wasLost = false;
    for (let attempt = 0;; attempt++) {
      try {
        const [row] = await this.#connection.query(text, values, options);
        if (row !== undefined) return typeof row.xmin === "string" ? versionOf(row) : {};
      } catch (error) {
        if (await this.#wasSchemaMade(error, options)) continue;
        await this.#pause(attempt, error, options);
        wasLost = true;
      }
      const found = await look(wasLost);
      if (found !== "again") return found;
    }
  }

  /** Waits before another attempt; throws the error when there is none. */
  async #pause(attempt: number, error: unknown, options?: DriverOptions): Promise<void> {
    const pauseMs = (this.#options.pausesMs ?? PAUSES_MS)[attempt];
    if (!(error instanceof SqlError) || !error.isLost || pauseMs === undefined || options?.signal?.aborted) throw error;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }

  /** Makes a missing table when that is wanted; returns true if it did. */
  async #wasSchemaMade(error: unknown, options?: DriverOptions): Promise<boolean> {
    if (!(error instanceof SqlError) || error.state !== UNDEFINED_TABLE) return false;
    if (this.#options.createSchema !== true) {
      throw new SqlError('the database has no table "releases"', error.state, {
        hint: "Name the database of Tiller's records, or let skeg make the table with --create-schema.",
        cause: error,
      });
    }
    // One text without parameters is one implicit transaction: all of it is done, or nothing.
    const isThere = "select 1 from pg_class where oid = to_regclass('releases')";
    await this.#read(
      `do $skeg$ begin perform pg_advisory_xact_lock(${SCHEMA_LOCK}); if not exists (${isThere}) then ${
        SCHEMA.join("; ")
      }; end if; end $skeg$`,
      [],
      options,
    );
    return true;
  }

  async #found(key: string, options?: DriverOptions): Promise<SqlRow> {
    const row = await this.#find(key, options);
    if (row === undefined) throw recordNotFound(key);
    return row;
  }

  async #find(key: string, options?: DriverOptions): Promise<SqlRow | undefined> {
    return (await this.#read("select key, body, xmin::text from releases where key = $1", [key], options))[0];
  }

  /** Returns the release in a row; `undefined` when it cannot be decoded. */
  #decoded(row: SqlRow): Release | undefined {
    try {
      return decodeRecord(bodyOf(row));
    } catch (error) {
      if (!(error instanceof SkegError) || error.kind !== "record") throw error;
      this.#options.onBroken?.(String(row.key), error);
      return undefined;
    }
  }

  async #look(row: SqlRow, options?: RecordFetchOptions): Promise<Release | undefined> {
    try {
      return await readRecord(bodyOf(row), options?.detail);
    } catch (error) {
      if (!(error instanceof SkegError) || error.kind !== "record") throw error;
      if (options?.quiet !== true) this.#options.onBroken?.(String(row.key), error);
      return undefined;
    }
  }

  #seconds(): number {
    return (this.#options.clock ?? systemClock)().seconds;
  }
}

/** All columns of a row, and its version. */
const ROW = "key, body, name, version, status, owner, created_at, modified_at, xmin::text";

/** Returns a row in the form of a ConfigMap with the same record: columns become labels. */
function objectOf(row: SqlRow): RecordObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: String(row.key),
      resourceVersion: String(row.xmin),
      labels: {
        CREATED_AT: String(row.created_at),
        MODIFIED_AT: String(row.modified_at),
        NAME: String(row.name),
        OWNER: String(row.owner),
        STATUS: String(row.status),
        VERSION: String(row.version),
      },
    },
    data: { release: bodyOf(row) },
  };
}

/** Returns the values of the columns key, body, name, version, status, owner, created_at and modified_at. */
function columnsOf({ metadata, data }: RecordObject): readonly (string | number)[] {
  const labels = metadata?.labels ?? {};
  const number = (label: string): number => Number(labels[label] ?? 0) || 0;
  return [
    metadata?.name ?? "",
    data?.release ?? "",
    labels.NAME ?? "",
    number("VERSION"),
    labels.STATUS ?? "",
    labels.OWNER ?? "",
    number("CREATED_AT"),
    number("MODIFIED_AT"),
  ];
}

function hasColumns(row: RecordObject, object: RecordObject): boolean {
  return JSON.stringify(columnsOf(row)) === JSON.stringify(columnsOf(object));
}

/** Returns the condition of a query, and its values. */
function conditionOf(
  { name, status }: RecordQuery,
  anyOwner: boolean,
): { readonly where: string; readonly values: readonly unknown[] } {
  const wanted: (readonly [column: string, value: unknown])[] = [
    ...anyOwner ? [] : [["owner", OWNER] as const],
    ...name === undefined ? [] : [["name", name] as const],
    ...status === undefined ? [] : [["status", status] as const],
  ];
  const parts = wanted.map(([column], index) => `${column} = $${index + 1}`);
  return { where: parts.length === 0 ? "" : `where ${parts.join(" and ")}`, values: wanted.map(([, value]) => value) };
}

function headOf(row: SqlRow, withLabels: boolean): RecordHead {
  const status = String(row.status);
  const createdAt = new Date(Number(row.created_at) * 1000).toISOString().replace(".000Z", "Z");
  return {
    key: String(row.key),
    name: String(row.name),
    revision: Number(row.version),
    status: isStatusCode(status) ? status : "",
    certain: isStatusCode(status),
    createdAt,
    ...withLabels
      ? { labels: { NAME: String(row.name), OWNER: String(row.owner), STATUS: status, VERSION: String(row.version) } }
      : {},
  };
}

function bodyOf({ body }: SqlRow): string {
  return typeof body === "string" ? body : "";
}

function versionOf({ xmin }: SqlRow): RowVersion {
  return { xmin: String(xmin) };
}

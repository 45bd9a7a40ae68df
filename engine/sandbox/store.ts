/**
 * The sandbox's store: SQLite, in a file or in memory.
 *
 * Several processes may open one file. Every write happens in a transaction that takes the write
 * lock first, and takes its resourceVersion from a counter in the database, so versions rise in the
 * order of commits in all processes.
 *
 * Four things are kept: the objects, the history of changes (for watches), an index of owners (for
 * garbage collection) and the queue of tasks for controllers.
 *
 * @module
 */
import { parseJson } from "../base/mod.ts";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { KubeObject } from "../model/mod.ts";
import { makePrivate, openFilesNote } from "./private_file.ts";
import { checkKind, isStoreFault, storeFault, wrongState } from "./store_fault.ts";

/** The identity of an object; `resource` is `group/plural`. */
export interface Key {
  readonly resource: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

/** One change of an object. */
export interface StoreChange {
  readonly revision: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly key: Key;
  /** After the change; for a deletion the last state. */
  readonly object: KubeObject;
  /** Before the change. */
  readonly before: KubeObject | undefined;
}

/** A key that a controller has to reconcile. */
export interface Task {
  readonly controller: string;
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly due: number;
}

/** Which objects of a resource are listed; all when nothing is given. */
export interface StoreListOptions {
  readonly namespace?: string | undefined;
  /** Namespace and name of the last object before the list. */
  readonly after?: readonly [string, string] | undefined;
  readonly limit?: number | undefined;
}

/** How many changes are kept for watches. */
const HISTORY = 4000;

// A task exists once per controller and key, so a key that changes often is reconciled once.
// `history` keeps the state before each change: watches with selectors need it.
const TABLES = `
create table if not exists objects (
  resource text not null, namespace text not null, name text not null,
  revision integer not null, body text not null, primary key (resource, namespace, name));
create table if not exists history (
  revision integer primary key, type text not null, resource text not null, namespace text not null,
  name text not null, body text not null, previous text);
create index if not exists history_resource on history (resource, revision);
create table if not exists owners (
  uid text not null, resource text not null, namespace text not null, name text not null,
  primary key (uid, resource, namespace, name)) without rowid;
create index if not exists owners_key on owners (resource, namespace, name);
create table if not exists tasks (
  number integer primary key, controller text not null, key text not null, due integer not null, unique (controller, key));
create table if not exists facts (name text primary key, value text not null) without rowid;
`;

function openDatabase(file: string | undefined, warn?: (text: string) => void): DatabaseSync {
  let open: readonly string[] = [];
  try {
    if (file !== undefined) {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      // Before SQLite does it: SQLite would make the file with the rights that the umask leaves.
      open = makePrivate(file);
    }
    if (file !== undefined) checkKind(file);
    const database = new DatabaseSync(file ?? ":memory:");
    database.exec("pragma busy_timeout = 10000");
    // Before anything is written: a file of another program stays as it is.
    if (file !== undefined) checkOwner(database, file);
    // With a write-ahead log, readers go on while another process writes. A power cut may cost the
    // last commits, and not the file.
    if (file !== undefined) database.exec("pragma journal_mode = wal; pragma synchronous = normal");
    // In one transaction: another process that opens the file meanwhile sees nothing, or everything.
    database.exec("begin immediate");
    database.exec(TABLES);
    if (versionOf(database) === 0) database.exec(`pragma user_version = ${VERSION}`);
    database.exec("commit");
    if (open.length > 0) warn?.(openFilesNote(open));
    return database;
  } catch (cause) {
    throw isStoreFault(cause) ? cause : storeFault("open", file, cause);
  }
}

/** Version of the tables. A change that an older skeg cannot read or write increases it. */
const VERSION = 1;

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("pragma user_version").get()?.["user_version"] ?? 0);
}

/** Refuses a database of another program, and one of a newer skeg. An empty file is neither. */
function checkOwner(database: DatabaseSync, file: string): void {
  // Both are read from one state of the file: another process may be making the tables.
  database.exec("begin");
  const query = "select name from sqlite_master where type = 'table'";
  const names = database.prepare(query).all().map(({ name }) => String(name));
  const version = versionOf(database);
  database.exec("commit");
  const isOwn = ["objects", "tasks", "facts"].every((name) => names.includes(name));
  const isEmpty = names.length === 0 && version === 0;
  if (isEmpty || isOwn && version <= VERSION) return;
  database.close();
  if (isOwn) {
    const problem = `a newer skeg has written it (version ${version} of the state)`;
    throw wrongState(file, problem, "Use the newer skeg, or another file.");
  }
  const hint = "Name another file with --sandbox=FILE; nothing was changed in this one.";
  throw wrongState(file, "it is a database of another program", hint);
}

/** Opens the store in `file`, or in memory; `warn` is called when others may read that file. */
export function openStore(file: string | undefined, warn?: (text: string) => void): Store {
  return new Store(openDatabase(file, warn), file);
}

/** A statement whose failures are errors in words. */
interface Statement {
  run(...values: SQLInputValue[]): unknown;
  get(...values: SQLInputValue[]): Record<string, unknown> | undefined;
  all(...values: SQLInputValue[]): Record<string, unknown>[];
}

function parse(body: unknown): KubeObject {
  return parseJson(String(body)) as KubeObject;
}

/** The stored state of a sandbox. All calls are synchronous. */
export class Store {
  readonly #database: DatabaseSync;
  /** The same few statements run thousands of times, so they are prepared once. */
  readonly #prepared = new Map<string, Statement>();
  readonly #file: string | undefined;
  #depth = 0;

  constructor(database: DatabaseSync, file: string | undefined) {
    this.#database = database;
    this.#file = file;
  }

  /** Runs `work` as one transaction; a throw undoes everything, and so does `discard` after the work. */
  transaction<T>(work: () => T, { discard = false }: { readonly discard?: boolean } = {}): T {
    // Takes the write lock at once. A transaction that reads first and writes later fails when
    // another process wrote in between.
    return this.#within("begin immediate", work, discard);
  }

  /** Runs reads of one moment: writes of other processes meanwhile are not seen. */
  snapshot<T>(work: () => T): T {
    return this.#within("begin", work, false);
  }

  #within<T>(begin: string, work: () => T, discard: boolean): T {
    // A transaction within another one is part of it.
    if (this.#depth > 0) return work();
    this.#guarded(() => this.#database.exec(begin));
    this.#depth++;
    try {
      const result = work();
      this.#guarded(() => this.#database.exec(discard ? "rollback" : "commit"));
      return result;
    } catch (error) {
      // After a failure of the disk SQLite has rolled back itself, and refuses to do it again.
      if (this.#database.isTransaction) this.#guarded(() => this.#database.exec("rollback"));
      throw error;
    } finally {
      this.#depth--;
    }
  }

  /** The version of the latest change. */
  revision(): number {
    return Number(this.fact("revision") ?? 0);
  }

  /** The object, or `undefined`. */
  get(key: Key): KubeObject | undefined {
    const row = this.#sql("select body from objects where resource = ? and namespace = ? and name = ?")
      .get(key.resource, key.namespace, key.name);
    return row === undefined ? undefined : parse(row["body"]);
  }

  /** Objects in the order of namespace and name; `after` leaves out all up to and including it. */
  list(
    resource: string,
    { namespace, after, limit }: StoreListOptions = {},
  ): KubeObject[] {
    const where = namespace === undefined ? "" : " and namespace = ?";
    // Two empty texts come before every object, and the limit -1 means none. The comparison of
    // pairs uses the index.
    const rows = this.#sql(
      `select body from objects where resource = ?${where} and (namespace, name) > (?, ?) ` +
        "order by namespace, name limit ?",
    ).all(
      resource,
      ...(namespace === undefined ? [] : [namespace]),
      after?.[0] ?? "",
      after?.[1] ?? "",
      limit ?? -1,
    );
    return rows.map((row) => parse(row["body"]));
  }

  /** Stores the object under a new resourceVersion, which is written into it. */
  put(key: Key, object: KubeObject, before: KubeObject | undefined): void {
    const revision = this.#stampVersion(object);
    const body = JSON.stringify(object);
    this.#sql(
      "insert into objects values (?, ?, ?, ?, ?) on conflict (resource, namespace, name) " +
        "do update set revision = excluded.revision, body = excluded.body",
    ).run(key.resource, key.namespace, key.name, revision, body);
    const previous = before === undefined ? null : JSON.stringify(before);
    this.#log(before === undefined ? "ADDED" : "MODIFIED", key, body, previous, revision);
    this.#index(key, object);
  }

  /** Removes the object; its last state gets a new resourceVersion. */
  remove(key: Key, object: KubeObject): void {
    // Before the new version is stamped: this is the state that watchers compare with.
    const previous = JSON.stringify(object);
    const revision = this.#stampVersion(object);
    this.#sql("delete from objects where resource = ? and namespace = ? and name = ?")
      .run(key.resource, key.namespace, key.name);
    this.#log("DELETED", key, JSON.stringify(object), previous, revision);
    this.#index(key, undefined);
  }

  /** Resources that have objects in a namespace. */
  resourcesIn(namespace: string): string[] {
    return this.#sql("select distinct resource from objects where namespace = ?").all(namespace)
      .map((row) => String(row["resource"]));
  }

  /** Objects that name `uid` as an owner. */
  dependents(uid: string): Key[] {
    return this.#sql("select resource, namespace, name from owners where uid = ?").all(uid).map((row) => ({
      resource: String(row["resource"]),
      namespace: String(row["namespace"]),
      name: String(row["name"]),
    }));
  }

  /** Changes after `revision`, oldest first. */
  changes(resource: string, revision: number): StoreChange[] {
    return this.#sql("select * from history where resource = ? and revision > ? order by revision")
      .all(resource, revision).map((row) => ({
        revision: Number(row["revision"]),
        type: String(row["type"]) as StoreChange["type"],
        key: { resource, namespace: String(row["namespace"]), name: String(row["name"]) },
        object: parse(row["body"]),
        before: row["previous"] === null ? undefined : parse(row["previous"]),
      }));
  }

  /** The oldest revision a watch can still start from. */
  oldest(): number {
    return Number(this.fact("oldest") ?? 0);
  }

  /** Queues a task. One that is queued already keeps the earlier of the two times. */
  owe(task: Task): void {
    this.#sql(
      "insert into tasks (controller, key, due) values (?, ?, ?) " +
        "on conflict (controller, key) do update set due = min(due, excluded.due)",
    ).run(task.controller, task.key, task.due);
  }

  /** The first task that is due at `now`, taken off the queue; else `undefined`. */
  take(now: number): Task | undefined {
    const row = this.#sql("select * from tasks where due <= ? order by due, number limit 1").get(now);
    if (row === undefined) return undefined;
    const task = { controller: String(row["controller"]), key: String(row["key"]), due: Number(row["due"]) };
    this.#sql("delete from tasks where controller = ? and key = ?").run(task.controller, task.key);
    return task;
  }

  /** When the next task is due. */
  nextDue(): number | undefined {
    const row = this.#sql("select min(due) as due from tasks").get();
    return row === undefined || row["due"] === null ? undefined : Number(row["due"]);
  }

  /** A number that was never given out under this name. */
  count(name: string): number {
    const next = Number(this.fact(name) ?? 0) + 1;
    this.fact(name, String(next));
    return next;
  }

  /** A small fact, kept with the objects. */
  fact(name: string, value?: string): string | undefined {
    if (value !== undefined) {
      this.#sql("insert into facts values (?, ?) on conflict (name) do update set value = excluded.value")
        .run(name, value);
      return value;
    }
    const row = this.#sql("select value from facts where name = ?").get(name);
    return row === undefined ? undefined : String(row["value"]);
  }

  /** Closes the file. */
  close(): void {
    this.#database.close();
  }

  /** Lets the file grow to so many pages, for tests of a full disk. */
  limitPages(pages: number): void {
    this.#database.exec(`pragma max_page_count = ${pages}`);
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw storeFault("use", this.#file, cause);
    }
  }

  #sql(text: string): Statement {
    let statement = this.#prepared.get(text);
    if (statement === undefined) {
      const prepared = this.#guarded(() => this.#database.prepare(text));
      statement = {
        run: (...values) => this.#guarded(() => prepared.run(...values)),
        get: (...values) => this.#guarded(() => prepared.get(...values)),
        all: (...values) => this.#guarded(() => prepared.all(...values)),
      };
      this.#prepared.set(text, statement);
    }
    return statement;
  }

  #log(type: StoreChange["type"], key: Key, body: string, previous: string | null, revision: number): void {
    this.#sql("insert into history values (?, ?, ?, ?, ?, ?, ?)")
      .run(revision, type, key.resource, key.namespace, key.name, body, previous);
    // Trimmed now and then, not with each change. `oldest` must follow what was deleted: a watch
    // from before it has to end as expired.
    if (revision % 200 === 0) {
      this.#sql("delete from history where revision <= ?").run(revision - HISTORY);
      if (revision > HISTORY) this.fact("oldest", String(revision - HISTORY));
    }
  }

  #index(key: Key, object: KubeObject | undefined): void {
    this.#sql("delete from owners where resource = ? and namespace = ? and name = ?")
      .run(key.resource, key.namespace, key.name);
    for (const owner of object?.metadata?.ownerReferences ?? []) {
      this.#sql("insert or ignore into owners values (?, ?, ?, ?)")
        .run(owner.uid, key.resource, key.namespace, key.name);
    }
  }

  #stampVersion(object: KubeObject): number {
    const revision = this.count("revision");
    (object.metadata ??= {}).resourceVersion = String(revision);
    return revision;
  }
}

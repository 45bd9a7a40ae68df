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
import { DatabaseSync } from "node:sqlite";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { KubeObject } from "../model/mod.ts";
import { SkegError } from "../../errors.ts";
import { makePrivate, openFilesNote } from "./private_file.ts";

/** The identity of an object; `resource` is `group/plural`. */
export interface Key {
  readonly resource: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

/** One change of an object. */
export interface Change {
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

/** The stored state of a sandbox. All calls are synchronous. */
export interface Store {
  /** Runs `work` as one transaction; a throw undoes everything, and so does `discard` after the work. */
  transaction<T>(work: () => T, options?: { readonly discard?: boolean }): T;
  /** The version of the latest change. */
  revision(): number;
  /** The object, or `undefined`. */
  get(key: Key): KubeObject | undefined;
  /** Objects in the order of namespace and name; `after` leaves out all up to and including it. */
  list(
    resource: string,
    options?: { namespace?: string | undefined; after?: readonly [string, string]; limit?: number },
  ): KubeObject[];
  /** Stores the object under a new resourceVersion, which is written into it. */
  put(key: Key, object: KubeObject, before: KubeObject | undefined): void;
  /** Removes the object; its last state gets a new resourceVersion. */
  remove(key: Key, object: KubeObject): void;
  /** Resources that have objects in a namespace. */
  resourcesIn(namespace: string): string[];
  /** Objects that name `uid` as an owner. */
  dependents(uid: string): Key[];
  /** Changes after `revision`, oldest first. */
  changes(resource: string, revision: number): Change[];
  /** The oldest revision a watch can still start from. */
  oldest(): number;
  /** Queues a task. One that is queued already keeps the earlier of the two times. */
  owe(task: Task): void;
  /** The first task that is due at `now`, taken off the queue; else `undefined`. */
  take(now: number): Task | undefined;
  /** When the next task is due. */
  nextDue(): number | undefined;
  /** A number that was never given out under this name. */
  count(name: string): number;
  /** A small fact, kept with the objects. */
  fact(name: string, value?: string): string | undefined;
  /** Changes whenever any process has written. */
  stamp(): string;
  /** Closes the file. */
  close(): void;
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
  try {
    if (file !== undefined) {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      // Before SQLite does it: SQLite would make the file with the rights that the umask leaves.
      const open = makePrivate(file);
      if (open.length > 0) warn?.(openFilesNote(open));
    }
    const database = new DatabaseSync(file ?? ":memory:");
    database.exec("pragma busy_timeout = 10000");
    // With a write-ahead log, readers go on while another process writes. A power cut may cost the
    // last commits, and not the file.
    if (file !== undefined) database.exec("pragma journal_mode = wal; pragma synchronous = normal");
    database.exec(TABLES);
    return database;
  } catch (cause) {
    throw new SkegError("sandbox", `Cannot open the sandbox's state ${file ?? ""}: ${(cause as Error).message}`, {
      cause,
      hint: "Check the path: an existing file must be the state of a sandbox.",
    });
  }
}

/** Opens the store in `file`, or in memory; `warn` is called when others may read that file. */
export function openStore(file: string | undefined, warn?: (text: string) => void): Store {
  // Long: all methods share the database, the prepared statements and the depth of the transaction.
  const database = openDatabase(file, warn);
  // The same few statements run thousands of times, so they are prepared once.
  const prepared = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  const sql = (text: string): ReturnType<DatabaseSync["prepare"]> => {
    let statement = prepared.get(text);
    if (statement === undefined) prepared.set(text, statement = database.prepare(text));
    return statement;
  };
  const parse = (body: unknown): KubeObject => parseJson(String(body)) as KubeObject;
  let depth = 0;

  function fact(name: string, value?: string): string | undefined {
    if (value !== undefined) {
      sql("insert into facts values (?, ?) on conflict (name) do update set value = excluded.value").run(name, value);
      return value;
    }
    const row = sql("select value from facts where name = ?").get(name);
    return row === undefined ? undefined : String(row["value"]);
  }
  function count(name: string): number {
    const next = Number(fact(name) ?? 0) + 1;
    fact(name, String(next));
    return next;
  }
  function log(type: Change["type"], key: Key, body: string, previous: string | null, revision: number): void {
    sql("insert into history values (?, ?, ?, ?, ?, ?, ?)")
      .run(revision, type, key.resource, key.namespace, key.name, body, previous);
    // Trimmed now and then, not with each change. `oldest` must follow what was deleted: a watch
    // from before it has to end as expired.
    if (revision % 200 === 0) {
      sql("delete from history where revision <= ?").run(revision - HISTORY);
      if (revision > HISTORY) fact("oldest", String(revision - HISTORY));
    }
  }
  function index(key: Key, object: KubeObject | undefined): void {
    sql("delete from owners where resource = ? and namespace = ? and name = ?")
      .run(key.resource, key.namespace, key.name);
    for (const owner of object?.metadata?.ownerReferences ?? []) {
      sql("insert or ignore into owners values (?, ?, ?, ?)").run(owner.uid, key.resource, key.namespace, key.name);
    }
  }
  function stampVersion(object: KubeObject): number {
    const revision = count("revision");
    (object.metadata ??= {}).resourceVersion = String(revision);
    return revision;
  }

  return {
    transaction<T>(work: () => T, { discard = false } = {}): T {
      // A transaction within another one is part of it.
      if (depth > 0) return work();
      // Takes the write lock at once. A transaction that reads first and writes later fails when
      // another process wrote in between.
      database.exec("begin immediate");
      depth++;
      try {
        const result = work();
        database.exec(discard ? "rollback" : "commit");
        return result;
      } catch (error) {
        database.exec("rollback");
        throw error;
      } finally {
        depth--;
      }
    },
    revision: () => Number(fact("revision") ?? 0),
    get(key) {
      const row = sql("select body from objects where resource = ? and namespace = ? and name = ?")
        .get(key.resource, key.namespace, key.name);
      return row === undefined ? undefined : parse(row["body"]);
    },
    list(resource, { namespace, after, limit } = {}) {
      const where = namespace === undefined ? "" : " and namespace = ?";
      // Two empty texts come before every object, and the limit -1 means none. The comparison of
      // pairs uses the index.
      const rows = sql(
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
    },
    put(key, object, before) {
      const revision = stampVersion(object);
      const body = JSON.stringify(object);
      sql(
        "insert into objects values (?, ?, ?, ?, ?) on conflict (resource, namespace, name) " +
          "do update set revision = excluded.revision, body = excluded.body",
      ).run(key.resource, key.namespace, key.name, revision, body);
      const previous = before === undefined ? null : JSON.stringify(before);
      log(before === undefined ? "ADDED" : "MODIFIED", key, body, previous, revision);
      index(key, object);
    },
    remove(key, object) {
      // Before the new version is stamped: this is the state that watchers compare with.
      const previous = JSON.stringify(object);
      const revision = stampVersion(object);
      sql("delete from objects where resource = ? and namespace = ? and name = ?")
        .run(key.resource, key.namespace, key.name);
      log("DELETED", key, JSON.stringify(object), previous, revision);
      index(key, undefined);
    },
    resourcesIn(namespace) {
      return sql("select distinct resource from objects where namespace = ?").all(namespace)
        .map((row) => String(row["resource"]));
    },
    dependents(uid) {
      return sql("select resource, namespace, name from owners where uid = ?").all(uid).map((row) => ({
        resource: String(row["resource"]),
        namespace: String(row["namespace"]),
        name: String(row["name"]),
      }));
    },
    changes(resource, revision) {
      return sql("select * from history where resource = ? and revision > ? order by revision")
        .all(resource, revision).map((row) => ({
          revision: Number(row["revision"]),
          type: String(row["type"]) as Change["type"],
          key: { resource, namespace: String(row["namespace"]), name: String(row["name"]) },
          object: parse(row["body"]),
          before: row["previous"] === null ? undefined : parse(row["previous"]),
        }));
    },
    oldest: () => Number(fact("oldest") ?? 0),
    owe(task) {
      sql(
        "insert into tasks (controller, key, due) values (?, ?, ?) on conflict (controller, key) do update set due = min(due, excluded.due)",
      )
        .run(task.controller, task.key, task.due);
    },
    take(now) {
      const row = sql("select * from tasks where due <= ? order by due, number limit 1")
        .get(now);
      if (row === undefined) return undefined;
      const task = { controller: String(row["controller"]), key: String(row["key"]), due: Number(row["due"]) };
      sql("delete from tasks where controller = ? and key = ?").run(task.controller, task.key);
      return task;
    },
    nextDue() {
      const row = sql("select min(due) as due from tasks").get();
      return row === undefined || row["due"] === null ? undefined : Number(row["due"]);
    },
    count,
    fact,
    stamp: () => String(fact("revision") ?? 0),
    close: () => database.close(),
  };
}

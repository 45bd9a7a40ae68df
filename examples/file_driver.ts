/**
 * A custom storage driver: keeps release records as files in a folder, one file
 * for each revision, in the same encoding as Tiller's ConfigMaps.
 *
 *   deno run -R -W -E examples/file_driver.ts FOLDER
 *
 * Every write is guarded, as the interface `Driver` requires: `create` fails
 * when the file is there, `update` when another client modified it.
 *
 * @module
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  createSkeg,
  decodeRecord,
  type Driver,
  encodeRecord,
  readKey,
  type RecordQuery,
  type Release,
  releaseKey,
  SkegError,
  type StoredRelease,
  withVersion,
} from "../mod.ts";

const ENDING = ".record";

/** Returns a driver that keeps records in `folder`, which is created when it is missing. */
export function fileDriver(folder: string): Driver {
  mkdirSync(folder, { recursive: true });
  const fileOf = (key: string): string => {
    // A key consists of a release's name, which is a DNS name, and a revision. No other text may become a path.
    if (readKey(key) === undefined || !/^[a-z0-9.-]+$/.test(key)) throw notFound(key);
    return join(folder, key + ENDING);
  };
  const read = (key: string): string | undefined => {
    try {
      return readFileSync(fileOf(key), "utf8");
    } catch (error) {
      if ((error as { code?: string }).code === "ENOENT") return undefined;
      throw error;
    }
  };
  /** Returns a release with its version, which guards an update: the text of the file. */
  const load = (key: string): StoredRelease => {
    const text = read(key);
    if (text === undefined) throw notFound(key);
    return withVersion(decodeRecord(text), { text });
  };
  const loadAll = (): StoredRelease[] =>
    readdirSync(folder).filter((file) => file.endsWith(ENDING)).sort()
      .map((file) => load(file.slice(0, -ENDING.length)));
  return {
    name: "File",
    get: (key) => promise(() => load(key)),
    list: () => promise(loadAll),
    query: (labels) =>
      promise(() => {
        const found = loadAll().filter((release) => isMeant(release, labels));
        if (found.length === 0) throw notFound(labels.name ?? "");
        return found;
      }),
    create: (release) =>
      promise(() => {
        const key = releaseKey(release.name, release.revision), text = encodeRecord(release);
        try {
          writeFileSync(fileOf(key), text, { flag: "wx" });
        } catch (error) {
          if ((error as { code?: string }).code !== "EEXIST") throw error;
          throw new SkegError("exists", `release: "${key}" already exists`);
        }
        return { text };
      }),
    update: (release, { version } = {}) =>
      promise(() => {
        const key = releaseKey(release.name, release.revision), text = encodeRecord(release);
        const current = read(key);
        if (current === undefined) throw notFound(key);
        if (version !== undefined && current !== (version as { text: string }).text) {
          throw new SkegError("conflict", `release: "${key}" was modified by another client`);
        }
        const fresh = join(folder, `${key}.${crypto.randomUUID()}.new`);
        writeFileSync(fresh, text);
        renameSync(fresh, fileOf(key)); // replaces the file atomically
        return { text };
      }),
    delete: (key) =>
      promise(() => {
        const release = load(key);
        rmSync(fileOf(key));
        return release;
      }),
  };
}

function isMeant(release: Release, { name, status }: RecordQuery): boolean {
  return (name === undefined || release.name === name) && (status === undefined || release.info.status.code === status);
}

function notFound(what: string): SkegError {
  return new SkegError("not-found", `release: "${what}" not found`, { missing: what });
}

/** Runs `work` in a promise, so that a thrown error becomes a rejection. */
function promise<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => resolve(work()));
}

if (import.meta.main) {
  const [folder] = Deno.args;
  if (folder === undefined) throw new Error("usage: file_driver.ts FOLDER");
  const skeg = createSkeg({ sandbox: ":memory:", storage: fileDriver(folder) });
  await skeg.install(`${import.meta.dirname}/charts/web`, { name: "web" });
  await skeg.upgrade("web", `${import.meta.dirname}/charts/web`, { values: { replicas: 1 } });
  const revisions = await skeg.history("web");
  await skeg.close();
  const lines = revisions.map(({ revision, info }) => `web.v${revision} ${info.status.code}\n`).join("");
  Deno.stdout.writeSync(new TextEncoder().encode(lines));
}

/**
 * A cache of servers' discovery, on disk between commands.
 *
 * Cached answers are never trusted: every time the server is asked if they are still current
 * (`If-None-Match`), and answers 304 without a body if so. Charts see the same kinds with and without the
 * cache.
 *
 * @module
 */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** An answer and its ETag. */
export interface KeptAnswer {
  /** The header `ETag`, as it came. */
  readonly etag: string;
  /** The body. */
  readonly text: string;
}

/** The cache of one server's answers. */
export interface DiscoveryCache {
  /** Returns the cached answer for a path, if one can be read. */
  read(path: string): Promise<KeptAnswer | undefined>;
  /** Stores an answer; does nothing if that is not possible. */
  write(path: string, answer: KeptAnswer): Promise<void>;
}

/** Environment variables that say where caches are. */
export interface CacheEnv {
  /** Folder for caches, if set. */
  readonly XDG_CACHE_HOME?: string | undefined;
  /** The same on Windows. */
  readonly LOCALAPPDATA?: string | undefined;
  /** The user's home. */
  readonly HOME?: string | undefined;
  /** The same on Windows. */
  readonly USERPROFILE?: string | undefined;
}

/** Returns the cache folder by the rules of the operating system; `undefined` without a home. */
export function discoveryFolder(env: CacheEnv, system: string = Deno.build.os): string | undefined {
  const home = env.HOME || env.USERPROFILE;
  const inHome = (...parts: string[]): string | undefined => home ? join(home, ...parts) : undefined;
  const base = env.XDG_CACHE_HOME ||
    (system === "windows" ? env.LOCALAPPDATA || inHome("AppData", "Local") : undefined) ||
    (system === "darwin" ? inHome("Library", "Caches") : inHome(".cache"));
  return base === undefined ? undefined : join(base, "skeg", "discovery");
}

/** Returns the cache of `server` in `folder`, which is created with the first answer. */
export function discoveryCache(folder: string, server: string): DiscoveryCache {
  const fileOf = (path: string): string => join(folder, `${(server + path).replace(/[^A-Za-z0-9.]+/g, "_")}.txt`);
  return {
    async read(path) {
      try {
        const kept = await readFile(fileOf(path), "utf8");
        const end = kept.indexOf("\n");
        return end < 1 ? undefined : { etag: kept.slice(0, end), text: kept.slice(end + 1) };
      } catch {
        return undefined;
      }
    },
    async write(path, { etag, text }) {
      if (etag === "" || /[\r\n]/.test(etag)) return;
      const file = fileOf(path);
      const fresh = `${file}.${crypto.randomUUID()}`;
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(fresh, `${etag}\n${text}`, { mode: 0o600 });
        await rename(fresh, file);
      } catch {
        // The folder is not writable: the next command reads the full discovery again.
        await rm(fresh, { force: true }).catch(() => {});
      }
    },
  };
}

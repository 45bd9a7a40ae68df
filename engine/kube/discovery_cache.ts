/**
 * What servers said of their kinds, kept on disk between commands.
 *
 * What is kept is never taken for true: the server is asked every time whether
 * it still is, and answers with nothing more than "yes" when it is. So charts
 * see the same kinds with and without it, and an answer costs no bytes.
 *
 * @module
 */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** An answer and the server's name for it. */
export interface KeptAnswer {
  /** The header `ETag`, as it came. */
  readonly etag: string;
  /** The body. */
  readonly text: string;
}

/** Where answers of one server are kept. */
export interface DiscoveryCache {
  /** The answer that was kept for a path, if any can be read. */
  read(path: string): Promise<KeptAnswer | undefined>;
  /** Keeps an answer; when that is not possible, nothing happens. */
  write(path: string, answer: KeptAnswer): Promise<void>;
}

/** Environment variables that say where caches are. */
export interface CacheEnv {
  /** Where caches belong, when it is set. */
  readonly XDG_CACHE_HOME?: string | undefined;
  /** The same on Windows. */
  readonly LOCALAPPDATA?: string | undefined;
  /** The user's home. */
  readonly HOME?: string | undefined;
  /** The same on Windows. */
  readonly USERPROFILE?: string | undefined;
}

/** The folder for answers of all servers, as the operating system has it; `undefined` when there is no home. */
export function discoveryFolder(env: CacheEnv, system: string = Deno.build.os): string | undefined {
  const home = env.HOME || env.USERPROFILE;
  const inHome = (...parts: string[]): string | undefined => home ? join(home, ...parts) : undefined;
  const base = env.XDG_CACHE_HOME ||
    (system === "windows" ? env.LOCALAPPDATA || inHome("AppData", "Local") : undefined) ||
    (system === "darwin" ? inHome("Library", "Caches") : inHome(".cache"));
  return base === undefined ? undefined : join(base, "skeg", "discovery");
}

/** Keeps the answers of `server` in `folder`, which is made when the first one comes. */
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
        // A home that cannot be written to: the next command asks in full again.
        await rm(fresh, { force: true }).catch(() => {});
      }
    },
  };
}

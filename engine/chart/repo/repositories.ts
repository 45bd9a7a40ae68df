/**
 * `repositories.yaml`: the user's list of repositories.
 *
 * Source: Helm 2.17.0, `pkg/repo/repo.go`, `cmd/helm/repo_add.go`.
 *
 * @module
 */
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { fileError, SkegError, YamlError } from "../../../errors.ts";
import { codeOf, maskAddress, maskYamlProblem } from "../../base/mod.ts";
import { type DecodedValue, decodeStruct, decodeYaml, encodeYaml, STRING } from "../../lang/yaml/mod.ts";
import type { Access } from "./fetch.ts";
import { exists, replaceFile } from "./files.ts";
import { cachedIndexPath, repositoriesPath } from "./home.ts";
import { decodeTime, localTime, NO_TIME } from "./time.ts";

/** One repository. Texts are empty when they are not set. */
export interface Repository extends Omit<Access, "owner"> {
  /** Name given by the user. */
  readonly name: string;
  /** Path of the cached index, absolute; in old files relative to the cache folder. */
  readonly cache: string;
  /** Its address. */
  readonly url: string;
}

/** The complete file. */
export interface RepositoryFile {
  /** Version of the format: `v1`. */
  readonly apiVersion: string;
  /** Time when the file was created, RFC 3339. */
  readonly generated: string;
  /** Repositories in the order in which they are searched. */
  readonly repositories: readonly Repository[];
}

const REPOSITORY = {
  kind: "struct",
  type: "repo.Entry",
  pointer: true,
  fields: {
    name: STRING,
    cache: STRING,
    url: STRING,
    username: STRING,
    password: STRING,
    certFile: STRING,
    keyFile: STRING,
    caFile: STRING,
  },
} as const;

const FILE = {
  kind: "struct",
  type: "repo.RepoFile",
  fields: {
    apiVersion: STRING,
    generated: { kind: "custom", decode: decodeTime },
    repositories: { kind: "list", type: "[]*repo.Entry", item: REPOSITORY },
  },
} as const;

/** Returns a repository with the given fields; all others are empty. */
export function makeRepository(given: Partial<Repository>): Repository {
  return {
    name: "",
    cache: "",
    url: "",
    username: "",
    password: "",
    certFile: "",
    keyFile: "",
    caFile: "",
    ...given,
  };
}

/** Returns a file without repositories. */
export function emptyRepositories(now: Date = new Date()): RepositoryFile {
  return { apiVersion: "v1", generated: localTime(now), repositories: [] };
}

/**
 * Returns the list of repositories of a HELM_HOME.
 *
 * @throws kind `config` when the list is missing, or from a Helm version before 2.0.
 */
export async function loadRepositories(home: string): Promise<RepositoryFile> {
  const path = repositoriesPath(home);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw fileError("open", path, error);
    throw new SkegError(
      "config",
      `Couldn't load repositories file (${path}).
You might need to run \`helm init\` (or \`helm init --client-only\` if tiller is already installed)`,
      {
        cause: error,
        absentPath: path,
        hint: "Type 'skeg init --client-only --skip-refresh', which needs no network, then 'skeg repo add NAME URL'.",
      },
    );
  }
  return decodeRepositories(text);
}

/** Parses the text of the file. */
export function decodeRepositories(text: string): RepositoryFile {
  const { apiVersion = "", generated = NO_TIME, repositories } = decodeFile(text) ?? {};
  if (apiVersion === "") throw new SkegError("config", "repository file is out of date");
  const list: readonly (DecodedValue<typeof REPOSITORY> | null)[] = repositories ?? [];
  return { apiVersion, generated, repositories: list.filter((entry) => entry !== null).map(makeRepository) };
}

/** Returns the fields of the file. Error messages do not quote its content, which may be secret. */
function decodeFile(text: string): DecodedValue<typeof FILE> | null | undefined {
  try {
    return decodeStruct(text, FILE);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new YamlError(maskYamlProblem(error.message), error.line);
  }
}

/**
 * Converts the list of a HELM_HOME to the current format if it is from a Helm
 * version before 2.0, when it held names and addresses. Returns true if it was
 * converted. An unreadable list is not changed.
 */
export async function upgradeRepositories(home: string): Promise<boolean> {
  const path = repositoriesPath(home);
  let old: unknown;
  try {
    const text = await readFile(path, "utf8");
    if ((decodeStruct(text, FILE)?.apiVersion ?? "") !== "") return false;
    old = decodeYaml(text) ?? {};
  } catch (error) {
    if (error instanceof SkegError || codeOf(error) === "ENOENT") return false;
    throw fileError("open", path, error);
  }
  if (typeof old !== "object" || Array.isArray(old)) return false;
  const entries = Object.entries(old as Record<string, unknown>);
  if (entries.some(([, url]) => typeof url !== "string")) return false;
  const repositories = entries.map(([name, url]) =>
    makeRepository({ name, url: String(url), cache: `${name}-index.yaml` })
  );
  await writeRepositories(home, { ...emptyRepositories(), repositories });
  return true;
}

/** Returns the text of the file. */
export function encodeRepositories(file: RepositoryFile): string {
  return encodeYaml(file);
}

/** Writes the list of repositories of a HELM_HOME. */
export async function writeRepositories(home: string, file: RepositoryFile): Promise<void> {
  await replaceFile(repositoriesPath(home), encodeRepositories(file), { mode: 0o600 });
}

/** True if the repository has a password, or its address contains credentials. */
export function hasSecrets({ url, password }: Repository): boolean {
  return password !== "" || maskAddress(url) !== url;
}

/** True if other users may read the list of a HELM_HOME, as Helm 2 creates it. */
export async function isOpenToOthers(home: string): Promise<boolean> {
  if (Deno.build.os === "windows") return false;
  const found = await stat(repositoriesPath(home)).catch(() => undefined);
  return found !== undefined && (found.mode & 0o077) !== 0;
}

/** Returns the repository with a name. */
export function findRepository(file: RepositoryFile, name: string): Repository | undefined {
  return file.repositories.find((repository) => repository.name === name);
}

/** Adds a repository, or replaces the one with the same name, and writes the file. */
export async function putRepository(home: string, repository: Repository): Promise<void> {
  await locked(home, true, async () => {
    const file = await loadRepositories(home);
    const at = file.repositories.findIndex(({ name }) => name === repository.name);
    const repositories = at < 0 ? [...file.repositories, repository] : file.repositories.with(at, repository);
    await writeRepositories(home, { ...file, repositories });
  });
}

/**
 * Removes a repository from the file.
 *
 * @throws kind `not-found`.
 */
export async function dropRepository(home: string, name: string): Promise<void> {
  await locked(home, false, async () => {
    const file = await loadRepositories(home);
    const repositories = file.repositories.filter((repository) => repository.name !== name);
    if (repositories.length === file.repositories.length) {
      throw new SkegError("not-found", `no repo named ${JSON.stringify(name)} found`);
    }
    await writeRepositories(home, { ...file, repositories });
  });
}

/** Returns a new entry for a repository, as it is stored. */
export function newRepository(home: string, given: Partial<Repository> & { readonly name: string }): Repository {
  return makeRepository({ ...given, cache: cachedIndexPath(home, given.name) });
}

const LOCK_WAIT_MS = 30_000;
const LOCK_POLL_MS = 50;

/** Runs `work` with the list locked against other processes. The lock is the same as Helm's. */
async function locked(home: string, create: boolean, work: () => Promise<void>): Promise<void> {
  const path = repositoriesPath(home).replace(/\.yaml$/, ".lock");
  if (!create && !await exists(path)) return await work();
  const release = await takeLock(path);
  try {
    await work();
  } finally {
    await release();
  }
}

async function takeLock(path: string): Promise<() => Promise<void>> {
  if (typeof Deno === "undefined" || typeof Deno.open !== "function") return await withoutLock(path);
  const file = await Deno.open(path, { create: true, write: true, mode: 0o600 }).catch((error) => {
    throw fileError("open", path, error);
  });
  const deadline = Date.now() + LOCK_WAIT_MS;
  while (!await file.tryLock(true)) {
    if (Date.now() > deadline) {
      file.close();
      throw new SkegError("timeout", "context deadline exceeded");
    }
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
  return () => {
    file.close();
    return Promise.resolve();
  };
}

/** Creates the file on platforms without locks. */
async function withoutLock(path: string): Promise<() => Promise<void>> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "a", 0o600);
  } catch (error) {
    throw fileError("open", path, error);
  }
  return () => file.close();
}

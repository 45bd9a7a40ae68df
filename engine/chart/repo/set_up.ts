/**
 * Sets up a HELM_HOME: its folders, the list of repositories, the local repository.
 *
 * Source: Helm 2.17.0, `cmd/helm/installer/init.go`.
 *
 * @module
 */
import { link, mkdir, stat, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileError, SkegError } from "../../../errors.ts";
import { repositoryAccess } from "./download.ts";
import { type FetchOptions, repositoryGetter } from "./fetch.ts";
import { replaceFile } from "./files.ts";
import { archivePath, cachedIndexPath, cachePath, localRepositoryPath, repositoriesPath } from "./home.ts";
import { emptyIndex, encodeIndex } from "./index_file.ts";
import {
  emptyRepositories,
  newRepository,
  type Repository,
  upgradeRepositories,
  writeRepositories,
} from "./repositories.ts";
import { updateRepository } from "./update.ts";

/** Options of {@linkcode setUpHome}. */
export interface SetUpOptions extends FetchOptions {
  /** Address of the repository `stable`. */
  readonly stableUrl: string;
  /** Address of the repository `local`, which `serve` serves. */
  readonly localUrl: string;
  /** True to skip the download of the index of `stable`. */
  readonly skipRefresh?: boolean;
  /** True to add neither `stable` nor `local`. */
  readonly skipRepositories?: boolean;
  /** Called with a message for each created file; lines end in a newline. */
  readonly report: (text: string) => void;
}

/**
 * Creates the missing parts of a HELM_HOME. Existing parts are not changed.
 *
 * @param home Path of the folder, as the user gave it.
 * @throws kind `io`, with Helm's message; errors of downloading the index.
 */
export async function setUpHome(home: string, options: SetUpOptions): Promise<void> {
  const folders = [
    home,
    join(home, "repository"),
    cachePath(home),
    localRepositoryPath(home),
    join(home, "plugins"),
    join(home, "starters"),
    archivePath(home),
  ];
  for (const folder of folders) await makeFolder(folder, options.report);
  await makeRepositories(home, options);
  if (await upgradeRepositories(home)) options.report("Updating repository file format...\n");
}

/** True if a HELM_HOME has a list of repositories. */
export async function isSetUp(home: string): Promise<boolean> {
  return !await isMissing(repositoriesPath(home));
}

async function makeFolder(path: string, report: SetUpOptions["report"]): Promise<void> {
  const found = await kindOf(path);
  if (found === "folder") return;
  if (found === "file") throw new SkegError("io", `${path} must be a directory`);
  report(`Creating ${path} \n`);
  try {
    await mkdir(path, { recursive: true, mode: 0o755 });
  } catch (error) {
    const fault = fileError("mkdir", await hurdle(path), error);
    throw new SkegError("io", `Could not create ${path}: ${fault.message}`, { cause: error });
  }
}

/** Returns the first folder on the way to `path` that cannot be created, or the file in its place. */
async function hurdle(path: string): Promise<string> {
  const parent = dirname(path);
  const found = parent === path ? "folder" : await kindOf(parent);
  if (found === "folder") return path;
  return found === "file" ? parent : await hurdle(parent);
}

async function makeRepositories(home: string, options: SetUpOptions): Promise<void> {
  const path = repositoriesPath(home);
  if (!await isMissing(path)) return;
  options.report(`Creating ${path} \n`);
  const repositories = options.skipRepositories
    ? []
    : [await makeStable(home, options), await makeLocal(home, options)];
  await writeRepositories(home, { ...emptyRepositories(), repositories });
}

async function makeStable(home: string, options: SetUpOptions): Promise<Repository> {
  const { stableUrl, report } = options;
  report(`Adding stable repo with URL: ${stableUrl} \n`);
  const repository = newRepository(home, { name: "stable", url: stableUrl });
  // An address with an unknown scheme is refused even when the index is not downloaded.
  (await repositoryGetter(repositoryAccess(repository), options)).close();
  if (options.skipRefresh) return repository;
  await updateRepository(repository, { ...options, home });
  return repository;
}

async function makeLocal(home: string, { localUrl, report }: SetUpOptions): Promise<Repository> {
  const index = join(localRepositoryPath(home), "index.yaml");
  if (await isMissing(index)) {
    report(`Adding local repo with URL: ${localUrl} \n`);
    await replaceFile(index, encodeIndex(emptyIndex()));
    const cached = cachedIndexPath(home, "local");
    try {
      // Windows allows symbolic links only for some users.
      await (Deno.build.os === "windows" ? link(index, cached) : symlink(index, cached));
    } catch (error) {
      throw fileError(`symlink ${index}`, cached, error);
    }
  }
  return newRepository(home, { name: "local", url: localUrl });
}

/** True if there is no such file. Throws kind `io` when it is a folder. */
async function isMissing(path: string): Promise<boolean> {
  const found = await kindOf(path);
  if (found === "folder") throw new SkegError("io", `${path} must be a file, not a directory`);
  return found === undefined;
}

async function kindOf(path: string): Promise<"file" | "folder" | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  return found.isDirectory() ? "folder" : "file";
}

/**
 * Updates cached indexes of repositories.
 *
 * Source: Helm 2.17.0, `pkg/repo/chartrepo.go`, `cmd/helm/repo_update.go`.
 *
 * @module
 */
import { isAbsolute, join } from "node:path";
import { SkegError } from "../../../errors.ts";
import { maskAddress, quote } from "../../base/mod.ts";
import { indexAddress } from "./address.ts";
import { repositoryAccess } from "./download.ts";
import { type FetchOptions, type Getter, repositoryGetter } from "./fetch.ts";
import { cachePath } from "./home.ts";
import { INDEX_BYTES_MAX, storeIndex } from "./index_store.ts";
import { hasSecrets, type Repository } from "./repositories.ts";

/** Options of {@linkcode updateRepositories}. */
export interface IndexUpdateOptions extends FetchOptions {
  /** HELM_HOME. */
  readonly home: string;
  /** Called with progress messages; lines end in a newline. */
  readonly report: (text: string) => void;
  /** Names of repositories to skip. */
  readonly skip?: readonly string[];
}

/**
 * Downloads the index of a repository into the cache.
 *
 * @throws with Helm's message; then the cache is unchanged.
 */
export async function updateRepository(
  repository: Repository,
  options: Pick<IndexUpdateOptions, "home" | "signal" | "downloader" | "variables">,
): Promise<void> {
  const getter = await repositoryGetter(repositoryAccess(repository), options);
  try {
    await download(repository, getter, options.home);
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind === "aborted") throw error;
    const words = "is not a valid chart repository or cannot be reached";
    const text = `Looks like ${quote(maskAddress(repository.url))} ${words}: ${error.message}`;
    throw new SkegError(error.kind, text, { cause: error, hint: error.hint });
  } finally {
    getter.close();
  }
}

async function download(repository: Repository, getter: Getter, home: string): Promise<void> {
  const { url, cache } = repository;
  const bytes = await getter.get(indexAddress(url), INDEX_BYTES_MAX);
  await storeIndex(isAbsolute(cache) ? cache : join(cachePath(home), cache), bytes, hasSecrets(repository));
}

/**
 * Updates all repositories concurrently, and returns the number of failures.
 *
 * Failures are reported. A repository with an unknown protocol or unreadable
 * certificates is an error; then no repository is updated.
 */
export async function updateRepositories(
  repositories: readonly Repository[],
  options: IndexUpdateOptions,
): Promise<number> {
  const { home, report, skip = [] } = options;
  const getters: Getter[] = [];
  try {
    for (const repository of repositories) {
      getters.push(await repositoryGetter(repositoryAccess(repository), options));
    }
    report("Hang tight while we grab the latest from your chart repositories...\n");
    const outcomes = await Promise.all(repositories.map(async (repository, at): Promise<number> => {
      const { name, url } = repository;
      const getter = getters[at];
      if (getter === undefined || skip.includes(name)) {
        report(`...Skip ${name} chart repository\n`);
        return 0;
      }
      try {
        await download(repository, getter, home);
        report(`...Successfully got an update from the ${quote(name)} chart repository\n`);
        return 0;
      } catch (error) {
        if (!(error instanceof SkegError) || error.kind === "aborted") throw error;
        const place = `${quote(name)} chart repository (${maskAddress(url)})`;
        report(`...Unable to get an update from the ${place}:\n\t${error.message}\n`);
        return 1;
      }
    }));
    return outcomes.reduce((sum, failed) => sum + failed, 0);
  } finally {
    for (const getter of getters) getter.close();
  }
}

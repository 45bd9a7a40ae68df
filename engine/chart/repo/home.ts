/**
 * Paths below HELM_HOME for repositories.
 *
 * Source: Helm 2.17.0, `pkg/helm/helmpath`.
 *
 * @module
 */
import { join } from "node:path";

/** Returns the path of the list of repositories. */
export function repositoriesPath(home: string): string {
  return join(home, "repository", "repositories.yaml");
}

/** Returns the folder of cached indexes. */
export function cachePath(home: string): string {
  return join(home, "repository", "cache");
}

/** Returns the path of one repository's cached index. */
export function cachedIndexPath(home: string, name: string): string {
  return join(cachePath(home), `${name}-index.yaml`);
}

/** Returns the folder of the repository that `serve` serves. */
export function localRepositoryPath(home: string): string {
  return join(home, "repository", "local");
}

/** Returns the folder in which install, upgrade and inspect keep downloads. */
export function archivePath(home: string): string {
  return join(home, "cache", "archive");
}

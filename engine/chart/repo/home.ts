/**
 * Places below HELM_HOME that have to do with repositories.
 *
 * Source: Helm 2.17.0, `pkg/helm/helmpath`.
 *
 * @module
 */
import { join } from "node:path";

/** The list of repositories. */
export function repositoriesPath(home: string): string {
  return join(home, "repository", "repositories.yaml");
}

/** The folder of cached indexes. */
export function cachePath(home: string): string {
  return join(home, "repository", "cache");
}

/** The cached index of one repository. */
export function cachedIndexPath(home: string, name: string): string {
  return join(cachePath(home), `${name}-index.yaml`);
}

/** The repository that `serve` serves. */
export function localRepositoryPath(home: string): string {
  return join(home, "repository", "local");
}

/** Where install, upgrade and inspect keep what they download. */
export function archivePath(home: string): string {
  return join(home, "cache", "archive");
}

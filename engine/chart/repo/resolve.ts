/**
 * Resolves requirements.yaml: entries → repositories and versions.
 *
 * Source: Helm 2.17.0, `pkg/downloader/manager.go`, `pkg/resolver/resolver.go`.
 *
 * @module
 */
import { isAbsolute, join, resolve } from "node:path";
import { SkegError } from "../../../errors.ts";
import type { Requirement } from "../load/mod.ts";
import { type Constraint, parseConstraint } from "../../lang/semver/mod.ts";
import { quote } from "../../base/mod.ts";
import { isRequestAddress, sameAddress } from "./address.ts";
import { exists } from "./files.ts";
import { cachedIndexPath } from "./home.ts";
import { type ChartIndex, versionOf } from "./index_file.ts";
import { openIndex } from "./index_store.ts";
import type { LockedRequirement } from "./lock.ts";
import type { RepositoryFile } from "./repositories.ts";

/** An entry of the list, with its repository. */
export interface Sourced {
  readonly requirement: Requirement;
  /** Address of the repository; names and aliases are resolved. */
  readonly repository: string;
  /** Name of the repository when the user has added it. */
  readonly known: string | undefined;
}

/** True if the chart is in a local folder. */
export function isLocal(repository: string): boolean {
  return repository.startsWith("file://");
}

/**
 * Returns the folder for `file://…` or a path; relative ones are relative to the chart.
 *
 * @throws kind `not-found`.
 */
export async function localFolder(repository: string, chartPath: string): Promise<string> {
  const path = repository.replace(/^file:\/\//, "");
  const folder = isAbsolute(path) ? resolve(path) : join(chartPath, path);
  if (!await exists(folder)) throw new SkegError("not-found", `directory ${folder} not found`);
  return folder;
}

/**
 * Returns every entry with its repository.
 *
 * @throws kind `not-found`, with the names of all unknown repositories.
 */
export async function sourceRequirements(
  requirements: readonly Requirement[],
  chartPath: string,
  file: RepositoryFile,
): Promise<Sourced[]> {
  const sourced: Sourced[] = [];
  const missing: string[] = [];
  for (const requirement of requirements) {
    const { repository } = requirement;
    if (isLocal(repository)) await localFolder(repository, chartPath);
    const found = repository === "" || isLocal(repository)
      ? undefined
      : file.repositories.find(({ name, url }) =>
        repository === `@${name}` || repository === `alias:${name}` || sameAddress(url, repository)
      );
    const isAlias = found !== undefined && (repository === `@${found.name}` || repository === `alias:${found.name}`);
    sourced.push({ requirement, repository: isAlias ? found.url : repository, known: found?.name });
    const isKnown = repository === "" || isLocal(repository) || found !== undefined || isRequestAddress(repository);
    if (!isKnown) missing.push(repository);
  }
  if (missing.length > 0) throw unknownRepositories(missing);
  return sourced;
}

function unknownRepositories(missing: readonly string[]): SkegError {
  let text = `no repository definition for ${missing.join(", ")}. Please add them via 'helm repo add'`;
  if (missing.some((name) => !name.includes("//") && !name.startsWith("@") && !name.startsWith("alias:"))) {
    text += `
Note that repositories must be URLs or aliases. For example, to refer to the stable
repository, use "https://charts.helm.sh/stable" or "@stable" instead of
"stable". Don't forget to add the repo, too ('helm repo add').`;
  }
  return new SkegError("not-found", text);
}

/**
 * Chooses the version of every entry: the highest version in the range that the
 * repository's cached index lists with an address. An entry in a folder, or in a
 * repository that is not in the user's list, keeps its range.
 *
 * @throws kind `semver`, `not-found` or `io`, with Helm's message.
 */
export async function lockRequirements(
  sourced: readonly Sourced[],
  chartPath: string,
  home: string,
): Promise<LockedRequirement[]> {
  const locked: LockedRequirement[] = [];
  const missing: string[] = [];
  for (const { requirement: { name, version }, repository, known } of sourced) {
    const entry = { name, repository, version };
    locked.push(entry);
    if (repository === "" || isLocal(repository)) {
      await localFolder(repository === "" ? join("charts", name) : repository, chartPath);
      continue;
    }
    const constraint = readRange(name, version);
    if (known === undefined) continue;
    const index = await openIndex(cachedIndexPath(home, known)).catch((error) => {
      if (!(error instanceof SkegError)) throw error;
      throw new SkegError(error.kind, `no cached repo found. (try 'helm repo update'). ${error.message}`, {
        cause: error,
      });
    });
    const chosen = chooseVersion(index, name, repository, constraint);
    if (chosen === undefined) missing.push(name);
    else locked[locked.length - 1] = { ...entry, version: chosen };
  }
  if (missing.length > 0) {
    throw new SkegError(
      "not-found",
      `Can't get a valid version for repositories ${missing.join(", ")}. ` +
        "Try changing the version constraint in requirements.yaml",
    );
  }
  return locked;
}

function readRange(name: string, range: string): Constraint {
  try {
    return parseConstraint(range);
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    const text = `dependency ${quote(name)} has an invalid version/constraint format: ${error.message}`;
    throw new SkegError(error.kind, text, { cause: error });
  }
}

function chooseVersion(
  index: ChartIndex,
  name: string,
  repository: string,
  constraint: Constraint,
): string | undefined {
  const list = index.versions(name);
  if (list === undefined) throw new SkegError("not-found", `${name} chart not found in repo ${repository}`);
  return list.find(({ version: text = "", urls = [] }) => {
    const version = versionOf(text);
    return version !== undefined && urls.length > 0 && constraint.check(version);
  })?.version;
}

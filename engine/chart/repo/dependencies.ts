/**
 * A chart's requirements → the archives in its `charts/`.
 *
 * Everything is first downloaded into a staging folder, so that a failure or an
 * interruption leaves `charts/` unchanged.
 *
 * Source: Helm 2.17.0, `pkg/downloader/manager.go`.
 *
 * @module
 */
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileError, SkegError } from "../../../errors.ts";
import { placeFile, type PlaceOptions, refusePlace } from "../../net/download/mod.ts";
import type { Chart } from "../../model/mod.ts";
import {
  archiveMetadata,
  archivePlace,
  type AskedChart,
  loadArchive,
  loadFolder,
  loadRequirements,
  LOCK_FILE,
  PROVENANCE_PLACE,
} from "../load/mod.ts";
import { parseConstraint, parseVersion } from "../../lang/semver/mod.ts";
import { quote } from "../../base/mod.ts";
import { formatAddress, isAbsolute, joinAddress, parseAddress, sameAddress } from "./address.ts";
import { askedOf, downloadChart, type DownloadOptions, findChartAddress, repositoryAccess } from "./download.ts";
import { type Access, plainAccess } from "./fetch.ts";
import { cachedIndexPath } from "./home.ts";
import { versionOf } from "./index_file.ts";
import { openIndex } from "./index_store.ts";
import { encodeLock, loadLock, type LockedRequirement, requirementsDigest } from "./lock.ts";
import { loadRepositories, type Repository } from "./repositories.ts";
import { isLocal, localFolder, lockRequirements, sourceRequirements } from "./resolve.ts";
import { localTime } from "./time.ts";
import { updateRepositories } from "./update.ts";

/** Options for updating and building dependencies. */
export interface DependencyOptions extends Omit<DownloadOptions, "access" | "asked" | "folderIs" | "report"> {
  /** Called with progress messages; lines end in a newline. */
  readonly report: (text: string) => void;
  /** Called with warnings about charts that are loaded. */
  readonly warn?: ((text: string) => void) | undefined;
  /** Writes a chart's archive into a folder and returns its path. */
  readonly save: (chart: Chart, folder: string) => string | Promise<string>;
  /** True to use the cached indexes without updating them. */
  readonly skipRefresh?: boolean | undefined;
  /** True for debug output. */
  readonly debug?: boolean | undefined;
}

/**
 * Updates `charts/` to match requirements.yaml and writes requirements.lock.
 *
 * @throws with Helm's message; then `charts/` and the lock are unchanged.
 */
export async function updateDependencies(chartPath: string, options: DependencyOptions): Promise<void> {
  const { home, report } = options;
  const chart = await loadChartFolder(chartPath, options);
  const requirements = loadRequirements(chart);
  if (requirements === undefined) return report(`No requirements found in ${chartPath}/charts.\n`);
  const lockPath = join(chartPath, LOCK_FILE);
  // Checked before anything is fetched: a lock that is a link may point to any file of the user outside of the chart.
  refusePlace(lockPath, ANY_FILE);
  const digest = requirementsDigest(requirements);
  const file = await loadRepositories(home);
  const sourced = await sourceRequirements(requirements.dependencies ?? [], chartPath, file);
  if (options.debug) {
    for (const { repository } of sourced) {
      if (isLocal(repository)) report(`Repository from local path: ${repository}\n`);
    }
  }
  if (!options.skipRefresh) await refresh(file.repositories, options);
  const locked = await lockRequirements(sourced, chartPath, home);
  const dependencies = await bringIn(locked, chartPath, options);
  // Helm 2: newer versions do not change the lock while the list is unchanged.
  if (loadLock(chart)?.digest === digest) return;
  const lock = encodeLock({ generated: localTime(new Date()), digest, dependencies });
  placeFile(lockPath, new TextEncoder().encode(lock), ANY_FILE);
}

/** The rule for the lock: any regular file may be replaced, but not a link or a folder. */
const ANY_FILE: PlaceOptions = { reasonToKeep: () => undefined };

/**
 * Rebuilds `charts/` from requirements.lock; without a lock, updates.
 *
 * @throws with Helm's message; then `charts/` is unchanged.
 */
export async function buildDependencies(chartPath: string, options: DependencyOptions): Promise<void> {
  const chart = await loadChartFolder(chartPath, options);
  const lock = loadLock(chart);
  if (lock === undefined) return await updateDependencies(chartPath, options);
  const requirements = requirementsOf(chart);
  if (requirementsDigest(requirements) !== lock.digest) {
    throw new SkegError("chart", "requirements.lock is out of sync with requirements.yaml");
  }
  const { repositories } = await loadRepositories(options.home);
  const missing = lock.dependencies.map(({ repository }) => repository).filter((repository) =>
    repository !== "" && !isLocal(repository) &&
    !repositories.some(({ url }) => sameAddress(url, repository.replace(/\/$/, "")))
  );
  if (missing.length > 0) {
    const text = `no repository definition for ${missing.join(", ")}. Please add the missing repos via 'helm repo add'`;
    throw new SkegError("not-found", text);
  }
  if (!options.skipRefresh) await refresh(repositories, options);
  await bringIn(lock.dependencies, chartPath, options);
}

function requirementsOf(chart: Chart) {
  const complain = (text: string, cause?: unknown) =>
    new SkegError("chart", `requirements.yaml cannot be opened: ${text}`, { cause });
  try {
    const requirements = loadRequirements(chart);
    if (requirements !== undefined) return requirements;
  } catch (error) {
    throw error instanceof SkegError ? complain(error.message, error) : error;
  }
  throw complain("requirements.yaml not found");
}

async function loadChartFolder(path: string, { warn }: DependencyOptions): Promise<Chart> {
  const info = await stat(path).catch((error) => {
    throw new SkegError("io", `could not find ${path}: ${fileError("stat", path, error).message}`, {
      cause: error,
      absentPath: path,
    });
  });
  if (!info.isDirectory()) throw new SkegError("chart", "only unpacked charts can be updated");
  return loadFolder(path, { warn });
}

async function refresh(repositories: readonly Repository[], options: DependencyOptions): Promise<void> {
  if (repositories.length === 0) return;
  await updateRepositories(repositories, options);
  options.report("Update Complete.\n");
}

/** Downloads all charts, then changes `charts/`; returns the chosen versions. */
async function bringIn(
  locked: readonly LockedRequirement[],
  chartPath: string,
  options: DependencyOptions,
): Promise<LockedRequirement[]> {
  const { report } = options;
  const { repositories } = await loadRepositories(options.home);
  const charts = join(chartPath, "charts");
  await prepareFolder(charts, join(chartPath, "tmpcharts"));
  report(`Saving ${locked.length} charts\n`);
  const staging = await mkdtemp(join(tmpdir(), "helm-charts-"));
  try {
    const found: LockedRequirement[] = [];
    for (const entry of locked) {
      found.push(await bringOne(entry, { chartPath, charts, staging, repositories, options }));
    }
    report("Deleting outdated charts\n");
    await replaceCharts(charts, staging, locked, report);
    return found;
  } catch (error) {
    if (error instanceof SkegError && !(error instanceof BareError)) {
      report(`Save error occurred:  ${error.message}\n`);
      report("Deleting newly downloaded charts, restoring pre-update state\n");
    }
    throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** An error that Helm 2 reports without the lines about restoring. */
class BareError extends SkegError {}

/** Creates `charts/` when it is missing; throws when `left`, a folder left by Helm 2, contains charts. */
async function prepareFolder(charts: string, left: string): Promise<void> {
  const info = await stat(charts).catch(() => undefined);
  if (info !== undefined && !info.isDirectory()) throw new SkegError("io", `${quote(charts)} is not a directory`);
  // Helm 2 moves the charts there temporarily. If it was killed, the folder may hold the only copies.
  if ((await readdir(left).catch(() => [])).length > 0) {
    throw new SkegError(
      "exists",
      `Unable to move current charts to tmp dir: rename ${charts} ${left}: file exists`,
      { hint: "Check the folder tmpcharts, which an interrupted update left behind, and remove it." },
    );
  }
  try {
    await mkdir(charts, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw fileError("mkdir", charts, error);
  }
}

interface Bringing {
  readonly chartPath: string;
  readonly charts: string;
  readonly staging: string;
  readonly repositories: readonly Repository[];
  readonly options: DependencyOptions;
}

/** Puts one chart into the staging folder; returns the entry with the chosen version. */
async function bringOne(entry: LockedRequirement, bringing: Bringing): Promise<LockedRequirement> {
  const { name, repository, version } = entry;
  const { chartPath, charts, staging, repositories, options } = bringing;
  const { report } = options;
  if (repository === "") {
    report(`Dependency ${name} did not declare a repository. Assuming it exists in the charts directory\n`);
    checkOwnChart(entry, join(charts, name), options);
    return entry;
  }
  if (isLocal(repository)) {
    if (options.debug) report(`Archiving ${name} from repo ${repository}\n`);
    return { ...entry, version: await packLocal(entry, chartPath, staging, options) };
  }
  report(`Downloading ${name} from repo ${repository}\n`);
  const { url, access, asked } = await findPlace(entry, repositories, options);
  try {
    await downloadChart(url, "", staging, { ...options, access, asked });
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind === "aborted") throw error;
    throw new SkegError(error.kind, `could not download ${url}: ${error.message}`, { cause: error, hint: error.hint });
  }
  return { name, repository, version };
}

/** Throws unless the version of the chart in `charts/` is in the range. */
function checkOwnChart({ name, version: range }: LockedRequirement, folder: string, options: DependencyOptions): void {
  const bare = <T>(words: string, work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof SkegError)) throw error;
      throw new BareError(error.kind, `${words}: ${error.message}`, { cause: error });
    }
  };
  const chart = bare("Unable to load chart", () => loadFolder(folder, { warn: options.warn }));
  const constraint = bare(`Dependency ${name} has an invalid version/constraint format`, () => parseConstraint(range));
  const { version: text = "" } = chart.metadata;
  const version = bare(`Invalid version ${range} for dependency ${name}`, () => parseVersion(text));
  if (constraint.check(version)) return;
  throw new SkegError("chart", `Dependency ${name} at version ${text} does not satisfy the constraint ${range}`);
}

/** Packs the chart of a `file://` entry; returns its version. */
async function packLocal(
  { name, repository, version: range }: LockedRequirement,
  chartPath: string,
  staging: string,
  options: DependencyOptions,
): Promise<string> {
  const chart = loadFolder(await localFolder(repository, chartPath), { warn: options.warn });
  const constraint = (() => {
    try {
      return parseConstraint(range);
    } catch (error) {
      if (!(error instanceof SkegError)) throw error;
      const text = `dependency ${name} has an invalid version/constraint format: ${error.message}`;
      throw new SkegError(error.kind, text, { cause: error });
    }
  })();
  const { version = "" } = chart.metadata;
  if (!constraint.check(parseVersion(version))) {
    throw new SkegError("not-found", `can't get a valid version for dependency ${name}`);
  }
  // Helm 2 lets a chart's name lead out of the folder.
  if (/[\\/\0]/.test(chart.metadata.name + version)) {
    const file = `${chart.metadata.name}-${version}.tgz`;
    throw new SkegError("chart", `${quote(file)} cannot be the name of a file`);
  }
  await options.save(chart, staging);
  return version;
}

/** Returns a chart's address, the credentials for its host, and its entry in the index. */
async function findPlace(
  { name, repository, version }: LockedRequirement,
  repositories: readonly Repository[],
  options: DependencyOptions,
): Promise<{ url: string; access: Access; asked: AskedChart }> {
  const complain = (text: string) => new SkegError("not-found", `could not find : ${text}`);
  const known = repositories.find(({ url }) => sameAddress(repository, url));
  // Helm 2 opens the indexes of all repositories, even those that are not needed.
  const index = known === undefined ? undefined : await openIndex(cachedIndexPath(options.home, known.name));
  const list = index?.versions(name);
  if (known !== undefined && list === undefined) throw complain("entry not found");
  const found = list?.find((entry) => (entry.urls?.length ?? 0) > 0 && isVersion(version, entry.version ?? ""));
  if (list !== undefined && found === undefined) throw complain("no matching version");
  if (known !== undefined && found !== undefined) {
    return { url: placeOf(repository, found.urls?.[0] ?? ""), access: repositoryAccess(known), asked: askedOf(found) };
  }
  const access = plainAccess(repository);
  try {
    return { ...await findChartAddress(name, version, access, options), access };
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind === "aborted") throw error;
    throw new SkegError(error.kind, `could not find : chart ${name} not found in ${repository}`, { cause: error });
  }
}

/** Returns the address for a reference. Helm 2: here a path that begins with a slash is also joined to the repository's path. */
function placeOf(repository: string, reference: string): string {
  const address = parseAddress(reference);
  if (address === undefined) throw new SkegError("usage", `could not find ${reference}: invalid URL`);
  return isAbsolute(address) ? formatAddress(address) : joinAddress(repository, reference);
}

function isVersion(wanted: string, text: string): boolean {
  if (wanted === "") return true;
  const [left, right] = [versionOf(wanted), versionOf(text)];
  if (left === undefined) return wanted === text;
  if (right === undefined) return false;
  const { major, minor, patch, prerelease } = left;
  return major === right.major && minor === right.minor && patch === right.patch && prerelease === right.prerelease;
}

/**
 * Moves the staged charts into `charts/`, then removes other archives of the
 * same charts. Reverts everything on failure. A chart is only removed when its
 * successor is in place.
 */
async function replaceCharts(
  charts: string,
  staging: string,
  locked: readonly LockedRequirement[],
  report: (text: string) => void,
): Promise<void> {
  const names = new Set(locked.filter(({ repository }) => repository !== "").map(({ name }) => name));
  const staged: { file: string; content: Uint8Array; place: PlaceOptions }[] = [];
  for (const file of await readdir(staging)) {
    const content = await readFile(join(staging, file));
    const place = file.endsWith(".prov") ? PROVENANCE_PLACE : archivePlace(archiveMetadata(content, file));
    refusePlace(join(charts, file), place);
    staged.push({ file, content, place });
  }
  const undo: (() => Promise<void> | void)[] = [];
  const change = async (file: string, work: (path: string) => Promise<void> | void) => {
    const path = join(charts, file);
    const before = await readFile(path).catch(() => undefined);
    undo.push(() => before === undefined ? rm(path, { force: true }) : placeFile(path, before, ANY_FILE));
    await work(path);
  };
  try {
    const outdated: string[] = [];
    for (const file of await readdir(charts)) {
      const isNew = staged.some((other) => other.file === file);
      if (!isNew && await isOutdated(join(charts, file), names, report)) outdated.push(file);
    }
    for (const { file, content, place } of staged) await change(file, (path) => placeFile(path, content, place));
    for (const file of outdated) await change(file, (path) => rm(path, { force: true }));
  } catch (error) {
    for (const step of undo.reverse()) await Promise.try(step).catch(() => {});
    if (error instanceof SkegError) throw error;
    const text = `Unable to move local charts to charts dir: ${error instanceof Error ? error.message : error}`;
    throw new SkegError("io", text, { cause: error });
  }
}

/** True if the file is named `NAME-….tgz` and contains a chart with exactly that name. */
async function isOutdated(path: string, names: ReadonlySet<string>, report: (text: string) => void): Promise<boolean> {
  const file = basename(path);
  const isCandidate = file.endsWith(".tgz") && [...names].some((name) => file.startsWith(`${name}-`));
  if (!isCandidate) return false;
  try {
    return names.has(loadArchive(await readFile(path), path).metadata.name);
  } catch (error) {
    report(`Could not verify ${path} for deletion: ${error instanceof Error ? error.message : error} (Skipping)`);
    return false;
  }
}

/**
 * Downloads a chart: name or address → archive on disk.
 *
 * Source: Helm 2.17.0, `pkg/downloader/chart_downloader.go`, `pkg/repo/chartrepo.go`.
 *
 * @module
 */
import { join } from "node:path";
import { SkegError } from "../../../errors.ts";
import { maskAddress, quote, withoutTrailing } from "../../base/mod.ts";
import {
  type AskedChart,
  CHART_LIMITS,
  checkFileName,
  isArchiveName,
  isProvenance,
  type Proof,
  receiveArchive,
  type ReceiveOptions,
} from "../load/mod.ts";
import {
  formatAddress,
  indexAddress,
  isAbsolute,
  parseAddress,
  resolveReference,
  sameAddress,
  sameHost,
} from "./address.ts";
import {
  type Access,
  type FetchOptions,
  type Getter,
  makeGetter,
  plainAccess,
  repositoryGetter,
  SCHEMES,
} from "./fetch.ts";
import { cachedIndexPath } from "./home.ts";
import { type ChartVersion, decodeIndex, findVersion, type IndexFile } from "./index_file.ts";
import { INDEX_BYTES_MAX, openIndex } from "./index_store.ts";
import { loadRepositories, type Repository, type RepositoryFile } from "./repositories.ts";

/**
 * Use of the provenance file: `never` ignores it, `later` fetches it,
 * `if-possible` verifies when there is one, `always` requires and verifies it.
 */
export type Provenance = "never" | "later" | "if-possible" | "always";

/** Options of {@linkcode downloadChart}. */
export interface DownloadOptions extends FetchOptions, ReceiveOptions {
  /** HELM_HOME. */
  readonly home: string;
  /** The user's credentials for the chart's host; empty fields are taken from the repository. */
  readonly access?: Partial<Access> | undefined;
  /** The index entry of a chart that is given by its address. A name is looked up instead. */
  readonly asked?: AskedChart | undefined;
  /** Default: `never`. */
  readonly provenance?: Provenance | undefined;
  /** Called with text that Helm prints on standard output; lines end in a newline. */
  readonly report?: ((text: string) => void) | undefined;
}

/** A downloaded chart. */
export interface Downloaded {
  /** Path of the archive. */
  readonly path: string;
  /** The chart's name, when it was requested by name. */
  readonly name: string | undefined;
  /** Result of the verification; `undefined` when nothing was verified. */
  readonly verification: unknown;
}

/** A chart's address, and the credentials for its host. */
export interface ChartPlace {
  /** Absolute address of the archive. */
  readonly url: string;
  /** Credentials to send there. */
  readonly access: Access;
  /** The chart's entry in the index; empty when the user gave the address. */
  readonly asked: AskedChart;
}

const PROVENANCE_BYTES_MAX = 1024 * 1024;

/**
 * Downloads a chart into a folder. An archive of the same chart is replaced.
 *
 * The download is compared with the requested chart before it is written. Another chart is an error. Another version is
 * an error when the archive is verified, and a digest that differs from the index is an error with `isStrict`;
 * otherwise they are notices.
 *
 * @param reference `repository/chart`, or an absolute address.
 * @param range A version or a range; empty: the newest release. Ignored for an address.
 * @throws kind `not-found`, `config`, `usage`, `io` or `yaml`, with Helm's message; kind `exists` when a file would be
 * lost; an `ArrivalError` when the download is not the requested chart.
 */
export async function downloadChart(
  reference: string,
  range: string,
  folder: string,
  options: DownloadOptions,
): Promise<Downloaded> {
  const { url, access, asked: listed } = await resolveChart(reference, range, options);
  const asked = options.asked ?? listed;
  const getter = await getterOf(url, access, options);
  try {
    const path = join(folder, fileName(url, asked.name !== undefined));
    const archive = await getter.get(url, CHART_LIMITS.archiveBytesMax);
    const proof = () => fetchProvenance(reference, url, getter, options);
    const received = { path, archive, address: maskAddress(url), asked, proof, leavesUnverified: true };
    const verification = await receiveArchive(received, options);
    return { path, name: asked.name, verification };
  } finally {
    getter.close();
  }
}

async function fetchProvenance(
  reference: string,
  url: string,
  getter: Getter,
  { provenance = "never", report }: DownloadOptions,
): Promise<Proof | undefined> {
  if (provenance === "never") return undefined;
  const isVerified = provenance !== "later";
  const missing = (reason: string) => void report?.(`WARNING: Verification not found for ${reference}: ${reason}\n`);
  try {
    const file = await getter.get(`${url}.prov`, PROVENANCE_BYTES_MAX);
    if (isVerified || isProvenance(file)) return { file, isVerified };
    return missing(`${maskAddress(url)}.prov is not a provenance file`);
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind === "aborted") throw error;
    if (provenance !== "always") return missing(error.message);
    const file = new SkegError("chart", `Failed to fetch provenance ${quote(`${url}.prov`)}`, { cause: error });
    return { file, isVerified };
  }
}

async function getterOf(url: string, access: Access, options: FetchOptions): Promise<Getter> {
  const scheme = parseAddress(url)?.scheme ?? "";
  return await makeGetter(scheme, access, options);
}

/**
 * Returns the last part of an address's path, with escapes decoded.
 *
 * @param isListed True if the address comes from an index; then the name must be that of an archive.
 */
function fileName(url: string, isListed: boolean): string {
  const path = parseAddress(url)?.path ?? "";
  let plain = path;
  try {
    plain = decodeURIComponent(path);
  } catch {
    // The bytes are not UTF-8, so the name stays escaped.
  }
  const name = withoutTrailing(plain, "/").split("/").at(-1) ?? "";
  const shown = quote(maskAddress(url));
  checkFileName(name, `the address ${shown}`);
  if (isListed && !isArchiveName(name)) {
    const text = `the index names ${shown}, which does not end in .tgz or .tar.gz`;
    throw new SkegError("chart", text, { hint: "Tell the owner of the repository: a chart is an archive." });
  }
  return name;
}

/**
 * Returns the address of a chart and the credentials for it.
 *
 * @throws the same errors as {@linkcode downloadChart}.
 */
export async function resolveChart(reference: string, range: string, options: DownloadOptions): Promise<ChartPlace> {
  const address = parseAddress(reference);
  if (address === undefined) throw new SkegError("usage", `invalid chart URL format: ${reference}`);
  const file = await loadRepositories(options.home);
  if (isAbsolute(address) && address.authority && address.path !== "") {
    return { url: formatAddress(address), access: await accessToAddress(reference, file, options), asked: {} };
  }
  const slash = address.path.indexOf("/");
  if (slash < 0) {
    const text = `Non-absolute URLs should be in form of repo_name/path_to_chart, got: ${formatAddress(address)}`;
    throw new SkegError("usage", text);
  }
  const repository = pickRepository(address.path.slice(0, slash), file);
  return await resolveInRepository(reference, address.path.slice(slash + 1), range, repository, options);
}

function pickRepository(name: string, file: RepositoryFile): Repository {
  const repository = file.repositories.find((each) => each.name === name);
  if (repository === undefined) throw new SkegError("not-found", `repo ${name} not found`);
  if (repository.url === "") throw new SkegError("not-found", `no URL found for repository ${name}`);
  return repository;
}

async function resolveInRepository(
  reference: string,
  chart: string,
  range: string,
  repository: Repository,
  options: DownloadOptions,
): Promise<ChartPlace> {
  const { name, url } = repository;
  const base = parseAddress(url);
  if (base === undefined) throw new SkegError("usage", `invalid chart URL format: ${url}`);
  if (!await isKnownScheme(base.scheme, options)) {
    throw new SkegError("usage", `Could not find protocol handler for: ${base.scheme}`, { hint: SCHEMES });
  }
  const index = await openIndex(cachedIndexPath(options.home, name)).catch((error) => {
    throw wrapped(error, (text) => `no cached repo found. (try 'helm repo update'). ${text}`);
  });
  const found = await attempt(
    () => findVersion(index, chart, range),
    (text) =>
      `chart ${quote(chart)} matching version ${quote(range)} not found in ${name} index. ` +
      `(try 'helm repo update'). ${text}`,
  );
  const [first] = found.urls ?? [];
  if (first === undefined) throw new SkegError("not-found", `chart ${quote(reference)} has no downloadable URLs`);
  const target = parseAddress(first);
  if (target === undefined) throw new SkegError("usage", `invalid chart URL format: ${reference}`);
  return {
    url: formatAddress(resolveReference(base, target)),
    access: repositoryAccess(repository, options.access),
    asked: askedOf(found),
  };
}

async function isKnownScheme(scheme: string, options: FetchOptions): Promise<boolean> {
  return scheme === "http" || scheme === "https" || await options.downloader?.(scheme) !== undefined;
}

/** Returns the credentials for a repository: the user's, then the stored ones. */
export function repositoryAccess(repository: Repository, given: Partial<Access> = {}): Access {
  const { url: owner, certFile, keyFile, caFile } = repository;
  return {
    owner,
    username: given.username || repository.username,
    password: given.password || repository.password,
    certFile,
    keyFile,
    caFile,
  };
}

/** Returns the facts about a chart that its index entry states. */
export function askedOf({ name, version, digest }: ChartVersion): AskedChart {
  return { name, version, digest };
}

/** Returns the credentials for an address: those of the repository that lists it, or the user's. */
async function accessToAddress(reference: string, file: RepositoryFile, options: DownloadOptions): Promise<Access> {
  const given = { ...plainAccess(reference), ...options.access };
  // An address from a repository's index comes with the repository's credentials.
  if (options.access?.owner !== undefined) return given;
  const repository = await listingRepository(reference, file, options.home);
  if (repository === undefined) return given;
  const isOwn = sameHost(repository.url, reference);
  if (!isOwn && given.username !== "") return given;
  return repositoryAccess(repository, given);
}

/** Returns the first repository whose index lists an address. Unreadable indexes are skipped. */
async function listingRepository(
  url: string,
  file: RepositoryFile,
  home: string,
): Promise<Repository | undefined> {
  const tail = url.slice(withoutTrailing(url, "/?#").lastIndexOf("/") + 1);
  for (const repository of file.repositories) {
    const index = await openIndex(cachedIndexPath(home, repository.name)).catch(() => undefined);
    for (const name of index?.names() ?? []) {
      for (const { urls } of index?.versions(name) ?? []) {
        if (urls?.some((each) => each.includes(tail) && sameAddress(url, each))) return repository;
      }
    }
  }
  return undefined;
}

/** Downloads the index of a repository that is given by its address only. */
export async function fetchIndex(access: Access, options: FetchOptions = {}): Promise<IndexFile> {
  const getter = await repositoryGetter(access, options);
  try {
    return await attempt(
      async () => decodeIndex(new TextDecoder().decode(await getter.get(indexAddress(access.owner), INDEX_BYTES_MAX))),
      (text) => `Looks like ${quote(access.owner)} is not a valid chart repository or cannot be reached: ${text}`,
    );
  } finally {
    getter.close();
  }
}

/**
 * Returns the address of a chart in a repository that is given by its address only, and the chart's entry in the index.
 *
 * @throws with Helm's message.
 */
export async function findChartAddress(
  name: string,
  range: string,
  access: Access,
  options: FetchOptions = {},
): Promise<{ url: string; asked: AskedChart }> {
  const index = await fetchIndex(access, options);
  const chart = `chart ${quote(name)}${range === "" ? "" : ` version ${quote(range)}`}`;
  const found = await attempt(
    () => findVersion(index, name, range),
    () => `${chart} not found in ${access.owner} repository`,
  );
  const [first] = found.urls ?? [];
  if (first === undefined) throw new SkegError("not-found", `${chart} has no downloadable URLs`);
  const [base, target] = [parseAddress(access.owner), parseAddress(first)];
  if (base === undefined || target === undefined) {
    throw new SkegError("usage", `failed to make chart URL absolute: failed to parse ${first} as URL`);
  }
  const resolved = resolveReference(base, target);
  // An absolute address on the repository's own host also gets the repository's query.
  const isOwnHost = resolved.authority === base.authority;
  const url = formatAddress(isOwnHost ? { ...resolved, query: base.query } : resolved);
  return { url, asked: askedOf(found) };
}

/** Runs `work` and changes the message of its errors, except when the signal aborted it. */
async function attempt<T>(work: () => T | Promise<T>, words: (text: string) => string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw wrapped(error, words);
  }
}

function wrapped(error: unknown, words: (text: string) => string): unknown {
  if (!(error instanceof SkegError) || error.kind === "aborted") return error;
  return new SkegError(error.kind, words(error.message), { cause: error, hint: error.hint });
}

/**
 * The name of a chart → a local path, as install, upgrade, inspect and the library find it.
 *
 * Source: Helm 2.17.0, `cmd/helm/install.go` (`locateChartPath`).
 *
 * @module
 */
import { mkdir, stat } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { fileError, SkegError } from "../errors.ts";
import { quote } from "../engine/base/mod.ts";
import type { Caller } from "./caller.ts";
import { type ChartAccess, fetchOptions, givenAccess } from "./fetching.ts";
import { downloadOci } from "./oci.ts";
import { isOci } from "./oci_address.ts";
import { isVerifying, verification, verifyHere, type VerifyOptions } from "./verification.ts";

/** Where a chart comes from, beside its name. */
export interface ChartSource extends VerifyOptions, VersionChoice {
  /** Address of a repository that need not be in the user's list; empty: none. */
  readonly repo: string;
  /** Credentials and certificates for the repository or the registry. */
  readonly access?: ChartAccess | undefined;
}

/** The choice of a chart's version. */
export interface VersionChoice {
  /** A version or a range; empty: the newest release. */
  readonly version: string;
  /** If true and `version` is empty, pre-releases count too. */
  readonly devel: boolean;
}

/** The forms of a name of a chart. */
const CHART_FORMS = "A chart is a folder, an archive (.tgz), an address, or REPOSITORY/NAME: check the path.";

/** A range that matches every version. */
export const ANY_VERSION = ">0.0.0-0";

/** Returns the range of versions that a choice means. */
export function versionRange({ version, devel }: VersionChoice): string {
  return version === "" && devel ? ANY_VERSION : version;
}

/**
 * Finds the chart that `argument` names, and downloads it when it is not local.
 *
 * @returns An absolute path of a folder or an archive.
 * @throws SkegError of kind `chart`, `not-found`, `network` or `aborted`, in Helm's words.
 */
export async function locateChart(argument: string, source: ChartSource, caller: Caller): Promise<string> {
  const name = argument.trim();
  const here = name === "" ? undefined : await stat(name).catch(() => undefined);
  if (here !== undefined) return await verified(resolve(name), here.isDirectory(), source, caller);
  if (isOci(name)) return await fromRegistry(name, source, caller);
  if (isAbsolute(name) || name.startsWith(".")) {
    const { pathAdvice } = await import("./chart_advice.ts");
    throw new SkegError("chart", `path ${quote(name)} not found`, { hint: await pathAdvice(name) ?? CHART_FORMS });
  }
  const local = join(caller.home, "repository", name);
  const kept = await stat(local).catch(() => undefined);
  // Helm 2 uses a chart from this folder unverified.
  if (kept !== undefined) return await verified(resolve(local), kept.isDirectory(), source, caller);
  return await download(name, source, caller);
}

/** Returns the path; verifies the archive's provenance first if that was requested. */
async function verified(path: string, isFolder: boolean, source: ChartSource, { tell }: Caller): Promise<string> {
  if (!isVerifying(source)) return path;
  if (isFolder) throw new SkegError("chart", "cannot verify a directory");
  await verifyHere(path, source, tell);
  return path;
}

async function fromRegistry(name: string, source: ChartSource, caller: Caller): Promise<string> {
  const { archivePath } = await import("../engine/chart/repo/mod.ts");
  const folder = archivePath(caller.home);
  await makeFolder(folder);
  const { path } = await downloadOci(name, folder, {
    ...verification(source, caller.tell),
    access: source.access,
    range: versionRange(source).trim(),
    folderIs: "cache",
  }, caller);
  return resolve(path);
}

async function download(name: string, source: ChartSource, caller: Caller): Promise<string> {
  const [{ archivePath, downloadChart, findChartAddress, plainAccess }, { ArrivalError }] = await Promise.all([
    import("../engine/chart/repo/mod.ts"),
    import("../engine/chart/load/mod.ts"),
  ]);
  const { tell } = caller;
  const options = fetchOptions(caller);
  const range = versionRange(source).trim();
  const given = givenAccess(source.access);
  const access = source.repo === "" ? given : { ...plainAccess(source.repo), ...given };
  const listed = source.repo === ""
    ? undefined
    : await findChartAddress(name, range, { ...plainAccess(source.repo), ...given }, options);
  const reference = listed?.url ?? name;
  const folder = archivePath(options.home);
  await makeFolder(folder);
  try {
    const { path } = await downloadChart(reference, range, folder, {
      ...options,
      access,
      asked: listed?.asked,
      folderIs: "cache",
      ...verification(source, tell),
      report: tell.say,
    });
    tell.debug?.(`Fetched ${reference} to ${path}`);
    return resolve(path);
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind === "aborted" || tell.debug !== undefined) throw error;
    // The file is not a chart, or not the requested one. Helm 2 notices the first case when it loads the file.
    if (error instanceof ArrivalError) throw error;
    const text = `failed to download ${quote(reference)} (hint: running \`helm repo update\` may help)`;
    const { chartAdvice } = await import("./chart_advice.ts");
    const advice = source.repo === "" ? await chartAdvice(name, range, caller) : undefined;
    // Helm 2 gives the reason with --debug only. The message stays the same here; the reason goes into the hint.
    throw new SkegError(error.kind, text, {
      cause: error,
      hint: advice ?? [`The reason: ${error.message}`, error.hint].filter(Boolean).join("\n"),
    });
  }
}

async function makeFolder(folder: string): Promise<void> {
  if (await stat(folder).catch(() => undefined)) return;
  await mkdir(folder, { recursive: true, mode: 0o744 }).catch((error) => {
    throw fileError("mkdir", folder, error);
  });
}

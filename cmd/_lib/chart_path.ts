/**
 * The chart argument of install, upgrade and inspect → a local path.
 *
 * Source: Helm 2.17.0, `cmd/helm/install.go` (`locateChartPath`).
 *
 * @module
 */
import { mkdir, stat } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { fileError, SkegError } from "../../errors.ts";
import { type AccessFlags, type FetchingContext, fetchOptions, givenAccess } from "./fetching.ts";
import { helmHome } from "./home.ts";
import { downloadOci } from "./oci.ts";
import { isOci } from "./oci_address.ts";
import { type Printer, say } from "./print.ts";
import { quote } from "./values.ts";
import { isVerifying, verification, type VerifyChoices, verifyHere } from "./verification.ts";

/** What says where a chart comes from: the flags of install, upgrade and inspect. */
export interface ChartSource extends AccessFlags, VerifyChoices {
  /** Address of a repository that need not be in the user's list; empty: none. */
  readonly repo: string;
  /** A version or a range; empty: the newest release. */
  readonly version: string;
  /** Any version, also before a release, when `version` is empty. */
  readonly devel: boolean;
}

/** What of a running command is needed. */
export type SourceContext = FetchingContext & { readonly print: Printer };

/** A range that every version is in. */
const ANY_VERSION = ">0.0.0-0";

/** The range that `--version` and `--devel` come to. */
export function versionRange({ version, devel }: Pick<ChartSource, "version" | "devel">): string {
  return version === "" && devel ? ANY_VERSION : version;
}

/** Tells what `--version` and `--devel` come to, as `--debug` of install, inspect and others does. */
export function debugVersion(
  source: Pick<ChartSource, "version" | "devel">,
  { globals, print }: Pick<SourceContext, "globals" | "print">,
  original = true,
): void {
  if (!globals.debug) return;
  if (original) print.out(`[debug] Original chart version: ${quote(source.version)}\n`);
  if (versionRange(source) !== source.version) print.out(`[debug] setting version to ${ANY_VERSION}\n`);
}

/** Finds the chart that `argument` names, and downloads it when it lies elsewhere. */
export async function locateChart(argument: string, source: ChartSource, context: SourceContext): Promise<string> {
  const name = argument.trim();
  const here = name === "" ? undefined : await stat(name).catch(() => undefined);
  if (here !== undefined) return await verified(resolve(name), here.isDirectory(), source, context);
  if (isOci(name)) return await fromRegistry(name, source, context);
  if (isAbsolute(name) || name.startsWith(".")) throw new SkegError("chart", `path ${quote(name)} not found`);
  const local = helmHome(context.globals.home, context.variables).path("repository", name);
  const kept = await stat(local).catch(() => undefined);
  // Helm 2 uses what lies there unverified.
  if (kept !== undefined) return await verified(resolve(local), kept.isDirectory(), source, context);
  return await download(name, source, context);
}

/** Returns the path, after its provenance was verified when that was asked for. */
async function verified(
  path: string,
  isFolder: boolean,
  source: ChartSource,
  { print }: SourceContext,
): Promise<string> {
  if (!isVerifying(source)) return path;
  if (isFolder) throw new SkegError("chart", "cannot verify a directory");
  await verifyHere(path, source, print);
  return path;
}

/** Downloads a chart of an OCI registry; Helm 2 knows none, so the words are our own. */
async function fromRegistry(name: string, source: ChartSource, context: SourceContext): Promise<string> {
  const { archivePath } = await import("../../engine/chart/repo/mod.ts");
  const folder = archivePath(helmHome(context.globals.home, context.variables).folder);
  await makeFolder(folder);
  const wanted = { ...source, ...verification(source, context.print), range: versionRange(source).trim() };
  const { path } = await downloadOci(name, folder, { ...wanted, folderIs: "cache" }, context);
  return resolve(path);
}

async function download(name: string, source: ChartSource, context: SourceContext): Promise<string> {
  const [{ archivePath, downloadChart, findChartAddress, plainAccess }, { ArrivalError }] = await Promise.all([
    import("../../engine/chart/repo/mod.ts"),
    import("../../engine/chart/load/mod.ts"),
  ]);
  const options = fetchOptions(context);
  const range = versionRange(source).trim();
  const given = givenAccess(source);
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
      ...verification(source, context.print),
      report: (text) => say(context.print, text),
    });
    if (context.globals.debug) say(context.print, `[debug] Fetched ${reference} to ${path}\n\n`);
    return resolve(path);
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind === "aborted" || context.globals.debug) throw error;
    // What came is no chart, or not the one that was asked for: Helm 2 notices the first when it loads the file.
    if (error instanceof ArrivalError) throw error;
    const text = `failed to download ${quote(reference)} (hint: running \`helm repo update\` may help)`;
    // Helm 2 tells the reason with --debug only; so do we, and a person who watches gets it on the next line.
    throw new SkegError(error.kind, text, {
      cause: error,
      hint: [`The reason: ${error.message}`, error.hint].filter(Boolean).join("\n"),
    });
  }
}

async function makeFolder(folder: string): Promise<void> {
  if (await stat(folder).catch(() => undefined)) return;
  await mkdir(folder, { recursive: true, mode: 0o744 }).catch((error) => {
    throw fileError("mkdir", folder, error);
  });
}

/**
 * Charts of OCI registries, for the commands that take one.
 *
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OciDownload, OciDownloadOptions, RegistryFiles } from "../../engine/chart/oci/mod.ts";
import { type AccessFlags, givenAccess, patienceOf } from "./fetching.ts";
import { downloadProgress } from "./download_progress.ts";
import type { SourceContext } from "./chart_path.ts";
import type { Variables } from "./command.ts";
import { networkVariables } from "./variables.ts";
import { say } from "./print.ts";

/** Flags that say where a chart comes from; a command may lack some. */
export interface OciSource
  extends AccessFlags, Pick<OciDownloadOptions, "provenance" | "verify" | "isStrict" | "folderIs"> {
  /** A version or a range; empty: the newest release. */
  readonly range: string;
}

/** Downloads a chart from a registry into a folder. */
export async function downloadOci(
  address: string,
  folder: string,
  source: OciSource,
  context: Pick<SourceContext, "variables" | "signal" | "print" | "globals">,
): Promise<OciDownload> {
  const { downloadOciChart } = await import("../../engine/chart/oci/mod.ts");
  const { provenance, verify, isStrict, folderIs, range } = source;
  const { print, signal, variables } = context;
  const found = await downloadOciChart(address, range, folder, {
    ...givenAccess(source),
    env: ociVariables(variables),
    variables: networkVariables(variables),
    provenance,
    verify,
    isStrict,
    folderIs,
    patience: patienceOf(variables),
    progress: downloadProgress(print),
    signal,
    report: (text) => say(print, text),
    notice: (text) => print.err(`WARNING: ${text}\n`),
  });
  if (context.globals.debug) say(print, `[debug] Fetched ${address} to ${found.path}: ${found.digest}\n\n`);
  return found;
}

/** Downloads a chart into a folder that is there only while `work` runs. */
export async function withOciChart<T>(
  address: string,
  context: Pick<SourceContext, "variables" | "signal" | "print" | "globals">,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "helm-"));
  try {
    const { path } = await downloadOci(address, folder, { range: "" }, context);
    return await work(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where Docker's and Helm 3's files of credentials are. */
export function ociVariables(variables: Variables): Record<string, string | undefined> {
  const names = ["HOME", "USERPROFILE", "APPDATA", "XDG_CONFIG_HOME", "DOCKER_CONFIG", "HELM_REGISTRY_CONFIG"];
  return Object.fromEntries(names.map((name) => [name, variables(name)]));
}

/** What the flags give to open a registry. */
export function ociFiles(flags: AccessFlags): RegistryFiles {
  const { certFile, keyFile, caFile } = givenAccess(flags);
  return { certFile, keyFile, caFile };
}

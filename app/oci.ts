/**
 * Charts of OCI registries. Helm 2 does not support them, so the messages are skeg's.
 *
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OciDownload, OciDownloadOptions } from "../engine/chart/oci/mod.ts";
import type { Caller } from "./caller.ts";
import { type ChartAccess, givenAccess, patienceOf } from "./fetching.ts";
import { networkVariables, type Variables } from "./variables.ts";

/** Where a chart comes from, and how it is verified. */
export interface OciSource extends Pick<OciDownloadOptions, "provenance" | "verify" | "isStrict" | "folderIs"> {
  /** A version or a range; empty: the newest release. */
  readonly range: string;
  /** Credentials and certificates for the registry; default: Docker's credentials. */
  readonly access?: ChartAccess | undefined;
}

/** Downloads a chart from a registry into a folder. */
export async function downloadOci(
  address: string,
  folder: string,
  source: OciSource,
  { variables, signal, tell }: Caller,
): Promise<OciDownload> {
  const { downloadOciChart } = await import("../engine/chart/oci/mod.ts");
  const { provenance, verify, isStrict, folderIs, range } = source;
  const found = await downloadOciChart(address, range, folder, {
    ...givenAccess(source.access),
    env: ociVariables(variables),
    variables: networkVariables(variables),
    provenance,
    verify,
    isStrict,
    folderIs,
    patience: patienceOf(variables),
    progress: tell.progress,
    signal,
    report: tell.say,
    notice: tell.warn,
  });
  tell.debug?.(`Fetched ${address} to ${found.path}: ${found.digest}`);
  return found;
}

/** Downloads a chart into a folder that exists only while `work` runs. */
export async function withOciChart<T>(
  address: string,
  caller: Caller,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "helm-"));
  try {
    const { path } = await downloadOci(address, folder, { range: "" }, caller);
    return await work(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Returns the variables that say where Docker's and Helm 3's credentials are. */
export function ociVariables(variables: Variables): Record<string, string | undefined> {
  const names = ["HOME", "USERPROFILE", "APPDATA", "XDG_CONFIG_HOME", "DOCKER_CONFIG", "HELM_REGISTRY_CONFIG"];
  return Object.fromEntries(names.map((name) => [name, variables(name)]));
}

/**
 * The chart argument of install, upgrade and inspect → a local path.
 *
 * Source: Helm 2.17.0, `cmd/helm/install.go` (`locateChartPath`).
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { SkegError } from "../errors.ts";
import { helmHome } from "./_home.ts";
import type { Context, Flags } from "./_command.ts";
import { quote } from "./_values.ts";

/** What else says where a chart comes from. */
export interface ChartSource {
  /** Refuse a chart whose provenance cannot be verified. */
  readonly verify: boolean;
}

/** Finds the chart that `argument` names. */
export async function locateChart<F extends Flags>(
  argument: string,
  source: ChartSource,
  { globals, variables }: Pick<Context<F>, "globals" | "variables">,
): Promise<string> {
  const name = argument.trim();
  const found = name === "" ? undefined : await stat(name).catch(() => undefined);
  if (found !== undefined) {
    if (source.verify) refuseToVerify(name, found.isDirectory());
    return resolve(name);
  }
  if (isAbsolute(name) || name.startsWith(".")) throw new SkegError("chart", `path ${quote(name)} not found`);
  const local = helmHome(globals.home, variables).path("repository", name);
  if (await stat(local).catch(() => undefined)) return resolve(local);
  throw new SkegError("chart", `failed to download ${quote(name)} (hint: running \`helm repo update\` may help)`);
}

/** A chart is never used unverified when verification was asked for. */
function refuseToVerify(name: string, isFolder: boolean): never {
  if (isFolder) throw new SkegError("chart", "cannot verify a directory");
  throw new SkegError("chart", `cannot verify ${quote(name)}: this version has no keyring support`);
}

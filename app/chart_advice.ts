/**
 * Advice for a chart that was not found: the path, repository, chart or version that was meant. Loaded only then.
 *
 * @module
 */
import { readdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { nearest, orList } from "../engine/base/mod.ts";
import type { Caller } from "./caller.ts";

/** Returns advice for a path at which nothing is; `undefined` when nothing there has a similar name. */
export async function pathAdvice(path: string): Promise<string | undefined> {
  const folder = dirname(path);
  const entries = await readdir(folder).catch(() => undefined);
  if (entries === undefined) return `There is no folder ${folder}.`;
  const meant = nearest(basename(path), entries);
  const start = path.slice(0, path.lastIndexOf(basename(path)));
  return meant.length === 0 ? undefined : `Did you mean ${orList(meant.map((name) => `${start}${name}`))}?`;
}

/**
 * Returns advice for a chart of a repository, or a name that is neither; `undefined` for addresses, and when the chart
 * is in the index.
 *
 * @param name As given: `stable/web`, `web`.
 * @param range The version that was asked for; empty: any.
 */
export async function chartAdvice(
  name: string,
  range: string,
  { home }: Pick<Caller, "home">,
): Promise<string | undefined> {
  if (name === "" || /^[a-z]+:\/\//i.test(name)) return undefined;
  const [repository = "", ...rest] = name.split("/");
  const chart = rest.join("/");
  if (chart === "") {
    return await pathAdvice(name) ??
      `A chart is a folder such as ./${name}, an archive, an address, or REPOSITORY/${name}.`;
  }
  const { cachedIndexPath, loadRepositories, openIndex } = await import("../engine/chart/repo/mod.ts");
  const list = await loadRepositories(home).catch(() => undefined);
  const repositories = (list?.repositories ?? []).map((each) => each.name);
  if (!repositories.includes(repository)) {
    const meant = nearest(repository, repositories);
    const guess = meant.length > 0 ? `Did you mean ${orList(meant.map((each) => `${each}/${chart}`))}? ` : "";
    return `There is no repository ${repository} in your list. ${guess}'skeg repo add ${repository} URL' adds one.`;
  }
  const index = await openIndex(cachedIndexPath(home, repository)).catch(() => undefined);
  if (index === undefined) return undefined;
  const versions = index.versions(chart);
  if (versions === undefined || versions.length === 0) {
    const meant = nearest(chart, index.names());
    const guess = meant.length > 0 ? `Did you mean ${orList(meant.map((each) => `${repository}/${each}`))}? ` : "";
    return `Repository ${repository} has no chart ${chart}. ${guess}'skeg repo update' reads its index again.`;
  }
  if (range === "" || versions.some(({ version }) => version === range)) return undefined;
  const newest = versions.slice(0, 5).map(({ version }) => version ?? "");
  return `${name} has no version ${range}; the newest ${newest.length === 1 ? "is" : "are"} ${newest.join(", ")}.`;
}

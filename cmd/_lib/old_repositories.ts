/**
 * Warns of repositories with an address that no longer exists.
 *
 * Source: Helm 2.17.0, `cmd/helm/helm.go` (`checkForOldRepos`).
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { helmHome } from "../../app/home.ts";
import type { Globals, Outside } from "./command.ts";
import { quote } from "../../engine/base/mod.ts";

/** Repositories that have moved: a part of their old addresses, and the new address. */
const MOVED: readonly { readonly name: string; readonly from: string; readonly to: string }[] = [
  { name: "stable", from: "kubernetes-charts.storage.googleapis.com", to: "https://charts.helm.sh/stable" },
  {
    name: "incubator",
    from: "kubernetes-charts-incubator.storage.googleapis.com",
    to: "https://charts.helm.sh/incubator",
  },
];

/** Returns the new address of the charts of a host that no longer exists; `undefined` for any other host. */
export function movedTo(host: string): string | undefined {
  return MOVED.find(({ from }) => from === host)?.to;
}

/** Warns on stderr of repositories that have moved; skips a list that cannot be read. */
export async function warnOfOldRepositories(globals: Globals, { print, variables }: Outside): Promise<void> {
  const home = helmHome(globals.home, variables);
  const text = await readFile(home.path("repository", "repositories.yaml"), "utf8").catch(() => "");
  // For nearly every list this check is enough, without a YAML parser.
  if (!text.includes(".storage.googleapis.com")) return;
  const { loadRepositories } = await import("../../engine/chart/repo/mod.ts");
  const { repositories } = await loadRepositories(home.folder).catch(() => ({ repositories: [] }));
  const urlOf = (name: string) => repositories.find((repository) => repository.name === name)?.url;
  // Helm 2: without a repository `stable`, the others are not checked.
  if (urlOf("stable") === undefined) return;
  for (const { name, from, to } of MOVED) {
    if (!urlOf(name)?.includes(from)) continue;
    print.err(`WARNING: ${quote(from)} is deprecated for ${quote(name)} and will be deleted Nov. 13, 2020.\n`);
    print.err(`WARNING: You should switch to ${quote(to)}\n`);
  }
}

/**
 * Completions from the cluster, the kubeconfig and HELM_HOME.
 *
 * @module
 */
import { maskAddress } from "../../engine/base/mod.ts";
import type { Context } from "./command.ts";
import { sqlPlaceOf, targetOf } from "./target.ts";
import type { Candidate } from "./complete.ts";
import { environmentOf, openTarget } from "../../app/open_target.ts";
import { helmHome } from "../../app/home.ts";
import { environmentVariables } from "../../app/variables.ts";

/** Context of a lookup; output of `print` is discarded. */
export type Lookup = Pick<Context, "globals" | "variables" | "signal" | "programs" | "print">;

const plain = (value: string): Candidate => ({ value, about: "" });

/** Opens the cluster that the flags name, for one lookup. */
async function withCluster<T>(
  lookup: Lookup,
  look: (cluster: Awaited<ReturnType<typeof openTarget>>) => Promise<T>,
): Promise<T> {
  // A bad number of requests does not stop a completion.
  const cluster = await openTarget({ ...targetOf(lookup), parallelism: undefined });
  try {
    return await look(cluster);
  } finally {
    await cluster.close();
  }
}

/** Returns heads of the records of one release, or of all. */
async function heads(lookup: Lookup, name?: string) {
  return await withCluster(lookup, async (cluster) => {
    const { driver } = await environmentOf(cluster, {
      storage: lookup.globals.storage,
      tillerNamespace: lookup.globals["tiller-namespace"],
      sql: sqlPlaceOf(lookup),
      historyMax: 0,
      report: () => {},
      signal: lookup.signal,
    });
    const { recordHeads } = await import("../../storage/mod.ts");
    try {
      return await recordHeads(driver, name === undefined ? {} : { name }, { signal: lookup.signal });
    } finally {
      await driver.close?.();
    }
  });
}

/** Returns the names of all releases, with the status of the newest revision. */
export async function releases(lookup: Lookup): Promise<Candidate[]> {
  const newest = new Map<string, { revision: number; status: string }>();
  for (const { name, revision, status } of await heads(lookup)) {
    if ((newest.get(name)?.revision ?? 0) < revision) newest.set(name, { revision, status });
  }
  return [...newest].map(([value, { status }]) => ({ value, about: status }));
}

/** Returns the revisions of a release, newest first. */
export async function revisions(lookup: Lookup, name: string): Promise<Candidate[]> {
  const found = await heads(lookup, name);
  return found.toSorted((a, b) => b.revision - a.revision)
    .map(({ revision, status }) => ({ value: String(revision), about: status }));
}

/** Returns the namespaces of the cluster. */
export async function namespaces(lookup: Lookup): Promise<Candidate[]> {
  return await withCluster(lookup, async ({ transport }) => {
    const { callFor } = await import("../../engine/kube/mod.ts");
    const list = await callFor(transport, {
      method: "GET",
      path: "/api/v1/namespaces",
      accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json",
      signal: lookup.signal,
    }, { list: true }) as { items?: { metadata?: { name?: string } }[] } | undefined;
    return (list?.items ?? []).flatMap(({ metadata }) => metadata?.name === undefined ? [] : [plain(metadata.name)]);
  });
}

/** Returns the contexts of the kubeconfig. */
export async function contexts({ globals, variables }: Lookup): Promise<Candidate[]> {
  const { loadKubeconfig } = await import("../../engine/kube/mod.ts");
  const config = await loadKubeconfig({ kubeconfig: globals.kubeconfig, env: environmentVariables(variables) });
  return [...config?.contexts.keys() ?? []].map(plain);
}

/** Returns the repositories of HELM_HOME. */
export async function repositories({ globals, variables }: Lookup): Promise<Candidate[]> {
  const { loadRepositories } = await import("../../engine/chart/repo/mod.ts");
  const { repositories: list } = await loadRepositories(helmHome(globals.home, variables).folder);
  return list.map(({ name, url }) => ({ value: name, about: maskAddress(url) }));
}

/** Returns charts that begin with `typed`: first repositories, then the charts of the chosen one. */
export async function charts(lookup: Lookup, typed: string): Promise<Candidate[]> {
  const slash = typed.indexOf("/");
  if (slash < 0) return (await repositories(lookup)).map(({ value, about }) => ({ value: `${value}/`, about }));
  const repository = typed.slice(0, slash);
  const index = await cachedIndex(lookup, repository);
  return (index?.names() ?? []).map((name) => plain(`${repository}/${name}`));
}

/** Returns the versions of the chart `repository/name`, newest first. */
export async function chartVersions(lookup: Lookup, chart: string): Promise<Candidate[]> {
  const [, repository, name] = /^([^/.][^/]*)\/([^/]+)$/.exec(chart) ?? [];
  if (repository === undefined || name === undefined) return [];
  const index = await cachedIndex(lookup, repository);
  return (index?.versions(name) ?? []).map(({ version, appVersion }) => ({
    value: version ?? "",
    about: appVersion ?? "",
  }));
}

async function cachedIndex({ globals, variables }: Lookup, repository: string) {
  const home = helmHome(globals.home, variables).folder;
  const { cachedIndexPath, loadRepositories, openIndex } = await import("../../engine/chart/repo/mod.ts");
  const known = (await loadRepositories(home)).repositories.some(({ name }) => name === repository);
  return known ? await openIndex(cachedIndexPath(home, repository)) : undefined;
}

/** Returns the names of installed plugins. */
export async function plugins(lookup: Lookup): Promise<Candidate[]> {
  const { installedPlugins } = await import("../../app/plugins.ts");
  const { globals, variables } = lookup;
  return installedPlugins({ home: globals.home, variables, warn: () => {} }).map(({ metadata }) => ({
    value: metadata.name,
    about: metadata.usage,
  }));
}

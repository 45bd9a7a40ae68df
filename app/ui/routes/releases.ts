/**
 * Routes about all releases, and about one.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { maskSecrets } from "../../../engine/base/mod.ts";
import type { Release } from "../../../engine/model/mod.ts";
import { clusterOf, type RouteAnswer, type UiCall, type UiRoute } from "../call.ts";
import { errorData } from "../error_data.ts";
import { isOn, wholeNumber } from "../fields.ts";
import { healthLines, idsIn } from "../health.ts";
import { type ClusterRows, isListed, RELEASE_COLUMNS, rowOf, secondsOf } from "../release_rows.ts";
import type { ReleaseAnswer, ReleasesAnswer } from "../types.ts";

/** `/releases`, `/releases/health`, `/releases/{ctx}/{name}`. */
export const RELEASE_ROUTES: readonly UiRoute[] = [
  { method: "GET", path: "/releases", answer: releases },
  { method: "POST", path: "/releases/health", answer: health },
  { method: "GET", path: "/releases/:ctx/:name", answer: release },
];

async function releases(call: UiCall): Promise<RouteAnswer> {
  const { ui, query, signal } = call;
  const [all, revisions] = [isOn(query, "all"), isOn(query, "revisions")];
  const clusters = ui.clusters.all(query.get("ctx"));
  const found = await Promise.all(clusters.map(async (cluster): Promise<ClusterRows | SkegError> => {
    try {
      const { known, skeg } = cluster;
      return { cluster, ...await skeg.outlines({ revisions, known, signal }) };
    } catch (error) {
      // One cluster that does not answer hides no other; alone, it is the answer.
      if (!(error instanceof SkegError) || signal.aborted || clusters.length === 1) throw error;
      return error;
    }
  }));
  const good = found.filter((each): each is ClusterRows => !(each instanceof SkegError));
  const json: ReleasesAnswer = {
    contexts: ui.options.contexts.map(({ name }) => name),
    columns: RELEASE_COLUMNS,
    rows: good.flatMap(({ cluster, revisions }) =>
      revisions.filter((one) => all || isListed(one)).map((one) => rowOf(cluster, one))
    ),
    releases: good.reduce((sum, each) => sum + each.releases, 0),
    revisions: good.reduce((sum, each) => sum + each.records, 0),
    counts: good.reduce<Record<string, number>>((counts, each) => countStatuses(counts, each, revisions), {}),
    errors: found.flatMap((each, at) =>
      each instanceof SkegError ? [{ ...errorData(each), ctx: clusters[at]?.name ?? "" }] : []
    ),
    unreadable: good.flatMap(({ cluster, revisions }) =>
      revisions.filter((one) => one.release === undefined)
        .map(({ head }) => ({ ctx: cluster.name, text: `record ${head.key} cannot be read` }))
    ),
  };
  return { json };
}

/** Adds the statuses of newest revisions. */
function countStatuses(
  counts: Record<string, number>,
  { revisions }: ClusterRows,
  hasAll: boolean,
): Record<string, number> {
  const newest = new Map(revisions.map((one) => [one.head.name, one]));
  for (const { head, release } of hasAll ? newest.values() : revisions) {
    const status = release?.info.status.code ?? (head.status || "UNKNOWN");
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

async function health(call: UiCall): Promise<RouteAnswer> {
  const body = await call.body();
  return { lines: healthLines(call, idsIn(body), body.fresh === true) };
}

async function release(call: UiCall): Promise<RouteAnswer> {
  const { params, query, signal } = call;
  const cluster = clusterOf(call);
  const name = params.name ?? "";
  const revision = wholeNumber(query.get("revision"), "revision", 1);
  const found = await cluster.skeg.get(name, { revision, signal });
  const newest = revision === undefined
    ? found.revision
    : (await cluster.skeg.history(name, { max: 1, outlines: true, signal }))[0]?.revision ?? found.revision;
  return { json: answerOf(found, cluster.name, newest) };
}

function answerOf({ name, namespace, revision, info, chart }: Release, ctx: string, newest: number): ReleaseAnswer {
  const { status, description, firstDeployed, lastDeployed, deleted } = info;
  const { metadata } = chart ?? {};
  const runs = status.lastTestSuiteRun?.results;
  return {
    ctx,
    name,
    namespace,
    revision,
    newest,
    status: status.code,
    description: maskSecrets(description ?? ""),
    firstDeployed: secondsOf(firstDeployed),
    lastDeployed: secondsOf(lastDeployed),
    deleted: secondsOf(deleted),
    chart: metadata === undefined
      ? null
      : { name: metadata.name, version: metadata.version ?? "", appVersion: metadata.appVersion ?? "" },
    tests: runs?.map((run) => ({
      name: run.name,
      status: run.status,
      info: run.info,
      completed: secondsOf(run.completedAt),
    })) ?? null,
  };
}

/**
 * Routes about all releases, and about one.
 *
 * @module
 */
import { overContexts } from "../../fleet.ts";
import { maskSecrets } from "../../../engine/base/mod.ts";
import type { Release } from "../../../engine/model/mod.ts";
import { clusterOf, type RouteAnswer, type UiCall, type UiRoute } from "../call.ts";
import { isOn, wholeNumber } from "../fields.ts";
import { healthLines, idsIn } from "../health.ts";
import { type ClusterRows, isListed, maskedDescription, RELEASE_COLUMNS, rowOf, secondsOf } from "../release_rows.ts";
import type { ReleaseAnswer, ReleasesAnswer } from "../types.ts";

/** Of several clusters, each has this time to answer. */
const CLUSTER_SECONDS = 15;

/** `/releases`, `/releases/health`, `/releases/{ctx}/{name}`. */
export const RELEASE_ROUTES: readonly UiRoute[] = [
  { method: "GET", path: "/releases", answer: releases },
  { method: "POST", path: "/releases/health", answer: health },
  { method: "GET", path: "/releases/:ctx/:name", answer: release },
];

async function releases(call: UiCall): Promise<RouteAnswer> {
  const { ui, query, signal } = call;
  const [all, revisions, isFresh] = [isOn(query, "all"), isOn(query, "revisions"), isOn(query, "fresh")];
  const clusters = ui.clusters.all(query.get("ctx"));
  const read = async (name: string, signal: AbortSignal): Promise<ClusterRows> => {
    const cluster = ui.clusters.get(name);
    return { cluster, ...await cluster.fleet.outlines({ revisions, isFresh, signal }) };
  };
  const names = clusters.map(({ name }) => name);
  const { good, errors } = await unlessAlone(names, read, signal);
  const json: ReleasesAnswer = {
    contexts: ui.options.contexts.map(({ name }) => name),
    columns: RELEASE_COLUMNS,
    rows: good.flatMap(({ cluster, revisions }) =>
      revisions.filter((one) => all || isListed(one)).map((one) => rowOf(cluster, one))
    ),
    releases: good.reduce((sum, each) => sum + each.releases, 0),
    revisions: good.reduce((sum, each) => sum + each.records, 0),
    counts: good.reduce<Record<string, number>>((counts, each) => countStatuses(counts, each, revisions), {}),
    errors,
    unreadable: good.flatMap(({ cluster, revisions }) =>
      revisions.filter((one) => one.release === undefined)
        .map(({ head }) => ({ ctx: cluster.name, text: `record ${head.key} cannot be read` }))
    ),
  };
  const isWhole = errors.length === 0 && good.every(({ version }) => version !== "");
  return isWhole ? { json, version: await versionOf(good, [all, revisions]) } : { json };
}

/** Returns a text that changes with any record of the answer, and with what was asked. */
async function versionOf(good: readonly ClusterRows[], asked: readonly unknown[]): Promise<string> {
  const text = JSON.stringify([good.map(({ cluster, version }) => [cluster.name, version]), asked]);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)), 0, 16).toHex();
}

/** Reads all clusters. One that does not answer in time hides no other; alone, its error is the answer. */
async function unlessAlone(
  names: readonly string[],
  read: (name: string, signal: AbortSignal) => Promise<ClusterRows>,
  signal: AbortSignal,
): Promise<{ readonly good: readonly ClusterRows[]; readonly errors: ReleasesAnswer["errors"] }> {
  const [only, ...others] = names;
  if (only !== undefined && others.length === 0) return { good: [await read(only, signal)], errors: [] };
  const { results, errors } = await overContexts(names, read, { timeoutSeconds: CLUSTER_SECONDS, signal });
  return {
    good: results.map(({ value }) => value),
    errors: errors.map(({ context, message, hint }) => ({
      ctx: context,
      kind: "kube",
      message: maskSecrets(message),
      hint: maskSecrets(hint),
    })),
  };
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
    description: maskedDescription(description ?? ""),
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

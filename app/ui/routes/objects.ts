/**
 * Routes about the objects of a release in the cluster: their states, one object, events, logs.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Release } from "../../../engine/model/mod.ts";
import { clusterOf, type RouteAnswer, type UiCall, type UiRoute } from "../call.ts";
import type { UiCluster } from "../clusters.ts";
import { eventOf, subjectsOf } from "../events.ts";
import { isOn, wholeNumber } from "../fields.ts";
import { logLines } from "../logs.ts";
import { maskOf } from "../masks.ts";
import { objectAnswer } from "../object_answer.ts";
import { driftedObjects } from "../resource_nodes.ts";
import { resourcesAnswer } from "../resources_answer.ts";
import type { EventsAnswer } from "../types.ts";

/** `/releases/{ctx}/{name}/resources`, `…/objects`, `…/events`, `…/logs`. */
export const OBJECT_ROUTES: readonly UiRoute[] = [
  { method: "GET", path: "/releases/:ctx/:name/resources", answer: resources },
  { method: "GET", path: "/releases/:ctx/:name/objects/:gvk/:ns/:object", answer: object },
  { method: "GET", path: "/releases/:ctx/:name/events", answer: events },
  { method: "GET", path: "/releases/:ctx/:name/logs/:ns/:pod", answer: logs },
];

async function resources(call: UiCall): Promise<RouteAnswer> {
  const { params, query, signal } = call;
  const cluster = clusterOf(call);
  const name = params.name ?? "";
  const revision = wholeNumber(query.get("revision"), "revision", 1);
  const found = await cluster.skeg.resources(name, { revision, owned: true, signal });
  const drifted = isOn(query, "drift")
    ? await driftedObjects(cluster.skeg.diff(name, { from: found.release.revision, live: true, signal }), signal)
    : undefined;
  return { json: await resourcesAnswer(call, cluster, found, drifted) };
}

async function object(call: UiCall): Promise<RouteAnswer> {
  const release = await releaseOf(call);
  return { json: await objectAnswer(call, clusterOf(call), release) };
}

async function events(call: UiCall): Promise<RouteAnswer> {
  const { query, signal, ui } = call;
  const { skeg } = clusterOf(call);
  const [kind, namespace, name] = ["kind", "namespace", "name"].map((field) => query.get(field) ?? "");
  const release = await releaseOf(call);
  const { text } = await maskOf(ui, [release]);
  const subjects = kind !== undefined && kind !== "" && name !== undefined && name !== ""
    ? [{ kind, namespace: namespace || release.namespace, name }]
    : subjectsOf(await skeg.resources(release.name, { owned: true, signal }));
  const found = await skeg.events(subjects, { signal });
  const json: EventsAnswer = { events: found.toReversed().map((event) => eventOf(event, text)) };
  return { json };
}

async function logs(call: UiCall): Promise<RouteAnswer> {
  const { params, ui } = call;
  const cluster: UiCluster = clusterOf(call);
  const release = await releaseOf(call);
  const { text } = await maskOf(ui, [release]);
  return { lines: logLines(call, cluster, { namespace: params.ns ?? "", pod: params.pod ?? "", mask: text }) };
}

/** Reads the release whose secrets are masked, and to which the objects belong. */
async function releaseOf(call: UiCall): Promise<Release> {
  const { params, query, signal } = call;
  const revision = wholeNumber(query.get("revision"), "revision", 1);
  const release = await clusterOf(call).skeg.get(params.name ?? "", { revision, signal });
  if (release.namespace === "" && params.ns === "") throw new SkegError("record", "the record names no namespace");
  return release;
}

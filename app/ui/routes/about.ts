/**
 * Routes about the program and its clusters.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { describeRight, type Right } from "../../../engine/kube/mod.ts";
import { clusterOf, type RouteAnswer, type UiCall, type UiRoute } from "../call.ts";
import type { UiCluster } from "../clusters.ts";
import { errorData } from "../error_data.ts";
import type { ContextsAnswer, MeAnswer, UiRight } from "../types.ts";

/** `/contexts`, `/me`. */
export const ABOUT_ROUTES: readonly UiRoute[] = [
  { method: "GET", path: "/contexts", answer: contexts },
  { method: "GET", path: "/me", answer: me },
];

async function contexts({ ui }: UiCall): Promise<RouteAnswer> {
  const json: ContextsAnswer = { contexts: ui.options.contexts };
  return await Promise.resolve({ json });
}

async function me(call: UiCall): Promise<RouteAnswer> {
  const { options } = call.ui;
  const cluster = clusterOf(call);
  const known = {
    ctx: cluster.name,
    program: options.program,
    version: options.version,
    globalFlags: options.globalFlags(cluster.name),
    storage: options.storage,
    tillerNamespace: options.tillerNamespace,
    sandbox: options.sandbox,
    allowWrite: options.allowWrite,
    allowSecrets: options.allowSecrets,
    idleMinutes: options.idleMinutes,
  };
  try {
    const { signal } = call;
    const [{ server, version }, rights] = await Promise.all([
      cluster.skeg.cluster({ signal }),
      rightsOf(cluster, call),
    ]);
    const json: MeAnswer = { ...known, server, kubeVersion: version.gitVersion, rights, error: null };
    return { json };
  } catch (error) {
    if (!(error instanceof SkegError) || call.signal.aborted) throw error;
    const json: MeAnswer = { ...known, server: "", kubeVersion: "", rights: [], error: errorData(error) };
    return { json };
  }
}

/** The rights that parts of the page need, in all namespaces where the part is about all. */
function wantedRights({ storage, tillerNamespace }: UiCall["ui"]["options"]): [use: string, right: Right][] {
  const records = storage === "secret" ? "secrets" : "configmaps";
  const inCluster = storage === "configmap" || storage === "secret";
  const of = (verb: string, resource: string, group = "", namespace = ""): Right => ({
    verb,
    resource,
    group,
    namespace,
  });
  return [
    ...(inCluster
      ? (["list", "get", "watch"] as const).map((verb): [string, Right] => [
        verb === "watch" ? "watch" : "list",
        of(verb, records, "", tillerNamespace),
      ])
      : []),
    ["resources", of("list", "pods")],
    ["resources", of("list", "deployments", "apps")],
    ["events", of("list", "events")],
    ["logs", of("get", "pods/log")],
    ...(inCluster
      ? (["create", "update"] as const).map((
        verb,
      ): [string, Right] => ["write", of(verb, records, "", tillerNamespace)])
      : []),
  ];
}

/** Asks the server for the rights; empty where it does not answer such questions. */
async function rightsOf({ skeg }: UiCluster, { ui, signal }: UiCall): Promise<UiRight[]> {
  const wanted = wantedRights(ui.options);
  try {
    const missing = new Set(await skeg.rights.missing(wanted.map(([, right]) => right), { signal }));
    return wanted.map(([use, right]) => ({ use, words: describeRight(right), allowed: !missing.has(right) }));
  } catch (error) {
    if (signal.aborted || !(error instanceof SkegError)) throw error;
    return [];
  }
}

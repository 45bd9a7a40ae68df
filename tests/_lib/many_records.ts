/**
 * An API server that has a store of many release records and nothing else, and counts requests: for figures of commands
 * that read whole stores. Records are made when they are asked for.
 *
 * @module
 */
import { createKubeClient, type KubeRequest } from "../../engine/kube/mod.ts";
import type { StatusCode } from "../../engine/model/mod.ts";
import type { Environment } from "../../engine/release/mod.ts";
import { configMapDriver, encodeRecord, readKey, recordLabels } from "../../storage/mod.ts";
import { objectCallOf } from "./object_call.ts";
import { someRelease } from "./releases.ts";

/** The store, and what was asked. */
export interface ManyRecords {
  readonly env: Environment;
  /** `list` for each page of a list, `get` for each record, `other` for the rest; with the path. */
  readonly requests: readonly { readonly type: "list" | "get" | "other"; readonly path: string }[];
}

/**
 * Makes a store of `releases` releases with `revisions` revisions each.
 *
 * @param endsOf Returns the statuses of a release's newest revisions, the newest last; the others are SUPERSEDED. Default: the
 * newest is DEPLOYED.
 */
export function manyRecords(
  releases: number,
  revisions: number,
  endsOf: (release: number) => readonly StatusCode[] = () => ["DEPLOYED"],
): ManyRecords {
  const requests: { type: "list" | "get" | "other"; path: string }[] = [];
  const sketch = (name: string, revision: number) => {
    const status = endsOf(Number(name.replace("app-", ""))).at(revision - revisions - 1) ?? "SUPERSEDED";
    return someRelease({ name, revision, manifest: "", status });
  };
  const metadata = (name: string, revision: number) => ({
    name: `${name}.v${revision}`,
    namespace: "kube-system",
    creationTimestamp: "2019-12-01T10:11:12Z",
    labels: { ...recordLabels(sketch(name, revision)), CREATED_AT: "1575195072" },
  });
  const page = (query: URLSearchParams): unknown => {
    const [from, limit] = [Number(query.get("continue") ?? 0), Number(query.get("limit") ?? 500)];
    const end = Math.min(from + limit, releases * revisions);
    const items = Array.from({ length: end - from }, (_, at) => {
      const index = from + at;
      return { metadata: metadata(`app-${Math.floor(index / revisions)}`, index % revisions + 1) };
    });
    return list(items, end < releases * revisions ? `${end}` : "");
  };
  const transport = ({ path }: KubeRequest): Promise<Response> => {
    const url = new URL(path, "http://server");
    const key = readKey(decodeURIComponent(url.pathname.split("/").at(-1) ?? ""));
    const isOwned = /^OWNER(=TILLER| in \(TILLER,TILLER-QUARANTINE\))$/.test(
      url.searchParams.get("labelSelector") ?? "",
    );
    if (key !== undefined) {
      requests.push({ type: "get", path });
      const release = encodeRecord(sketch(key.name, key.revision));
      return json({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: metadata(key.name, key.revision),
        data: { release },
      });
    }
    if (url.pathname.endsWith("/configmaps") && isOwned) {
      requests.push({ type: "list", path });
      return json(page(url.searchParams));
    }
    requests.push({ type: "other", path });
    if (url.pathname === "/version") return json({ major: "1", minor: "34", gitVersion: "v1.34.0" });
    if (url.pathname === "/api") return json({ kind: "APIVersions", versions: ["v1"] });
    if (url.pathname === "/apis") return json({ kind: "APIGroupList", groups: [] });
    if (url.pathname === "/api/v1") return json({ kind: "APIResourceList", groupVersion: "v1", resources: [] });
    return json(list([], ""));
  };
  const cluster = { transport, server: "many", namespace: "default", close: () => Promise.resolve() };
  const env: Environment = {
    kube: createKubeClient(cluster),
    driver: configMapDriver(objectCallOf(transport), "kube-system"),
    clock: () => ({ seconds: Math.floor(Date.now() / 1000), nanos: 0 }),
    random: () => 0,
    report: () => {},
    historyMax: 0,
  };
  return { env, requests };
}

function list(items: readonly unknown[], token: string): unknown {
  return { apiVersion: "v1", kind: "List", metadata: { continue: token }, items };
}

function json(body: unknown): Promise<Response> {
  return Promise.resolve(
    new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } }),
  );
}

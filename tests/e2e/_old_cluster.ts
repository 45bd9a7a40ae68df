/**
 * A current control plane on the data of a cluster of 2019, in which a real
 * Tiller on Kubernetes 1.15 had installed releases.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cluster, createKubeClient, KubeManifest, namedObjects, openCluster } from "../../engine/kube/mod.ts";
import type { Environment, ReleaseEvent } from "../../engine/release/mod.ts";
import type { KubeObject, Release } from "../../engine/model/mod.ts";
import { configMapDriver, type ObjectCall } from "../../storage/mod.ts";
import { startControlPlane } from "../_lib/control_plane.ts";

/** Folder with the programs of a control plane; empty: these stories are skipped. */
export const PROGRAMS = Deno.env.get("KUBEBUILDER_ASSETS") ?? "";

/** The cluster, and the environment of a process on it. */
export interface OldCluster {
  readonly cluster: Cluster;
  readonly kubeconfig: string;
  readonly env: Environment;
  readonly events: ReleaseEvent[];
  /** Returns the body of an answer; `undefined` for 404. */
  readonly read: (path: string) => Promise<KubeObject | undefined>;
  readonly send: ObjectCall;
  /** Returns the existing objects of a manifest in the versions that the server has: `Kind/namespace/name` → object. */
  readonly live: (release: Release) => Promise<Map<string, KubeObject>>;
}

/**
 * Declares a story on such a cluster, which is started for it. A bare one has
 * no controllers, so that only requests change objects.
 */
export function oldStory(
  name: string,
  { isBare }: { readonly isBare: boolean },
  play: (old: OldCluster) => Promise<void>,
): void {
  Deno.test({
    name: `story on a cluster of 2019: ${name}`,
    ignore: PROGRAMS === "",
    // The cluster's connections and processes stay open between steps.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const folder = mkdtempSync(join(tmpdir(), "skeg-2019-"));
      const data = new URL("../../testdata/clusters/2019.tar.xz", import.meta.url);
      const plane = await startControlPlane(PROGRAMS, folder, { data, isBare });
      const cluster = await openCluster({ kubeconfig: plane.kubeconfig });
      try {
        await play(await oldCluster(cluster, plane.kubeconfig));
      } finally {
        await cluster.close();
        await plane.stop();
        rmSync(folder, { recursive: true });
      }
    },
  });
}

async function oldCluster(cluster: Cluster, kubeconfig: string): Promise<OldCluster> {
  const send: ObjectCall = async (method, path, body) => {
    const answer = await cluster.transport({
      method,
      path,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
  };
  const read: OldCluster["read"] = async (path) => {
    const { status, body } = await send("GET", path);
    if (status === 404) return undefined;
    if (status >= 300) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    return body as KubeObject;
  };
  const events: ReleaseEvent[] = [];
  const env: Environment = {
    kube: createKubeClient(cluster),
    driver: configMapDriver(send, "kube-system"),
    clock: () => ({ seconds: Math.floor(Date.now() / 1000), nanos: 0 }),
    random: Math.random,
    report: (event) => events.push(event),
    historyMax: 0,
  };
  const paths = await pathsOf(read);
  const live: OldCluster["live"] = async ({ namespace, manifest }) => {
    const found = new Map<string, KubeObject>();
    for (const { group, kind, namespace: own, name } of namedObjects(new KubeManifest(manifest).entries())) {
      // The manifest's group is tried first, then others: kinds have moved between groups since.
      const places = paths.filter((place) => place.kind === kind).sort((a, b) =>
        Number(b.group === group) - Number(a.group === group)
      );
      for (const { base, plural, namespaced } of places) {
        const inside = namespaced ? `/namespaces/${own || namespace}` : "";
        const object = await read(`${base}${inside}/${plural}/${name}`);
        if (object === undefined) continue;
        found.set(`${kind}/${namespaced ? own || namespace : ""}/${name}`, object);
        break;
      }
    }
    return found;
  };
  return { cluster, kubeconfig, env, events, read, send, live };
}

interface Place {
  readonly group: string;
  readonly kind: string;
  readonly base: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Returns the paths of kinds, read with classic discovery, which is independent of the code under test. */
async function pathsOf(read: OldCluster["read"]): Promise<Place[]> {
  const groups = (await read("/apis") as { groups: { name: string; versions: { groupVersion: string }[] }[] }).groups;
  const bases = [
    { group: "", base: "/api/v1" },
    ...groups.flatMap(({ name, versions }) =>
      versions.map(({ groupVersion }) => ({ group: name, base: `/apis/${groupVersion}` }))
    ),
  ];
  const lists = await Promise.all(bases.map(async ({ group, base }) => {
    // One of the releases has an APIService whose server no longer exists.
    const { resources = [] } = await read(base).catch(() => ({})) as {
      resources?: { name: string; kind: string; namespaced: boolean }[];
    };
    return resources.filter(({ name }) => !name.includes("/"))
      .map(({ name, kind, namespaced }) => ({ group, kind, base, plural: name, namespaced }));
  }));
  return lists.flat();
}

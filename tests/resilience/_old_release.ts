/**
 * A release of 2019 whose manifests name removed API versions, as a subject for
 * the tests that kill operations.
 */
import { readFileSync } from "node:fs";
import { getRelease, install, rollback, uninstall, upgrade } from "../../engine/release/mod.ts";
import type { Environment } from "../../engine/release/mod.ts";
import type { Chart, KubeObject } from "../../engine/model/mod.ts";
import type { Subject } from "./_kills.ts";
import { NAMESPACE, openStage, type Stage } from "./_stage.ts";
import { objectCallOf } from "../_lib/object_call.ts";

const NAME = "three";

const SNAPSHOT: { readonly records: readonly KubeObject[]; readonly objects: readonly KubeObject[] } = JSON.parse(
  readFileSync(new URL("../../testdata/clusters/three.json", import.meta.url), "utf8"),
);

/** Paths of the release's objects. */
const PATHS = ["/api/v1 services", "/apis/apps/v1 deployments", "/apis/networking.k8s.io/v1 ingresses"].map((place) => {
  const [base, plural] = place.split(" ");
  return `${base}/namespaces/${NAMESPACE}/${plural}`;
});
const RECORDS = "/api/v1/namespaces/kube-system/configmaps";

/** Restores the release to the state that Tiller left. */
export async function reset({ cluster, records }: Pick<Stage, "cluster" | "records">): Promise<void> {
  const call = objectCallOf(cluster.transport);
  for (const { name, revision } of await records(NAME)) await call("DELETE", `${RECORDS}/${name}.v${revision}`);
  for (const path of PATHS) await call("DELETE", `${path}/${NAME}-web`, { propagationPolicy: "Background" });
  for (const record of SNAPSHOT.records) await call("POST", RECORDS, record);
  for (const [index, object] of SNAPSHOT.objects.entries()) {
    const { status, body } = await call("POST", PATHS[index] ?? "", object);
    if (status >= 300) throw new Error(`${object.kind}: ${status} ${JSON.stringify(body)}`);
  }
}

/** Returns the release in a separate cluster; by default a sandbox. */
export function oldSubject(open: () => Promise<Stage> = openStage): Subject {
  let known: Chart | undefined;
  const chartOf = async (env: Environment): Promise<Chart> => {
    known ??= (await getRelease(env, { name: NAME })).chart;
    if (known === undefined) throw new Error("the record has no chart");
    return known;
  };
  const put = (chart: Chart) => ({
    name: NAME,
    chart,
    config: "replicas: 3\n",
    removedApis: "map" as const,
    timeoutSeconds: 10,
  });
  const before = async (env: Environment): Promise<void> => void await chartOf(env);
  return {
    name: NAME,
    open: async () => {
      const stage = await open();
      await reset(stage);
      return stage;
    },
    victims: [
      {
        verb: "upgrade of a release of 2019",
        before,
        run: async (env) => upgrade(env, put(await chartOf(env))),
        argv: [],
      },
      {
        verb: "rollback of a release of 2019",
        before,
        run: (env) => rollback(env, { name: NAME, revision: 1, timeoutSeconds: 10 }),
        argv: [],
      },
      { verb: "delete of a release of 2019", before, run: (env) => uninstall(env, { name: NAME }), argv: [] },
      {
        verb: "delete --purge of a release of 2019",
        before,
        run: (env) => uninstall(env, { name: NAME, purge: true }),
        argv: [],
      },
    ],
    remedies: {
      upgrade: async (env) => upgrade(env, put(await chartOf(env))),
      rollback: (env) => rollback(env, { name: NAME, timeoutSeconds: 10 }),
      "delete --purge": (env) => uninstall(env, { name: NAME, purge: true }),
    },
    install: async (env) => install(env, { ...put(await chartOf(env)), namespace: NAMESPACE }),
    untruths,
  };
}

/** Returns differences between records and cluster: a DEPLOYED revision must have its objects, a deleted release none. */
async function untruths(stage: Stage): Promise<string[]> {
  const call = objectCallOf(stage.cluster.transport);
  const live = await Promise.all(PATHS.map(async (path) => {
    const { status, body } = await call("GET", `${path}/${NAME}-web`);
    return status === 200 ? body as KubeObject : undefined;
  }));
  const records = await stage.records(NAME);
  const deployed = records.filter(({ info }) => info.status.code === "DEPLOYED").map(({ revision }) => revision);
  const newest = records.at(-1);
  const wrong = deployed.length > 1 ? [`revisions ${deployed.join(", ")} are DEPLOYED`] : [];
  if (newest?.info.status.code === "DEPLOYED") {
    const wanted = Number(/^\s*replicas: (\d+)$/m.exec(newest.manifest)?.[1]);
    const [service, deployment, ingress] = live;
    const { replicas, selector } = (deployment?.spec ?? {}) as { replicas?: number; selector?: unknown };
    if (
      !service || !ingress || replicas !== wanted || JSON.stringify(selector) !== '{"matchLabels":{"app":"three-web"}}'
    ) {
      wrong.push(`v${newest.revision} is DEPLOYED with ${wanted} replicas, and there are ${replicas}`);
    }
  } else if (newest === undefined || newest.info.status.code === "DELETED") {
    const left = live.filter((object) => object !== undefined && object.metadata?.deletionTimestamp === undefined);
    if (left.length > 0) {
      wrong.push(`the release is gone, and ${left.map((object) => object?.kind).join(", ")} is there`);
    }
  }
  return wrong;
}

import { deepEqual, ok } from "node:assert/strict";
import { type Stage, story } from "./_cluster.ts";

// deno-lint-ignore no-explicit-any
type Found = any;

/** The time for which pods must be ready in these stories. */
const READY_SECONDS = 4;

/** Reads the object until `test` holds. */
async function until({ read }: Stage, path: string, test: (object: Found) => boolean): Promise<Found> {
  const end = Date.now() + 30_000;
  for (;;) {
    const object = await read(path);
    if (object !== undefined && test(object)) return object;
    ok(Date.now() < end, `${path} is ${JSON.stringify(object?.["status"])}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function workload(kind: string, image: string, spec: Record<string, unknown>): Found {
  const metadata = { labels: { app: "web" } };
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name: "web" },
    spec: {
      minReadySeconds: READY_SECONDS,
      selector: { matchLabels: metadata.labels },
      template: { metadata, spec: { containers: [{ name: "main", image }] } },
      ...spec,
    },
  };
}

story("pods of a Deployment are available when they have been ready for minReadySeconds", async (stage) => {
  const path = `/apis/apps/v1/namespaces/${stage.namespace}/deployments`;
  await stage.send("POST", path, workload("Deployment", "example.invalid/a:1", { replicas: 2 }));
  const early = await until(stage, `${path}/web`, ({ status }) => status?.readyReplicas === 2);
  deepEqual(early.status.availableReplicas ?? 0, 0);
  const later = await until(stage, `${path}/web`, ({ status }) => status?.availableReplicas === 2);
  const [created, seen] = [Date.parse(later.metadata.creationTimestamp), Date.now()];
  ok(seen - created >= READY_SECONDS * 1000, `${seen - created} ms`);
});

for (const maxUnavailable of [1, 2]) {
  story(
    `an update of a DaemonSet takes ${maxUnavailable} of 3 pods down at once with maxUnavailable ${maxUnavailable}`,
    async (stage) => {
      const path = `/apis/apps/v1/namespaces/${stage.namespace}/daemonsets`;
      const updateStrategy = { type: "RollingUpdate", rollingUpdate: { maxUnavailable } };
      const made = workload("DaemonSet", "example.invalid/a:1", { updateStrategy });
      await stage.send("POST", path, made);
      const { metadata } = await until(stage, `${path}/web`, ({ status }) => status?.numberAvailable === 3);
      const changed = workload("DaemonSet", "example.invalid/a:2", { updateStrategy });
      await stage.send("PUT", `${path}/web`, {
        ...changed,
        metadata: { name: "web", annotations: metadata.annotations },
      });
      // The new pods are ready soon, and not yet available: the update waits for them.
      const { status } = await until(
        stage,
        `${path}/web`,
        ({ metadata, status }) =>
          status.observedGeneration === metadata.generation && status.numberReady === 3 &&
          status.updatedNumberScheduled > 0,
      );
      deepEqual([status.updatedNumberScheduled, status.numberAvailable], [maxUnavailable, 3 - maxUnavailable]);
    },
  );
}
